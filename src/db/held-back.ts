import { prefixesOf } from '../../media/keys.ts';
import type { Db } from './database.ts';

/** Whether objects of an owner are about to be copied for authorities: until then nobody removes them. */
export async function waitToBeHeld(db: Db, ownerId: string): Promise<boolean> {
  const waiting = await db('legal_hold_items')
    .where({ state: 'waiting' })
    .where((below) => {
      for (const prefix of prefixesOf(ownerId)) below.orWhereLike('source_key', `${prefix}%`);
    })
    .first('id');
  return waiting !== undefined;
}
