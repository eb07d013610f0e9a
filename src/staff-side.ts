import type { Config } from '../config/config.ts';
import type { Db } from './db/database.ts';
import type { Clock } from './lib/clock.ts';
import type { IdSource } from './lib/ids.ts';
import { createOperator, type OperatorDeps } from './modules/operator/index.ts';
import {
  type Audit,
  createDirectory,
  createJoining,
  createPreferences,
  createQuotas,
  createRoles,
} from './modules/staff/index.ts';

export type StaffSide = ReturnType<typeof createStaffSide>;

/** Who runs the server, and whom they let in. */
export function createStaffSide(
  deps: OperatorDeps & {
    readonly db: Db;
    readonly ids: IdSource;
    readonly clock: Clock;
    readonly audit: Audit;
    readonly config: Config;
  },
) {
  return {
    ...{ roles: createRoles(deps), directory: createDirectory(deps.db), joining: createJoining(deps) },
    ...{ quotas: createQuotas(deps), preferences: createPreferences(deps) },
    operator: createOperator(deps),
  };
}
