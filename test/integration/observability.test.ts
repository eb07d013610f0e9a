import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { traceFetch } from '../../federation/trace.ts';
import { vireo } from '../../src/cli/program.ts';
import type { Surroundings } from '../../src/cli/surroundings.ts';
import { createAddressPolicy } from '../../src/lib/net/ip-policy.ts';
import { startMetrics } from '../../src/metrics-server.ts';
import {
  createOf,
  followOf,
  noteOf,
  outcomeOf,
  publish,
  quiet,
  type Rig,
  startRig,
} from '../helpers/activities.ts';
import { send, signedPost } from '../helpers/peer.ts';
import { EVIL, HONEST } from '../helpers/remote-http.ts';
import { testPort } from '../helpers/stack.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Each command connects to everything anew, and some are processes of their own. */
const COMMANDS_MS = 180_000;

let rig: Rig;
let port: number;
beforeAll(async () => {
  port = await testPort('127.0.0.1');
  rig = await startRig({ METRICS_LISTEN: `127.0.0.1:${port}` });
});
afterAll(() => rig.close());

function variables() {
  const { config, databaseUrl, redisUrl } = rig.server.context;
  return {
    ...{ VIREO_ENV: 'test', DATABASE_URL: databaseUrl, REDIS_URL: redisUrl },
    ...{ ORIGIN: config.origin, DATA_DIR: rig.server.dataDir, REDIS_PREFIX: config.redisPrefix },
    ALLOWED_PRIVATE_ADDRESSES: `${HONEST},${EVIL}`,
  };
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `vireo …` beside the server, as an admin does: with connections of its own, but in this process. */
async function cli(...args: string[]): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  const into = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text;
      return true;
    },
  });
  const around = { env: variables(), stdout: into('stdout'), stderr: into('stderr') } as Surroundings;
  return { code: await vireo(['--json', ...args], around), ...written };
}

/** The same as a process of its own. */
function spawned(...args: string[]): Promise<Ended> {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['src/cli/main.ts', '--json', ...args],
      { cwd: root, env: { ...variables(), PATH, NODE_COMPILE_CACHE } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
  });
}
const jsonOf = async (...args: string[]) => JSON.parse((await cli(...args)).stdout);

describe('explain', () => {
  test('tells of an activity of ours what became of it at each server', {
    timeout: COMMANDS_MS,
  }, async () => {
    const { server, a, e, alice, carol, mallory } = rig;
    for (const actor of [carol, mallory]) {
      expect(await outcomeOf(server, actor, followOf(actor, alice.account.uri))).toBe('applied');
    }
    await quiet(server);
    a.script(403);
    e.script(503);
    const { uri } = await publish(rig);
    await quiet(server);
    const row = await server.context.db('activities').where({ object_uri: uri, type: 'Create' }).first('uri');
    const told = await server.context.federation.explainDeliveries(row.uri, 10);
    expect(told).toMatchObject({
      ...{ type: 'Create', total: 2 },
      deliveries: [
        { host: a.host, state: 'dead', attempts: 1, status: 403, nextAt: null, finishedAt: expect.any(Date) },
        {
          host: e.host,
          state: 'queued',
          attempts: 1,
          status: 503,
          nextAt: expect.any(Date),
          finishedAt: null,
        },
      ],
    });
    expect(told?.deliveries[1]?.error).toBe('It answered 503.');
    expect((await server.context.federation.explainDeliveries(row.uri, 1))?.deliveries).toHaveLength(1);
    expect(await server.context.federation.explainDeliveries('https://x.test/', 1)).toBeNull();

    const printed = await jsonOf('federation', 'explain', row.uri);
    expect(printed.rows).toHaveLength(2);
    expect(printed.rows[0]).toMatchObject({ host: a.host, error: 'It answered 403.' });
    const received = followOf(carol, alice.account.uri);
    await outcomeOf(server, carol, received);
    expect((await jsonOf('federation', 'explain', received.id)).rows).toMatchObject([{ state: 'applied' }]);
    expect((await cli('federation', 'explain', 'https://x.test/')).code).toBe(3);
  });
});

describe('a traced fetch', () => {
  const trace = async (url: string) => {
    const { ok, steps } = await rig.server.context.federation.trace(url);
    return { ok, lines: steps.map(({ step, what }) => `${step}: ${what}`), steps };
  };

  test('tells every step of a good one, and no secret', async () => {
    const { carol } = rig;
    const { ok, lines, steps } = await trace(carol.id);
    expect(lines).toEqual([
      'policy: open',
      `address: ${HONEST}: allowed`,
      `request: GET ${carol.id}, signed`,
      expect.stringMatching(/^answer: 200, application\/activity\+json, \d{3,5} bytes$/),
      `verdict: Accepted: the document speaks for ${carol.id}`,
    ]);
    expect(ok).toBe(true);
    for (const { ms } of steps) expect(ms).toBeGreaterThanOrEqual(0);
    expect(JSON.stringify(steps)).not.toMatch(/keyId|PRIVATE|signature=/i);
    const seen = rig.a.seen.at(-1);
    expect(seen?.headers.signature).toContain(`${rig.server.origin}/actor#main-key`);
  });

  test('tells where it was led and why it is not believed', async () => {
    const { a, e, carol } = rig;
    a.page('/moved', { redirect: '/users/carol' });
    expect((await trace(a.url('/moved'))).lines).toEqual([
      ...['policy: open', `address: ${HONEST}: allowed`, `request: GET ${a.url('/moved')}, signed`],
      `redirect: ${carol.id}`,
      ...[expect.stringMatching(/^answer: 200/), `verdict: Accepted: the document speaks for ${carol.id}`],
    ]);
    a.page('/away', { redirect: e.url('/users/mallory') });
    const away = await trace(a.url('/away'));
    expect(away.ok).toBe(false);
    expect(away.lines.at(-1)).toMatch(/^verdict: Refused: blocked-url/);
    e.page('/lie', { ...carol.document });
    expect((await trace(e.url('/lie'))).lines.at(-1)).toMatch(/^verdict: Refused: id-mismatch/);
    expect((await trace('https://10.0.0.1/x')).lines.slice(-1)[0]).toMatch(/Refused: blocked-address/);
    expect((await trace('nonsense')).lines).toEqual(['verdict: This is not a web address.']);
  });

  test('sends nothing to a suspended server', async () => {
    const { instances, inTx } = rig.server.context;
    await inTx((tx) => instances.setPolicy(tx, EVIL, { severity: 'suspend' }));
    const asked = rig.e.seen.length;
    const { ok, lines } = await trace(rig.mallory.id);
    expect([ok, lines[0]]).toEqual([false, 'policy: suspended']);
    expect(rig.e.seen.length).toBe(asked);
    await inTx((tx) => instances.removePolicy(tx, EVIL));
  });

  test('tells every address of a name, and which of them are blocked', async () => {
    const { instances, clock, log } = rig.server.context;
    const { ok, steps } = await traceFetch(
      {
        ...{ instances, clock, log, userAgent: 'test', ownHost: 'own.test' },
        policy: createAddressPolicy({ allowedPrivate: [] }),
        sign: async () => ({}),
        resolve: async () => ['10.0.0.1', '127.0.0.1'],
      },
      'https://inside.test/actor',
    );
    expect(ok).toBe(false);
    expect(steps.map(({ what }) => what)).toEqual([
      'open',
      'GET https://inside.test/actor, unsigned',
      'inside.test is 10.0.0.1: blocked',
      'inside.test is 127.0.0.1: blocked',
      expect.stringMatching(/^none: blocked-address/),
      expect.stringMatching(/^Refused: blocked-address/),
    ]);
  });

  test('is printed by the command line', { timeout: COMMANDS_MS }, async () => {
    const good = await spawned('federation', 'fetch', rig.carol.id, '--trace');
    expect(good.code).toBe(0);
    expect(JSON.parse(good.stdout)).toMatchObject({
      ok: true,
      rows: [{ step: 'policy', what: 'open' }, {}, {}, {}, {}],
    });
    const bad = await spawned('federation', 'fetch', rig.a.url('/nowhere'));
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.stdout).message).toMatch(/^Refused: not-found/);
  });
});

test('the command line sets, lists and removes policies', { timeout: COMMANDS_MS }, async () => {
  const set = ['domain', 'set', 'CLI.test', '--severity', 'silence', '--reject-media', '--days', '7'];
  expect((await jsonOf(...set)).rows).toMatchObject([
    { domain: 'cli.test', severity: 'silence', rejectMedia: true },
  ]);
  expect((await jsonOf('domain', 'block', 'cli.test', '--comment', 'spam')).ok).toBe(true);
  expect((await jsonOf('domain', 'list')).rows).toMatchObject([
    { domain: 'cli.test', severity: 'suspend', rejectMedia: true, expiresAt: null, privateComment: 'spam' },
  ]);
  expect((await jsonOf('domain', 'media', 'cli.test', 'on-view')).rows).toMatchObject([
    { domain: 'cli.test', severity: 'suspend', rejectMedia: true, mediaMode: 'on-view' },
  ]);
  expect((await cli('domain', 'media', 'cli.test', 'always')).code).toBe(2);
  expect((await jsonOf('domain', 'remove', 'cli.test')).ok).toBe(true);
  expect((await cli('domain', 'unblock', 'cli.test')).code).toBe(3);
  expect((await cli('domain', 'set', 'a b', '--severity', 'noop')).code).toBe(2);
  const hosts = (await jsonOf('federation', 'instances')).rows.map((row: { host: string }) => row.host);
  expect(hosts).toEqual(expect.arrayContaining([rig.a.host, rig.e.host]));
});

test('the command line tells what media takes, and lets copies go', { timeout: COMMANDS_MS }, async () => {
  const usage = await jsonOf('media', 'usage');
  expect(usage.rows).toContainEqual({ kind: 'originals', objects: 0, bytes: 0, size: '0.0 MB' });
  expect(usage.message).toMatch(/ of 50\.00 GB\. data: .* are taken\. .* There is room\.$/);
  const retention = await jsonOf('media', 'retention');
  expect(retention.rows).toContainEqual(expect.objectContaining({ class: 'audit', state: 'kept' }));
  expect(await jsonOf('media', 'retention', '--run', 'mails')).toMatchObject({
    ok: true,
    message: '0 went, 0.0 MB.',
  });
  expect((await jsonOf('media', 'retention', '--run', 'audit')).message).toMatch(/^Nothing of this kind/);
  expect((await cli('media', 'retention', '--run', 'all')).code).toBe(2);
  expect((await jsonOf('media', 'lookup', 'https://nowhere.test/1')).ok).toBe(false);
  for (const verb of ['retranscode', 'verify', 'regenerate-thumbnails', 'purge']) {
    expect(await jsonOf('video', verb, '1')).toMatchObject({ ok: false, message: /no such video|no video/i });
  }
  expect((await jsonOf('video', 'move', '1', '--to', 's3')).ok).toBe(false);
  expect((await cli('video', 'verify', 'x')).code).toBe(2);
  const pruned = await jsonOf('media', 'prune', '--remote', '--days', '30', '--max-gb', '20', '--dry-run');
  expect(pruned).toMatchObject({ ok: true, message: '0 copies would go, 0.0 MB.' });
  expect((await jsonOf('media', 'prune', '--remote')).message).toBe('0 copies went, 0.0 MB.');
  expect((await cli('media', 'prune', '--remote', '--max-gb', 'little')).code).toBe(2);
  expect((await jsonOf('media', 'orphans', '--fix')).message).toMatch(/^0 orphans, 0\.0 MB; 2 missing;/);
});

describe('metrics', () => {
  const page = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() };
  };
  const sample = (body: string, name: string) =>
    Number(
      body
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.slice(name.length + 1) ?? 0,
    );

  test('are on their own listener only, and tell what happened', async () => {
    const { server, carol, mallory, alice } = rig;
    const listener = await startMetrics(server.context);
    try {
      const before = (await page()).body;
      await outcomeOf(server, mallory, createOf(mallory, noteOf(mallory)));
      const forged = signedPost(carol, `${server.origin}/inbox`, followOf(carol, alice.account.uri), {
        key: mallory.privateKey,
      });
      expect((await send(server.origin, forged)).status).toBe(401);
      await publish(rig);
      await quiet(server);
      const { status, type, body } = await page();
      expect([status, type]).toEqual([200, expect.stringContaining('text/plain; version=0.0.4')]);
      const grew = (name: string) => sample(body, name) - sample(before, name);
      expect(grew('vireo_inbox_activities_total{outcome="accepted",reason=""}')).toBe(1);
      expect(grew('vireo_inbox_activities_total{outcome="ignored",reason="not-followed"}')).toBe(1);
      expect(grew('vireo_inbox_activities_total{outcome="rejected",reason="bad-signature"}')).toBe(1);
      expect(grew('vireo_delivery_attempts_total{verdict="delivered",software="unknown"}')).toBeGreaterThan(
        0,
      );
      expect(grew('vireo_fetches_total{outcome="ok"}')).toBeGreaterThan(0);
      expect(body).toMatch(/^# TYPE vireo_queue_jobs gauge$/m);
      expect(body).not.toContain(rig.a.host);
      expect((await fetch(`http://127.0.0.1:${port}/other`)).status).toBe(404);
      expect((await fetch(`http://127.0.0.1:${port}/metrics`, { method: 'POST' })).status).toBe(404);
      const open = await fetch(`${server.origin}/metrics`);
      expect(await open.text()).not.toContain('vireo_inbox');
    } finally {
      await listener?.stop();
    }
  });

  test('are off where nothing is configured', async () => {
    const { context } = rig.server;
    const off = { ...context, config: { ...context.config, metricsListen: null } };
    expect(await startMetrics(off)).toBeNull();
  });
});
