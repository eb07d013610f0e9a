import type { Db, Tx } from './database.ts';

/** Whether the server is locked for maintenance: whoever works in the background begins nothing then (ADR 0060). */
export async function isLocked(conn: Db | Tx): Promise<boolean> {
  return (await conn('server_lock').first('one')) !== undefined;
}
