import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { firstLoadOf } from '../../bench/web/first-load.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const SLOW_MS = 120_000;
/** Of what the feed loads before it shows anything, compressed: web.md 7 asks for 45 and 12 kB. */
const MOST_BYTES = { js: 45_000, css: 7_000 };

test('the first load of the feed stays within its budget, and the built page has nothing inline', {
  timeout: SLOW_MS,
}, async () => {
  const dist = await mkdtemp(join(tmpdir(), 'vireo-budget-'));
  try {
    const vite = join(root, 'node_modules/vite/bin/vite.js');
    await promisify(execFile)(
      process.execPath,
      [vite, 'build', 'web', '--outDir', dist, '--logLevel', 'warn'],
      { cwd: root, env: { ...process.env, NODE_ENV: 'production' } },
    );
    const { js, css } = await firstLoadOf(dist);
    expect(js, `${js} bytes of script`).toBeLessThanOrEqual(MOST_BYTES.js);
    expect(css, `${css} bytes of style`).toBeLessThanOrEqual(MOST_BYTES.css);
    // The server adds what it allows by its hash.
    const html = await readFile(join(dist, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<style|style=|<script[^>]*>[^<]/);
  } finally {
    await rm(dist, { recursive: true, force: true });
  }
});
