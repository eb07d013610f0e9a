import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, startInstance } from '../src/setup/demo/instance.ts';
import type { Bench } from './measurement.ts';
import { community } from './memory/community.ts';

const HOST = '127.0.0.1';
const MIB = 1024 * 1024;
/** What is promised for web and worker in one process, without database and Redis. */
const BUDGET_MIB = 350;
/** Until what the start needed is given back. */
const SETTLED_MS = 30_000;

/** OP3. What an idle server takes in memory: one process with everything, with and without the ranking engine. */
export const memoryIdle: Bench = async ({ isSmall }) => {
  const measured = [];
  for (const ranking of isSmall ? ['on'] : ['on', 'off']) {
    const value = await idle({ ROLE: 'all', RANKING: ranking, LOG_LEVEL: 'warn' });
    const metric = `resident memory of ROLE=all, idle, ranking ${ranking}`;
    measured.push({ metric, value, unit: 'MiB', baseline: BUDGET_MIB, goal: 1, lessIsBetter: true });
  }
  return measured;
};

/** OP3. The whole stack while people live on it; our part is one process. */
export const memoryTogether: Bench = community('together');

/** OP3. The same, with a process for each container of the compose file. */
export const memoryApart: Bench = community('apart');

async function idle(variables: Readonly<Record<string, string>>): Promise<number> {
  const dataDir = await mkdtemp(join(tmpdir(), 'vireo-memory-'));
  const port = await freePort(HOST);
  const server = await startInstance({ host: HOST, port, dataDir, logFile: join(dataDir, 'log'), variables });
  try {
    await fetch(`${server.origin}/`);
    await pause(SETTLED_MS);
    const status = await readFile(`/proc/${server.child.pid}/status`, 'utf8');
    return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / MIB;
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
