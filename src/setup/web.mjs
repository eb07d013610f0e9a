import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runLogged, SetupError, step, tailOf } from './step.mjs';

/**
 * A hash of everything that the build of the web client depends on.
 * @param {string} root
 */
export function hashSources(root) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const path of filesBelow(join(root, 'web'), ['dist', 'node_modules'])) {
    const content = readFileSync(path);
    hash.update(`\0${relative(root, path)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** @param {string} root */
const stampFile = (root) => join(root, 'web', 'dist', '.build');

/**
 * Whether the last complete build of the web client was made of its sources as they are now.
 * @param {string} root
 */
export function isWebFresh(root) {
  const stamp = stampFile(root);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hashSources(root);
}

/**
 * Builds the web client when its sources have changed since the last complete build.
 * @param {{ root: string, env: NodeJS.ProcessEnv, node: string }} options
 */
export async function ensureWeb({ root, env, node }) {
  if (!existsSync(join(root, 'web', 'index.html'))) return;
  if (isWebFresh(root)) return;
  const wanted = hashSources(root);
  await step('Building the web client', async () => {
    const log = join(root, '.cache', 'web.log');
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
    const { ok, output } = await runLogged(node, [vite, 'build', 'web'], { log, cwd: root, env });
    if (!ok) {
      throw new SetupError(
        `The web client could not be built:\n${tailOf(output)}\nThe full output is in ${log}.`,
      );
    }
    writeFileSync(stampFile(root), wanted);
  });
}

/** @param {string} folder @param {readonly string[]} without @returns {string[]} */
function filesBelow(folder, without = []) {
  const entries = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !without.includes(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}
