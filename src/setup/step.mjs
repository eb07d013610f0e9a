import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A failure that a person can mend; its message says how, and no stack trace is shown. */
export class SetupError extends Error {}

/**
 * Does one piece of work and prints one line about it: what it is, then how long it took. On stderr, so
 * that the output of a command can still be piped.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(what, work) {
  const began = performance.now();
  process.stderr.write(`${what} ... `);
  try {
    const result = await work();
    process.stderr.write(`${((performance.now() - began) / 1000).toFixed(1)} s\n`);
    return result;
  } catch (error) {
    process.stderr.write('failed\n');
    throw error;
  }
}

/**
 * Runs a program with its output in a file; resolves with whether it succeeded and what it printed.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ log: string, cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export async function runLogged(command, args, { log, cwd, env }) {
  mkdirSync(dirname(log), { recursive: true });
  const file = openSync(log, 'w');
  const ok = await new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', file, file] });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
  closeSync(file);
  return { ok, output: readFileSync(log, 'utf8') };
}

/**
 * The last lines of an output, for the message of a failure.
 * @param {string} output
 */
export function tailOf(output) {
  return output.trimEnd().split('\n').slice(-15).join('\n');
}

/**
 * The path of a program: as given when it is a path, else the first hit in the folders of PATH.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined}
 */
export function findProgram(name, env) {
  if (name.includes('/')) return existsSync(name) ? name : undefined;
  const folders = (env.PATH ?? '').split(':').filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
