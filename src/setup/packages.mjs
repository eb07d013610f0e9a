import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram, runLogged, SetupError, step, tailOf } from './step.mjs';

/**
 * What node_modules holds: the hash of the lockfile it was made from, the major version of Node.js, and
 * whether the tools for development are there too.
 * @typedef {{ lock: string, node: string, mode: 'production' | 'full' }} Install
 * @typedef {Record<string, { version?: string, optional?: boolean }>} Packages
 */

/**
 * Whether an install serves as it is. A full one serves production as well.
 * @param {Install} wanted
 * @param {Install | undefined} found
 */
export function serves(wanted, found) {
  return (
    found?.lock === wanted.lock &&
    found.node === wanted.node &&
    (found.mode === 'full' || wanted.mode === 'production')
  );
}

/**
 * Whether npm's own record of node_modules names exactly the packages of the lockfile, so that somebody
 * who ran `npm install` by hand does not wait for a second install. Optional packages of other machines
 * may be absent.
 * @param {Packages} locked
 * @param {Packages} installed
 */
export function isComplete(locked, installed) {
  const { '': _root, ...wanted } = locked;
  const present = Object.entries(wanted).every(([path, { version, optional = false }]) =>
    path in installed ? installed[path]?.version === version : optional,
  );
  return present && Object.keys(installed).every((path) => path in wanted);
}

/**
 * Makes node_modules match the lockfile. An install with the tools for development is never shrunk.
 * @param {{ root: string, env: NodeJS.ProcessEnv, node: string, nodeMajor: string, mode: 'production' | 'full' }} options
 */
export async function ensurePackages({ root, env, node, nodeMajor, mode }) {
  const stampFile = join(root, 'node_modules', '.vireo-install.json');
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const found = readJson(stampFile);
  /** @type {Install} */
  const wanted = {
    lock: createHash('sha256').update(lockText).digest('hex'),
    node: nodeMajor,
    mode: found?.mode === 'full' ? 'full' : mode,
  };
  if (serves(wanted, found)) return;
  const record = readJson(join(root, 'node_modules', '.package-lock.json'));
  if (record && isComplete(JSON.parse(lockText).packages, record.packages)) {
    writeFileSync(stampFile, JSON.stringify({ ...wanted, mode: 'full' }));
    return;
  }
  await step('Installing the npm packages', () => install({ root, env, node, mode: wanted.mode }));
  writeFileSync(stampFile, JSON.stringify(wanted));
}

/** @param {{ root: string, env: NodeJS.ProcessEnv, node: string, mode: Install['mode'] }} options */
async function install({ root, env, node, mode }) {
  const extent = [mode === 'full' ? '--include=dev' : '--omit=dev', '--include=optional'];
  const first = await runNpm({ root, env, node, args: ['ci', ...extent] });
  if (first.ok) return;
  // npm locks only what its registry offers, and `npm ci` refuses to work where another registry offers
  // more or less: packages for other systems, of which none is installed here anyway.
  const refused = /npm error Missing: .* from lock file/.test(first.output);
  if (refused) rmSync(join(root, 'node_modules'), { recursive: true, force: true });
  const last = refused ? await runNpm({ root, env, node, args: ['install', '--no-save', ...extent] }) : first;
  if (last.ok) return;
  throw new SetupError(
    `npm could not install the packages:\n${tailOf(last.output)}\nCheck the connection to the npm registry, then run the command again.`,
  );
}

/**
 * Runs npm under a given Node.js, which packages with install scripts then find first on PATH.
 * @param {{ root: string, env: NodeJS.ProcessEnv, node: string, args: readonly string[] }} options
 */
export function runNpm({ root, env, node, args }) {
  const cli = findNpm(env);
  if (cli === undefined) {
    throw new SetupError(
      'npm was not found. Install it with Node.js from https://nodejs.org, then run npm start.',
    );
  }
  const childEnv = { ...env, PATH: `${dirname(node)}:${env.PATH ?? ''}` };
  const log = join(root, '.cache', 'npm.log');
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier'];
  return runLogged(node, [cli, ...args, ...quiet], { log, cwd: root, env: childEnv });
}

/**
 * npm's program file: the one that started us, or the one beside the running Node.js or on PATH.
 * @param {NodeJS.ProcessEnv} env
 */
function findNpm(env) {
  const onPath = findProgram('npm', env);
  const candidates = [
    env.npm_execpath ?? '',
    join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    onPath ? realpathSync(onPath) : '',
  ];
  return candidates.find((path) => path.endsWith('npm-cli.js') && existsSync(path));
}

/** @param {string} path */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // Absent or half written: the install is then taken for incomplete.
    return undefined;
  }
}
