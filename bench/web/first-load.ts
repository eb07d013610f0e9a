import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** What is imported at once: not `import(…)`. */
const IMPORT = /(?:^|[;}\s])import\s*(?:[^"'();]*?\bfrom\s*)?["']\.\/([^"']+)["']/g;

/**
 * Bytes, compressed by gzip, that a built page loads before it can show a feed, wherever they stand: what is in the page itself, the
 * scripts that it names with all that they import at once, and its styles.
 */
export async function firstLoadOf(dist: string): Promise<{ readonly js: number; readonly css: number }> {
  const weigh = async (file: string) => gzipSync(await readFile(join(dist, file)), { level: 9 }).length;
  const page = await readFile(join(dist, 'index.html'), 'utf8');
  const scripts = new Set(['begin.js']);
  const visit = async (file: string) => {
    if (scripts.has(file)) return;
    scripts.add(file);
    const code = await readFile(join(dist, file), 'utf8');
    for (const [, name = ''] of code.matchAll(IMPORT)) await visit(`assets/${name}`);
  };
  for (const file of named(page, /<script [^>]*src="\/([^"]+\.js)"/g)) {
    await visit(file);
    scripts.add(file.replace(/\.js$/, '.behind.js'));
  }
  const styles = named(page, /<link rel="stylesheet"[^>]*href="\/([^"]+)"/g);
  const sum = async (files: Iterable<string>) => {
    let bytes = 0;
    for (const file of files) bytes += await weigh(file);
    return bytes;
  };
  if (scripts.size < 3 || styles.length === 0) throw new Error('The page does not name what it loads.');
  return { js: await sum(scripts), css: await sum(styles) };
}

const named = (page: string, pattern: RegExp): string[] =>
  [...page.matchAll(pattern)].map(([, file = '']) => file);
