import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createWasmIndex } from './wasm-index.ts';

const DIM = 64;
const vectors = (count: number) =>
  fc.array(fc.array(fc.integer({ min: -127, max: 127 }), { minLength: DIM, maxLength: DIM }), {
    minLength: 1,
    maxLength: count,
  });

test('the committed bytes are what the text assembles to', async () => {
  await promisify(execFile)(process.execPath, ['src/setup/assemble-scan.ts', '--check']);
});

test('finds what a plain loop finds, whatever was added, replaced, deleted and filtered', () => {
  fc.assert(
    fc.property(
      vectors(90),
      fc.array(fc.record({ slot: fc.nat(299), from: fc.nat(89), isDelete: fc.boolean() }), {
        maxLength: 400,
      }),
      fc.array(fc.integer({ min: -32_767, max: 32_767 }), { minLength: DIM, maxLength: DIM }),
      fc.option(fc.uint8Array({ maxLength: 40 })),
      fc.integer({ min: 1, max: 30 }),
      (pool, changes, numbers, allowed, count) => {
        // Numbers that int8 and int16 hold exactly, so that both sides must agree to the last place.
        const index = createWasmIndex({ maxItems: 300, range: 127 });
        const plain = new Map<number, number[]>();
        for (const { slot, from, isDelete } of changes) {
          const vector = pool[from % pool.length] ?? [];
          if (isDelete) {
            index.delete(slot);
            plain.delete(slot);
          } else {
            expect(index.set(slot, Float32Array.from(vector))).toBe(true);
            plain.set(slot, vector);
          }
        }
        const query = [32_767, ...numbers.slice(1)];
        const wanted = [...plain]
          .filter(([slot]) => !allowed || ((allowed[slot >> 3] ?? 0) & (1 << (slot & 7))) !== 0)
          .map(([slot, vector]) => ({
            slot,
            score: vector.reduce((sum, v, k) => sum + v * (query[k] ?? 0), 0),
          }))
          .sort((a, b) => b.score - a.score || a.slot - b.slot)
          .slice(0, count);
        const found = index.search(Float32Array.from(query), count, allowed);
        expect(index.size).toBe(plain.size);
        expect([...found.slots]).toEqual(wanted.map(({ slot }) => slot));
        expect([...found.scores]).toEqual(wanted.map(({ score }) => Math.fround(score)));
      },
    ),
    { numRuns: 60 },
  );
});

test('grows as far as it was made for, and keeps what it had', () => {
  const index = createWasmIndex({ maxItems: 20_000, range: 1 });
  const vector = (slot: number) => Float32Array.from({ length: DIM }, (_, k) => Math.sin(slot * 7 + k));
  for (let slot = 0; slot < 20_000; slot += 1) index.set(slot, vector(slot));
  expect(index.set(20_000, vector(1))).toBe(false);
  // A filter says nothing about the next one, which may be shorter.
  expect(index.search(vector(3), 30, new Uint8Array(2_500).fill(255)).slots).toHaveLength(30);
  for (const slot of [0, 9_999, 19_999])
    expect(index.search(vector(slot), 3, only(slot)).slots).toEqual(Int32Array.of(slot));
  expect(index.search(vector(5), 5_000, null).slots).toHaveLength(5_000);
  index.clear(2);
  expect(index.search(vector(5), 10, null).slots).toHaveLength(0);
  index.set(7, vector(7));
  expect(index.search(vector(7), 10, null).slots).toEqual(Int32Array.of(7));
});

test('a query of nothing finds nothing', () => {
  const index = createWasmIndex({ maxItems: 10, range: 1 });
  index.set(1, new Float32Array(DIM).fill(1));
  expect(index.search(new Float32Array(DIM), 5, null).slots).toHaveLength(0);
});

function only(slot: number): Uint8Array {
  const bits = new Uint8Array((slot >> 3) + 1);
  bits[slot >> 3] = 1 << (slot & 7);
  return bits;
}
