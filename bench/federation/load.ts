import { Pool } from 'undici';
import type { Part, Usage } from './part.ts';
import type { Shot } from './people.ts';

/** What a run of requests cost the server that answered them. */
export interface Cost {
  readonly done: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

const IN_FLIGHT = 64;

/** Sends every shot once and demands one status of all. */
export async function fire(
  server: Part,
  origin: string,
  shots: readonly Shot[],
  status: number,
): Promise<Cost> {
  const pool = new Pool(origin, { connections: IN_FLIGHT, pipelining: 1 });
  let next = 0;
  const worker = async () => {
    for (;;) {
      const shot = shots[next];
      next += 1;
      if (!shot) return;
      const answer = await pool.request({ path: '/inbox', method: 'POST', ...shot });
      await answer.body.dump();
      if (answer.statusCode !== status) throw new Error(`Expected ${status}, got ${answer.statusCode}.`);
    }
  };
  const cost = await costOf(server, shots.length, () =>
    Promise.all(Array.from({ length: IN_FLIGHT }, worker)),
  );
  await pool.destroy();
  return cost;
}

/** What a server spends while `work` goes on. */
export async function costOf(server: Part, done: number, work: () => Promise<unknown>): Promise<Cost> {
  const before = await server.usage();
  const startedAt = performance.now();
  await work();
  const wallSeconds = (performance.now() - startedAt) / 1_000;
  const after: Usage = await server.usage();
  return { done, wallSeconds, cpuSeconds: after.cpuSeconds - before.cpuSeconds, rssBytes: after.rssBytes };
}

/** What several runs cost together. */
export function sumOf(costs: readonly Cost[]): Cost {
  const total = (of: (cost: Cost) => number) => costs.reduce((sum, cost) => sum + of(cost), 0);
  return {
    done: total(({ done }) => done),
    wallSeconds: total(({ wallSeconds }) => wallSeconds),
    cpuSeconds: total(({ cpuSeconds }) => cpuSeconds),
    rssBytes: Math.max(...costs.map(({ rssBytes }) => rssBytes)),
  };
}

export function perCpuSecond(...costs: readonly Cost[]): number {
  const seconds = costs.reduce((sum, cost) => sum + cost.cpuSeconds / cost.done, 0);
  return 1 / seconds;
}
