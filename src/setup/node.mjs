import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { runNpm } from './packages.mjs';
import { SetupError, step, tailOf } from './step.mjs';

const VERSION = '24.21.0';
const DRAFT = 'node24.new-';
const DRAFT_STALE_MS = 3_600_000;

/**
 * Whether a Node.js runs our TypeScript as it is: type stripping needs no flag since 22.18 and 23.6.
 * @param {string} version
 */
export function runsTypeScript(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major >= 24 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
}

/**
 * The npm package that holds the Node.js program for a kind of machine, or undefined when there is none.
 * @param {string} platform
 * @param {string} arch
 */
export function nodePackage(platform, arch) {
  const names = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];
  return names.includes(`${platform}-${arch}`) ? `node-${platform}-${arch}` : undefined;
}

/**
 * A Node.js that runs the server: the running one, or one fetched once into `.cache/toolchain`.
 * The fetched one appears there by a rename, so a fetch that was interrupted leaves nothing usable behind.
 * @param {{ root: string, env: NodeJS.ProcessEnv, running?: string }} options
 * @returns {Promise<{ path: string, version: string }>}
 */
export async function ensureNode({ root, env, running = process.versions.node }) {
  if (runsTypeScript(running)) return { path: process.execPath, version: running };
  const advice = 'Install Node.js 24 from https://nodejs.org and run the command again.';
  const name = nodePackage(process.platform, process.arch);
  if (name === undefined) {
    throw new SetupError(`Node.js ${running} is too old. ${advice}`);
  }
  const toolchain = join(root, '.cache', 'toolchain');
  const home = join(toolchain, 'node24');
  const binary = join(home, 'node_modules', name, 'bin', 'node');
  if (existsSync(binary) && versionOf(join(home, 'node_modules', name)) === VERSION) {
    return { path: binary, version: VERSION };
  }
  await step(`Fetching Node.js ${VERSION}, because ${running} is too old`, async () => {
    mkdirSync(toolchain, { recursive: true });
    removeOldDrafts(toolchain);
    const draft = mkdtempSync(join(toolchain, DRAFT));
    const args = ['install', '--prefix', draft, '--no-save', '--no-package-lock', `${name}@${VERSION}`];
    const { ok, output } = await runNpm({ root, env, node: process.execPath, args });
    if (!ok) throw new SetupError(`npm could not fetch Node.js:\n${tailOf(output)}\n${advice}`);
    const fetched = join(draft, 'node_modules', name, 'bin', 'node');
    if (spawnSync(fetched, ['--version']).status !== 0) {
      throw new SetupError(`The fetched Node.js does not run on this system. ${advice}`);
    }
    // Made for us alone, but the server may be started by another user later.
    chmodSync(draft, 0o755);
    rmSync(home, { recursive: true, force: true });
    renameSync(draft, home);
  });
  return { path: binary, version: VERSION };
}

/** @param {string} folder */
function versionOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
}

/** @param {string} toolchain */
function removeOldDrafts(toolchain) {
  for (const name of readdirSync(toolchain).filter((entry) => entry.startsWith(DRAFT))) {
    const path = join(toolchain, name);
    if (Date.now() - statSync(path).mtimeMs > DRAFT_STALE_MS) rmSync(path, { recursive: true, force: true });
  }
}
