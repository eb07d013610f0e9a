import type { Knex } from 'knex';
import type { Db, Tx } from '../../../db/database.ts';
import { permissionsOf, roles } from '../../staff/index.ts';

const MAY_BY_ROLE = roles.filter((role) => permissionsOf(role).includes('reports'));

/** People of the staff who may work on reports. */
export function workersOn(db: Db | Tx): Knex.QueryBuilder {
  return db('users')
    .join('accounts', 'accounts.id', 'users.account_id')
    .leftJoin('staff_roles', 'staff_roles.id', 'users.staff_role_id')
    .where('accounts.state', 'active')
    .where((may) =>
      may
        .whereIn('users.role', MAY_BY_ROLE)
        .orWhere((custom) =>
          custom.where('users.role', 'user').whereRaw(`'reports' = any (staff_roles.permissions)`),
        ),
    );
}
