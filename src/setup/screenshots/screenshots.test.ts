import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { asides, authors, clips, comments, crowd } from './community.ts';
import { MAX_BYTES } from './shots.ts';

const docs = fileURLToPath(new URL('../../../docs', import.meta.url));
const pictures = readdirSync(join(docs, 'screenshots'));

describe('the pictures of README and docs', () => {
  test('are small', () => {
    const large = pictures.filter((name) => statSync(join(docs, 'screenshots', name)).size > MAX_BYTES);
    expect(large).toEqual([]);
  });

  test('are all shown, and those that are shown are there', () => {
    const pages = readdirSync(docs).filter((name) => name.endsWith('.md'));
    const texts = [join(docs, '..', 'README.md'), ...pages.map((name) => join(docs, name))];
    const shown = texts.flatMap((path) => [
      ...readFileSync(path, 'utf8').matchAll(/screenshots\/([\w-]+\.webp)/g),
    ]);
    expect([...new Set(shown.map(([, name]) => name))].sort()).toEqual(pictures.sort());
  });
});

describe('the community in the pictures', () => {
  test('knows everybody who does something', () => {
    const names = new Set([...authors.map(({ name }) => name), ...crowd]);
    const doing = [...clips, ...comments, ...asides].map(({ by }) => by);
    expect(doing.filter((name) => !names.has(name))).toEqual([]);
    expect(names.size).toBe(authors.length + crowd.length);
  });

  test('answers what was said before, under clips that are there', () => {
    expect(comments.filter(({ answers }, n) => answers !== undefined && answers >= n)).toEqual([]);
    expect(asides.filter(({ clip }) => clips[clip] === undefined)).toEqual([]);
  });
});
