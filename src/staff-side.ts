import type { Config } from '../config/config.ts';
import type { Db } from './db/database.ts';
import type { IdSource } from './lib/ids.ts';
import { createOperator } from './modules/operator/index.ts';
import {
  type Audit,
  createDirectory,
  createJoining,
  createQuotas,
  createRoles,
} from './modules/staff/index.ts';

export type StaffSide = ReturnType<typeof createStaffSide>;

/** Who runs the server, and whom they let in. */
export function createStaffSide(
  deps: Parameters<typeof createOperator>[0] & {
    readonly db: Db;
    readonly ids: IdSource;
    readonly audit: Audit;
    readonly config: Config;
  },
) {
  return {
    ...{ roles: createRoles(deps), directory: createDirectory(deps.db), joining: createJoining(deps) },
    quotas: createQuotas(deps),
    operator: createOperator(deps),
  };
}
