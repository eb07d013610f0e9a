import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const SLOW_MS = 120_000;

/** Runs a program of ours or of node_modules with this Node.js; never rejects. */
function run(args: readonly string[], cwd = root): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      args,
      { cwd, env: { ...process.env, NO_COLOR: '1' } },
      (error, stdout, stderr) => {
        const code = error ? Number(error.code ?? 1) : 0;
        resolve({ code, output: stdout + stderr });
      },
    );
  });
}

const bin = (path: string) => join(root, 'node_modules', path);
const depcruise = bin('dependency-cruiser/bin/dependency-cruiser.mjs');
const CRUISED = ['src', 'federation', 'media', 'config', 'migrations', 'web/src', 'web/worker', 'test'];

describe('the sources', () => {
  test.for([
    ['are formatted and lint-free', [bin('@biomejs/biome/bin/biome'), 'ci', '--error-on-warnings', '.']],
    ['have no type errors', [bin('typescript/bin/tsc'), '-p', '.']],
    ['of the web client have no type errors', [bin('typescript/bin/tsc'), '-p', 'web']],
    ['of its worker have no type errors', [bin('typescript/bin/tsc'), '-p', 'web/worker']],
    ['import in the allowed directions only', [depcruise, '--config', '.dependency-cruiser.cjs', ...CRUISED]],
    ['hold nothing unused', [bin('knip/bin/knip.js')]],
    ['match what is generated from them', ['src/setup/generate-docs.ts', '--check']],
  ] as const)('%s', { timeout: SLOW_MS }, async ([, args]) => {
    const { code, output } = await run(args);
    expect(code, output).toBe(0);
  });
});

/** One forbidden import per rule: file, what it imports, and the rule that must name it. */
const FORBIDDEN = [
  ['config/bad.ts', '../src/lib/clock.ts', 'config-stands-alone'],
  ['src/lib/bad.ts', '../db/database.ts', 'lib-knows-no-domain'],
  ['src/db/bad.ts', '../modules/feed/index.ts', 'db-below-modules'],
  ['src/jobs/bad.ts', '../modules/feed/index.ts', 'jobs-below-modules'],
  ['src/modules/feed/bad.ts', '../../http/errors.ts', 'modules-below-doors'],
  ['src/modules/feed/bad.ts', '../videos/commands.ts', 'module-faces'],
  ['src/modules/social/bad.ts', '../../../media/keys.ts', 'media-only-for-videos'],
  ['src/http/bad.ts', '../modules/videos/commands.ts', 'module-faces-outside'],
  ['src/http/bad.ts', '../db/outbox.ts', 'only-transactions-from-db'],
  ['src/http/bad.ts', 'knex', 'doors-see-no-sql'],
  ['src/cli/bad.ts', '@fedify/fedify', 'doors-see-no-sql'],
  ['src/modules/feed/bad.ts', '@fedify/fedify', 'fedify-in-one-place'],
  ['src/modules/feed/bad.ts', 'undici', 'one-fetch-layer'],
  ['src/modules/feed/bad.ts', 'node:child_process', 'one-spawn'],
  ['media/bad.ts', '../src/modules/feed/index.ts', 'media-is-apart'],
  ['federation/bad.ts', '../src/http/errors.ts', 'federation-below-main'],
  ['migrations/bad.ts', '../src/lib/clock.ts', 'migrations-stand-alone'],
  ['web/src/bad.ts', '../../src/lib/clock.ts', 'web-is-apart'],
  ['web/worker/bad.ts', '../../src/lib/clock.ts', 'web-is-apart'],
  ['src/http/bad.ts', '../../web/src/format.ts', 'nothing-imports-web'],
  ['src/http/bad.ts', '../../test/helpers/stack.ts', 'no-tests-in-product'],
  ['test/integration/bad.test.ts', './search.test.ts', 'tests-import-no-tests'],
  ['src/http/bad.ts', './no-such-file.ts', 'no-unresolved'],
] as const;

test('every import rule catches what it forbids', { timeout: SLOW_MS }, async () => {
  const copy = await mkdtemp(join(tmpdir(), 'vireo-rules-'));
  try {
    const wanted = [...CRUISED, 'package.json', '.dependency-cruiser.cjs'];
    for (const name of wanted) await cp(join(root, name), join(copy, name), { recursive: true });
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    const bodies = Map.groupBy(FORBIDDEN, ([file]) => file);
    for (const [file, imports] of bodies) {
      await mkdir(dirname(join(copy, file)), { recursive: true });
      await writeFile(join(copy, file), imports.map(([, from]) => `import '${from}';\n`).join(''));
    }
    const { code, output } = await run([depcruise, '--config', '.dependency-cruiser.cjs', ...CRUISED], copy);
    expect(code).not.toBe(0);
    for (const [file, , rule] of FORBIDDEN) expect(output).toContain(`error ${rule}: ${file} →`);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
});
