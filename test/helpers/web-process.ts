import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/db/database.ts';
import { signUp } from '../../src/setup/demo/client.ts';
import { startInstance } from '../../src/setup/demo/instance.ts';
import { ownPort } from './ports.ts';
import { testVariables } from './server.ts';
import { dropTestDatabase } from './stack.ts';

const HOST = '127.0.0.1';

/** A `web` process of its own, which may be killed and started again on what it left, with somebody signed up there. */
export async function startWebProcess() {
  const dataDir = await mkdtemp(join(tmpdir(), 'vireo-web-process-'));
  const port = await ownPort(HOST);
  const variables: Record<string, string> = { ...(await testVariables(HOST, port)), ROLE: 'web' };
  const databaseUrl = variables.DATABASE_URL ?? '';
  const start = () =>
    startInstance({ host: HOST, port, dataDir, logFile: join(dataDir, 'web.log'), variables });
  let running = await start();
  const { token } = await signUp(running.origin, 'alice', 'a long password');
  const db = openDatabase(databaseUrl);
  return {
    ...{ dataDir, databaseUrl, db },
    /** Asks it as Alice. */
    ask: (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) =>
      fetch(new URL(path, running.origin), {
        ...init,
        headers: { Authorization: `Bearer ${token}`, ...init.headers },
      }),
    kill: () => running.kill(),
    /** The next process, on the same address and data. */
    async startAgain() {
      running = await start();
    },
    async close() {
      await running.kill();
      await db.destroy();
      await dropTestDatabase(databaseUrl);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export type WebProcess = Awaited<ReturnType<typeof startWebProcess>>;
