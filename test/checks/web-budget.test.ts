import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const SLOW_MS = 120_000;
/** Of what the feed loads before it shows anything, compressed (web.md 7). */
const MOST_BYTES = { js: 45_000, css: 12_000 };

interface Chunk {
  readonly file: string;
  readonly src?: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

test('the first load of the feed stays within its budget', { timeout: SLOW_MS }, async () => {
  const dist = await mkdtemp(join(tmpdir(), 'vireo-budget-'));
  try {
    const vite = join(root, 'node_modules/vite/bin/vite.js');
    await promisify(execFile)(
      process.execPath,
      [vite, 'build', 'web', '--outDir', dist, '--manifest', '--logLevel', 'warn'],
      { cwd: root, env: { ...process.env, NODE_ENV: 'production' } },
    );
    const chunks: Record<string, Chunk> = JSON.parse(
      await readFile(join(dist, '.vite/manifest.json'), 'utf8'),
    );
    const files = filesOf(chunks, ['index.html', 'src/feed/feed-page.tsx']);
    expect(files.size).toBeGreaterThan(1);
    const bytes = { js: 0, css: 0 };
    for (const file of files) {
      const type = file.endsWith('.css') ? 'css' : 'js';
      bytes[type] += gzipSync(await readFile(join(dist, file)), { level: 9 }).length;
    }
    expect(bytes.js, `${bytes.js} bytes of script`).toBeLessThanOrEqual(MOST_BYTES.js);
    expect(bytes.css, `${bytes.css} bytes of style`).toBeLessThanOrEqual(MOST_BYTES.css);
  } finally {
    await rm(dist, { recursive: true, force: true });
  }
});

/** What these entries load with all that they import, other than on demand. An entry of no own file is part of another. */
function filesOf(chunks: Readonly<Record<string, Chunk>>, entries: readonly string[]): Set<string> {
  const files = new Set<string>();
  const visited = new Set<string>();
  const visit = (name: string) => {
    const chunk = chunks[name];
    if (!chunk || visited.has(name)) return;
    visited.add(name);
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
    for (const imported of chunk.imports ?? []) visit(imported);
  };
  for (const entry of entries) visit(entry);
  return files;
}
