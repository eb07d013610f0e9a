import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pageRoutes } from './routes.ts';

/** Names of parts of an address do not matter, and handles begin with `@`. */
const shapeOf = (path: string) => path.replace('/@:handle', '/:handle').replace(/:\w+/g, ':');

/** All that a path with parts which may be left out stands for. */
function spelled(path: string): string[] {
  const [, before = '', part = '', after = ''] = /^(.*?)(\/:\w+)\?(.*)$/.exec(path) ?? [];
  return part === '' ? [path] : [before, ...spelled(`${before}${part}${after}`)];
}

test('the server knows every address of the page, and answers none of them with 404', () => {
  const app = readFileSync(new URL('../../../web/src/app.tsx', import.meta.url), 'utf8');
  const shown = [...app.matchAll(/<Route\s+path="([^"]+)"/g)].flatMap(([, path = '']) =>
    spelled(path).map(shapeOf),
  );
  expect(shown.length).toBeGreaterThan(5);
  const known = new Set(Object.keys(pageRoutes).map(shapeOf));
  // The part of an address that decides what is shown may stand for one of several, here or there.
  const isOneOf = (path: string) => [...known].some((one) => one.replace(/\/[^/:]+$/, '/:') === path);
  const isKnown = (path: string) =>
    known.has(path) || known.has(path.replace(/\/[^/:]+$/, '/:')) || isOneOf(path);
  expect(shown.filter((path) => !isKnown(path))).toEqual([]);
});
