import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../src');

test('no two locks of the database are the same number: who holds one would keep others from the other', () => {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  const locks = files.flatMap((name) =>
    [...readFileSync(join(ROOT, name), 'utf8').matchAll(/const (\w+_LOCK) = ([\d_]+)/g)].map(
      ([, lock, number]) => ({ of: `${name} ${lock}`, number }),
    ),
  );
  expect(locks.length).toBeGreaterThan(4);
  const shared = [...Map.groupBy(locks, ({ number }) => number).values()].filter(({ length }) => length > 1);
  expect(shared.map((ones) => ones.map(({ of }) => of))).toEqual([]);
});
