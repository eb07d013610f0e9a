import { randomInt } from 'node:crypto';
import type { Db } from './db/database.ts';
import { idNodes } from './lib/ids.ts';

/** A number that no other running process has, as long as fewer than 1024 start within one's lifetime. */
export async function claimIdNode(db: Db): Promise<number> {
  const { rows } = await db.raw<{ rows: { node: string }[] }>(`select nextval('id_nodes') as node`);
  const node = rows[0]?.node;
  return node === undefined ? randomInt(idNodes) : Number(BigInt(node) % BigInt(idNodes));
}
