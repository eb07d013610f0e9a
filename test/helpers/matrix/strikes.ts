import { operator } from '../../../src/modules/staff/index.ts';
import type { World } from './world.ts';

/** Something the staff told the owner of. */
export async function strikeOf({ context, owner }: World) {
  const { inTx, measures } = context;
  const target = { kind: 'account', id: owner.id } as const;
  const taken = await inTx((tx) => measures.take(tx, operator, { target, measure: 'warn', facts: 'Hm.' }));
  if (!taken.ok || taken.measureId === null) throw new Error('Nobody was warned.');
  return { id: taken.measureId, accountId: owner.id };
}
