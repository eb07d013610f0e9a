import type { Db } from './database.ts';

/** Whether objects below one of these prefixes are about to be copied for authorities: until then nobody removes them. */
export async function waitToBeHeld(db: Db, prefixes: readonly string[]): Promise<boolean> {
  const waiting = await db('legal_hold_items')
    .where({ state: 'waiting' })
    .where((below) => {
      for (const prefix of prefixes) below.orWhereLike('source_key', `${prefix}%`);
    })
    .first('id');
  return waiting !== undefined;
}
