import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse, TYPE } from '@formatjs/icu-messageformat-parser';
import { expect, test } from 'vitest';

type Element = ReturnType<typeof parse>[number];

/** All that a message is told, as its parser says. */
function namesIn(elements: readonly Element[]): string[] {
  return elements.flatMap((one) => {
    if (one.type === TYPE.literal || one.type === TYPE.pound) return [];
    const within =
      one.type === TYPE.plural || one.type === TYPE.select
        ? Object.values(one.options).flatMap(({ value }) => namesIn(value))
        : [];
    return [one.value, ...within];
  });
}

/** The same as the types read it (values.ts). */
const asTyped = (message: string): string[] =>
  [...message.matchAll(/\{([^,{}]*)/g)]
    .map(([, name]) => name ?? '')
    .filter((name) => /^[a-z][A-Za-z]*$/.test(name));

const unique = (names: readonly string[]) => [...new Set(names)].sort();

test('every message is ICU MessageFormat, and wants to be told what its type says', async () => {
  const files = globSync('web/src/**/words.ts');
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    const { english }: { english: Record<string, string> } = await import(`${resolve(file)}?plain`);
    for (const [key, message] of Object.entries(english)) {
      const names = unique(namesIn(parse(message)));
      expect(unique(asTyped(message)), `${file}, ${key}`).toEqual(names);
    }
  }
});

test('the words of every part are compiled', async () => {
  for (const file of globSync('web/src/**/words.ts')) {
    const { english: plain }: { english: Record<string, string> } = await import(`${resolve(file)}?plain`);
    const { english: compiled }: { english: Record<string, unknown> } = await import(resolve(file));
    const raw = Object.keys(plain).filter((key) => plain[key]?.includes('{') && compiled[key] === plain[key]);
    expect(raw, file).toEqual([]);
  }
});
