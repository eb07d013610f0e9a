import type { Knex } from 'knex';
import type { Db, Tx } from '../../../db/database.ts';
import { permissionsOf, roles } from '../../staff/index.ts';

/** People of the staff who may work on reports. */
export function workersOn(db: Db | Tx): Knex.QueryBuilder {
  return db('users')
    .join('accounts', 'accounts.id', 'users.account_id')
    .where('accounts.state', 'active')
    .whereIn(
      'users.role',
      roles.filter((role) => permissionsOf(role).includes('reports')),
    );
}
