import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

interface Row {
  readonly id: string;
  readonly shownBy: readonly string[];
  readonly printed: string;
}

const rows: readonly Row[] = read('docs/acceptance.md')
  .split('\n')
  .filter((line) => line.startsWith('| OP'))
  .map((line) => {
    const [, id = '', , shownBy = '', printed = ''] = line.split('|').map((cell) => cell.trim());
    return { id, shownBy: shownBy.split(', '), printed };
  });

test('every promise of operations has a row, and says what was seen', () => {
  expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 16 }, (_, at) => `OP${at + 1}`));
  for (const { id, printed } of rows) expect(printed, id).not.toBe('');
});

test.for(rows)('$id is shown by tests and scripts that carry its number', ({ id, shownBy }) => {
  for (const path of shownBy) {
    const text = read(path);
    const carries = path.startsWith('bench/')
      ? new RegExp(`^/\\*\\* ${id}\\b`, 'm').test(text)
      : [...text.matchAll(/^\s*(?:test|describe)(?:\.\w+(?:\([^)]*\))?)?\(\s*'([^']*)'/gm)].some(
          ([, title]) => new RegExp(`\\b${id}\\b`).test(title ?? ''),
        );
    expect(carries, `${path} for ${id}`).toBe(true);
  }
});
