import type { Db, Tx } from './database.ts';

/** Whether the server closes for good: then nobody joins it any more. */
export async function isClosing(conn: Db | Tx): Promise<boolean> {
  return (await conn('server_closing').first('one')) !== undefined;
}
