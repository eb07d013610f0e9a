import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const IMPORT = /import (\w+) from '(\.[^']*\.module\.css)'/g;

/** Classes that a part asks its stylesheet for and that are not in it: nothing else says that one was lost. */
function missingIn(text: string, cssOf: (path: string) => string): string[] {
  return [...text.matchAll(IMPORT)].flatMap(([, name = '', path = '']) => {
    const known = new Set([...cssOf(path).matchAll(/\.([A-Za-z_][\w-]*)/g)].map(([, one]) => one));
    const code = text.replace(/'[^'\n]*'/g, '');
    const used = [...code.matchAll(new RegExp(`\\b${name}\\.(\\w+)`, 'g'))].map(([, one]) => one);
    return used.filter((one) => !known.has(one)).map((one) => `${path}: .${one}`);
  });
}

test('every class that a part of the page asks for is in its stylesheet', () => {
  const parts = globSync('web/src/**/*.{ts,tsx}', { cwd: root });
  expect(parts.length).toBeGreaterThan(100);
  const missing = parts.flatMap((file) =>
    missingIn(readFileSync(join(root, file), 'utf8'), (path) =>
      readFileSync(join(root, dirname(file), path), 'utf8'),
    ),
  );
  expect(missing).toEqual([]);
});

test('one that is missing is found', () => {
  const text = `import styles from './a.module.css';\n<p class={styles.there}><b class={styles.lost} />`;
  expect(missingIn(text, () => '.there { color: red }')).toEqual(['./a.module.css: .lost']);
});
