import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { netLimits } from '../../../config/limits.ts';
import { systemClock } from '../clock.ts';
import { createLogger } from '../log.ts';
import { createSafeFetch } from './safe-fetch.ts';

const seen: string[] = [];
const server = createServer((request, response) => {
  seen.push(String(request.url));
  response.end('reached');
});
let url = '';

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.2', done));
  const bound = server.address();
  if (typeof bound === 'object' && bound) url = `http://127.0.0.2:${bound.port}/`;
});
afterAll(() => new Promise((done) => server.close(done)));

/** A policy that says yes as often as told and no from then on. */
function fetchAllowing(times: number) {
  let asked = 0;
  return createSafeFetch({
    policy: { allows: () => asked++ < times, isAllowedPrivateHost: () => true },
    userAgent: 'Vireo/test',
    clock: systemClock,
    log: createLogger('silent'),
    limits: netLimits,
  });
}

test.each([
  ['the URL', 0, 'blocked-address'],
  ['the connection is opened', 1, 'blocked-address'],
  ['the socket is used', 2, 'blocked-address'],
  ['nothing', 3, 'reached'],
])('F2 an address that is refused when %s is checked gets no request', async (_step, times, outcome) => {
  seen.length = 0;
  const fetch = fetchAllowing(times);
  const result = await fetch.request({ method: 'GET', url });
  expect(result.ok ? String(result.body) : result.reason).toBe(outcome);
  expect(seen.length).toBe(outcome === 'reached' ? 1 : 0);
  await fetch.close();
});
