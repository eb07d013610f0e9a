import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pageRoutes } from './routes.ts';

/** Names of parts of an address do not matter, and handles begin with `@`. */
const shapeOf = (path: string) => path.replace('/@:handle', '/:handle').replace(/:\w+/g, ':');

test('the server knows every address of the page, and answers none of them with 404', () => {
  const app = readFileSync(new URL('../../../web/src/app.tsx', import.meta.url), 'utf8');
  const shown = [...app.matchAll(/<Route\s+path="([^"]+)"/g)].map(([, path = '']) => shapeOf(path));
  expect(shown.length).toBeGreaterThan(5);
  const known = new Set(Object.keys(pageRoutes).map(shapeOf));
  // The part of an address that decides what is shown may stand for one of several.
  const isKnown = (path: string) => known.has(path) || known.has(path.replace(/\/[^/:]+$/, '/:'));
  expect(shown.filter((path) => !isKnown(path))).toEqual([]);
});
