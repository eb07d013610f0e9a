import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serverFlags } from '../server-flags.mjs';

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));
const START_DEADLINE_MS = 120_000;
const POLL_MS = 50;

export interface InstanceOptions {
  /** Loopback address of its own, such as 127.0.0.2. */
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** Where its output goes. */
  readonly logFile: string;
  /** Variables of config/env.ts besides those that follow from the above. */
  readonly variables: Readonly<Record<string, string>>;
  /** The file to run; default: that of this program. */
  readonly program?: string;
}

/** A server of ours as a process of its own. */
export interface Instance {
  readonly origin: string;
  readonly host: string;
  readonly child: ChildProcess;
  /** Asks it to stop, and waits until it has. */
  stop(): Promise<void>;
  /** Ends it without warning, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts a server and waits until it answers. Throws with the end of its log when it does not. */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const { host, port } = options;
  const origin = `http://${host}:${port}`;
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a');
  const child = spawn(process.execPath, [...serverFlags, options.program ?? MAIN], {
    // A group of its own: Ctrl-C reaches it through us only. The channel tells it when we are gone.
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      VIREO_ENV: 'development',
      HOST: host,
      PORT: String(port),
      ORIGIN: origin,
      DATA_DIR: options.dataDir,
      ...options.variables,
    },
  });
  closeSync(log);
  const exited = once(child, 'exit');
  const end = (signal: NodeJS.Signals) => async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await exited;
    }
  };
  const instance = { origin, host, child, stop: end('SIGTERM'), kill: end('SIGKILL') };
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    if (options.variables.ROLE === 'worker' || (await answers(origin))) return instance;
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      await instance.kill();
      const text = await readFile(options.logFile, 'utf8').catch(() => '');
      throw new Error(`The server at ${origin} did not start:\n${text.slice(-2_000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function answers(origin: string): Promise<boolean> {
  return fetch(`${origin}/health`).then(
    (response) => response.ok,
    () => false,
  );
}

/** A port that nobody listens on at an address of this machine; the given one where it is free. */
export function freePort(host: string, wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' && wanted !== 0) resolve(freePort(host));
      else reject(error);
    });
    probe.listen(wanted, host, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : wanted));
    });
  });
}
