import { randomInt } from 'node:crypto';
import { freePort } from '../../src/setup/demo/instance.ts';

/** Below those that a system hands out by itself, and none that browsers refuse. */
const FIRST = 20_000;
/** So many for each worker of a test run. */
const EACH = 3_000;
const WORKERS = 4;

let last = randomInt(EACH);

/**
 * A port for what listens there in a while, or goes away and comes back. Of those that the system hands out, another process may be given the
 * same one meanwhile: here each worker of the run has ports of its own.
 */
export function ownPort(host: string): Promise<number> {
  last = (last + 1) % EACH;
  const worker = Number(process.env.VITEST_POOL_ID ?? 0) % WORKERS;
  return freePort(host, FIRST + worker * EACH + last);
}
