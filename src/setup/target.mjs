import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Ctrl-C arrives twice, from the terminal and through npm; a person who means it presses it again later. */
const SAME_REQUEST_MS = 2_000;
const PARENT_CHECK_MS = 1_000;

/**
 * Runs the program that all the preparation was for; resolves with its exit code.
 *
 * A server gets a process group of its own, so that it hears of Ctrl-C only from us, once, as SIGTERM; and
 * a channel whose end tells it that we were killed. Any other program shares our group and gets Ctrl-C
 * from the terminal as usual.
 * @param {{ node: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv, isServer: boolean }} options
 * @returns {Promise<number>}
 */
export function runTarget({ node, args, cwd, env, isServer }) {
  /** @type {import('node:child_process').StdioOptions} */
  const stdio = ['inherit', 'inherit', 'inherit', ...(isServer ? /** @type {const} */ (['ipc']) : [])];
  const child = spawn(node, args, { cwd, env, detached: isServer, stdio });
  if (isServer) relayToServer(child, env);
  else relayToProgram(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

/** @param {import('node:child_process').ChildProcess} child @param {NodeJS.ProcessEnv} env */
function relayToServer(child, env) {
  let asked = Number.NEGATIVE_INFINITY;
  const stop = () => {
    if (performance.now() - asked < SAME_REQUEST_MS) return;
    asked = performance.now();
    child.kill('SIGTERM');
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  // Nothing tells us when npm is killed; a server that nobody can reach any more must not run on.
  if (env.npm_lifecycle_event) {
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && stop(), PARENT_CHECK_MS).unref();
  }
}

/** @param {import('node:child_process').ChildProcess} child */
function relayToProgram(child) {
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
}
