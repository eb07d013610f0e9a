import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Addition, addToBlock, type Block, isEnough, peopleIn } from './blocks.ts';

interface Someone {
  readonly person: number;
  readonly day: number;
}

const dayOf = (day: number) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);

/** As they come: each person once a day; who is even is known from the first day on which he came, others never. */
function additions(visits: readonly Someone[]): Addition[] {
  const known = new Set<number>();
  const days = [...Map.groupBy(visits, ({ day }) => day)].sort(([a], [b]) => a - b);
  return days.flatMap(([day, ones]) =>
    [...new Set(ones.map(({ person }) => person))].map((person) => {
      const isNewcomer = person % 2 === 0 && !known.has(person);
      known.add(person);
      const counters = new Uint32Array(16).fill(1, 0, 1);
      return { day: dayOf(day), newcomers: isNewcomer ? 1 : 0, others: isNewcomer ? 0 : 1, counters };
    }),
  );
}

const visits = fc.array(fc.record({ person: fc.nat(60), day: fc.nat(6) }), { maxLength: 300 });

test('a block is of so many different people at least, and everything added is in one', () => {
  fc.assert(
    fc.property(visits, (all) => {
      let block: Block | null = null;
      let [inBlocks, added] = [0, 0];
      for (const one of additions(all)) {
        block = addToBlock('sources', block, one);
        added += 1;
        if (!isEnough(block)) continue;
        inBlocks += block.counters[0] ?? 0;
        block = null;
      }
      expect(inBlocks + (block?.counters[0] ?? 0)).toBe(added);
    }),
  );
});

test('never more people than there were, whoever came again on another day', () => {
  fc.assert(
    fc.property(visits, (all) => {
      let block: Block | null = null;
      for (const one of additions(all)) block = addToBlock('sources', block, one);
      const people = new Set(all.map(({ person }) => person)).size;
      if (block) expect(peopleIn(block)).toBeLessThanOrEqual(people);
    }),
  );
});
