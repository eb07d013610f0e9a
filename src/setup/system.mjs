import { join } from 'node:path';
import { findProgram, runLogged, SetupError, step, tailOf } from './step.mjs';

/**
 * A program of the system: under which names it is looked for, which variable may name another, and the
 * package that holds it for each package manager.
 * Without an optional one the server runs, with less protection or less to show.
 * @typedef {{ names: readonly string[], variable: string, packages: Record<Manager, string>, optional?: boolean }} Tool
 * @typedef {'apt' | 'dnf' | 'pacman' | 'apk' | 'brew'} Manager
 */

/** @param {string} name @returns {Record<Manager, string>} */
const everywhere = (name) => ({ apt: name, dnf: name, pacman: name, apk: name, brew: name });

/** @typedef {'redis' | 'ffmpeg' | 'ffprobe' | 'bubblewrap' | 'chromium'} ToolName */

/** @type {Record<ToolName, Tool>} */
const tools = {
  redis: {
    names: ['redis-server', 'valkey-server'],
    variable: 'REDIS_SERVER_PATH',
    packages: { apt: 'redis-server', dnf: 'valkey', pacman: 'valkey', apk: 'redis', brew: 'redis' },
  },
  ffmpeg: {
    names: ['ffmpeg'],
    variable: 'FFMPEG_PATH',
    packages: { ...everywhere('ffmpeg'), dnf: 'ffmpeg-free' },
  },
  ffprobe: {
    names: ['ffprobe'],
    variable: 'FFPROBE_PATH',
    packages: { ...everywhere('ffmpeg'), dnf: 'ffmpeg-free' },
  },
  // The sandbox around ffmpeg; it exists for Linux only.
  bubblewrap: {
    names: ['bwrap'],
    variable: 'BWRAP_PATH',
    packages: everywhere('bubblewrap'),
    optional: true,
  },
  chromium: {
    names: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
    variable: 'CHROMIUM_PATH',
    packages: everywhere('chromium'),
  },
};

/** @type {readonly (readonly [Manager, string, string])[]} */
const managers = [
  ['apt', 'apt-get', 'apt-get install -y --no-install-recommends'],
  ['dnf', 'dnf', 'dnf install -y'],
  ['pacman', 'pacman', 'pacman -S --needed'],
  ['apk', 'apk', 'apk add'],
  ['brew', 'brew', 'brew install'],
];

/**
 * The command with which a person installs the missing tools on this system.
 * @param {{ missing: readonly ToolName[], has: (program: string) => boolean, isRoot: boolean }} options
 */
export function installCommand({ missing, has, isRoot }) {
  const manager = managers.find(([, program]) => has(program));
  if (manager === undefined) return undefined;
  const [name, , command] = manager;
  const sudo = isRoot || name === 'brew' ? '' : 'sudo ';
  return `${sudo}${command} ${packagesOf(missing, name).join(' ')}`;
}

/**
 * Finds the programs that a command needs, and installs them where that takes no question (apt as root).
 * Resolves with the variables that name them, for the environment of the target.
 * @param {{ root: string, env: NodeJS.ProcessEnv, wanted: readonly ToolName[] }} options
 * @returns {Promise<Record<string, string>>}
 */
export async function ensureTools({ root, env, wanted }) {
  const needed = wanted.filter((name) => name !== 'redis' || !env.REDIS_URL);
  const missing = needed.filter((name) => find(name, env) === undefined);
  const isRequired = (/** @type {ToolName} */ name) => !tools[name].optional;
  // What the server can do without is no reason to ask apt at every start.
  if (missing.some(isRequired)) {
    const isRoot = process.getuid?.() === 0;
    if (isRoot && findProgram('apt-get', env)) await installWithApt(root, env, packagesOf(missing, 'apt'));
    const still = missing.filter((name) => isRequired(name) && find(name, env) === undefined);
    if (still.length > 0) throw new SetupError(adviceFor(still, env, isRoot));
  }
  const required = needed.filter(isRequired);
  return Object.fromEntries(required.map((name) => [tools[name].variable, find(name, env) ?? '']));
}

/** What tests use where it is to be had. */
const testPrograms = [
  // OpenStack Swift: an S3 server that shares no code with ours, and the cache it needs.
  {
    programs: [
      ...['swift-proxy-server', 'swift-account-server', 'swift-container-server', 'swift-object-server'],
      'memcached',
    ],
    packages: ['swift-proxy', 'swift-account', 'swift-container', 'swift-object', 'memcached'],
  },
  // Chromium without what draws its windows: a third less to compute, and no window that stops to paint.
  { programs: ['chromium-headless-shell'], packages: ['chromium-headless-shell'] },
];

/**
 * Installs what the tests use and the server never needs, where that takes no question (apt as root).
 * Where it is not to be had, the tests that need it say so and are skipped, or do with something else.
 * @param {{ root: string, env: NodeJS.ProcessEnv }} options
 */
export async function ensureTestPrograms({ root, env }) {
  if (process.getuid?.() !== 0 || !findProgram('apt-get', env)) return;
  for (const { programs, packages } of testPrograms) {
    if (programs.every((program) => findProgram(program, env) !== undefined)) continue;
    try {
      await installWithApt(root, env, packages);
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      process.stderr.write(`${error.message}\n`);
    }
  }
}

/** @param {ToolName} name @param {NodeJS.ProcessEnv} env */
function find(name, env) {
  const { variable, names } = tools[name];
  const given = env[variable];
  return (given ? [given] : names)
    .map((program) => findProgram(program, env))
    .find((path) => path !== undefined);
}

/** @param {readonly ToolName[]} missing @param {Manager} manager */
function packagesOf(missing, manager) {
  return [...new Set(missing.map((name) => tools[name].packages[manager]))];
}

/** @param {string} root @param {NodeJS.ProcessEnv} env @param {readonly string[]} names */
async function installWithApt(root, env, names) {
  const log = join(root, '.cache', 'apt.log');
  const options = { log, cwd: root, env: { ...env, DEBIAN_FRONTEND: 'noninteractive' } };
  // Another apt may be running, as on a machine that has just booted.
  const wait = ['-o', 'DPkg::Lock::Timeout=300'];
  await step(`Installing ${names.join(' and ')} with apt-get`, async () => {
    // Package lists that cannot be renewed may still be good enough.
    await runLogged('apt-get', ['update', ...wait], options);
    const args = ['install', '-y', '--no-install-recommends', ...wait, ...names];
    const { ok, output } = await runLogged('apt-get', args, options);
    if (!ok) {
      throw new SetupError(`apt-get install failed:\n${tailOf(output)}\nThe full output is in ${log}.`);
    }
  });
}

/** @param {readonly ToolName[]} missing @param {NodeJS.ProcessEnv} env @param {boolean} isRoot */
function adviceFor(missing, env, isRoot) {
  const what = missing.map((name) => tools[name].names[0]).join(', ');
  const command = installCommand({
    missing,
    has: (program) => findProgram(program, env) !== undefined,
    isRoot,
  });
  const how = command ? `Run this, then start again:\n\n  ${command}\n` : 'Install them, then start again.';
  const variables = missing.map((name) => tools[name].variable).join(', ');
  return `Not found: ${what}. ${how}\nPrograms in unusual places can be named in ${variables}.`;
}
