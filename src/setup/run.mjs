#!/usr/bin/env node
/*
 * `npm start` and its siblings: prepares whatever this machine still lacks, then runs the program. Plain
 * JavaScript without packages, because it runs before there are any and under a Node.js that may be old.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureNode } from './node.mjs';
import { ensurePackages } from './packages.mjs';
import { serverFlags } from './server-flags.mjs';
import { SetupError } from './step.mjs';
import { ensureTestPrograms, ensureTools } from './system.mjs';
import { runTarget } from './target.mjs';
import { ensureWeb } from './web.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const VITEST = join('node_modules', 'vitest', 'vitest.mjs');

/**
 * @typedef {{ args: string[], mode: 'production' | 'full', tools: Parameters<typeof ensureTools>[0]['wanted'],
 *   web: boolean, isServer: boolean }} Target
 * @type {Record<string, Target>}
 */
const targets = {
  start: server('src/main.ts'),
  demo: server('src/setup/demo.ts'),
  cli: { args: ['src/cli/main.ts'], mode: 'production', tools: [], web: false, isServer: false },
  docs: { args: ['src/setup/generate-docs.ts'], mode: 'full', tools: [], web: false, isServer: false },
  screenshots: {
    args: ['src/setup/screenshots.ts'],
    mode: 'full',
    tools: ['redis', 'ffmpeg', 'ffprobe', 'bubblewrap', 'chromium'],
    web: true,
    isServer: false,
  },
  test: {
    args: [VITEST, 'run'],
    mode: 'full',
    tools: ['redis', 'ffmpeg', 'ffprobe', 'bubblewrap', 'chromium'],
    web: true,
    isServer: false,
  },
  bench: {
    args: ['bench/run.ts'],
    mode: 'full',
    tools: ['redis', 'ffmpeg', 'ffprobe', 'bubblewrap'],
    web: false,
    isServer: false,
  },
};

/** @param {string} file @returns {Target} */
function server(file) {
  return {
    args: [file],
    mode: 'production',
    tools: ['redis', 'ffmpeg', 'ffprobe', 'bubblewrap'],
    web: true,
    isServer: true,
  };
}

/** @param {string | undefined} name @param {readonly string[]} args @returns {Promise<number>} */
async function run(name = '', args) {
  const target = Object.hasOwn(targets, name) ? targets[name] : undefined;
  if (target === undefined) {
    throw new SetupError(`Usage: node src/setup/run.mjs ${Object.keys(targets).join(' | ')} [arguments]`);
  }
  const { env } = process;
  const { path: node, version } = await ensureNode({ root, env });
  await ensurePackages({ root, env, node, nodeMajor: version.split('.')[0] ?? '', mode: target.mode });
  const programs = await ensureTools({ root, env, wanted: target.tools });
  if (name === 'test') await ensureTestPrograms({ root, env });
  if (target.web) await ensureWeb({ root, env, node });
  return runTarget({
    node,
    args: [...serverFlags, ...target.args, ...args],
    cwd: root,
    env: {
      // Node.js keeps there what it made of the sources, which halves the start of every command after the first.
      NODE_COMPILE_CACHE: join(root, '.cache', 'compile'),
      ...env,
      ...programs,
      VIREO_STARTED_AT: String(Math.round(performance.timeOrigin)),
    },
    isServer: target.isServer,
  });
}

try {
  const [name, ...args] = process.argv.slice(2);
  process.exitCode = await run(name, args);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
