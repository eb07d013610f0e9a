import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../../config/config.ts';
import { maintenanceLimits } from '../../config/maintenance-limits.ts';
import { vireo } from '../../src/cli/program.ts';
import { createContext } from '../../src/context.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { startWeb } from '../../src/server.ts';
import { activityOf, eventually, post, publish, type Rig, startRig } from '../helpers/activities.ts';
import { createPeople, type Person } from '../helpers/people.ts';
import { testPort } from '../helpers/stack.ts';

/** A server that is locked for work on it: read on, write nothing, and after that nothing is lost. */
let rig: Rig;
let boss: Person;

beforeAll(async () => {
  rig = await startRig();
  boss = await createPeople(rig.server).signedIn('boss', 'owner');
});
afterAll(() => rig?.close());
beforeEach(() => open());

function env(): Record<string, string> {
  const { context, dataDir } = rig.server;
  return {
    ...{ VIREO_ENV: 'test', ORIGIN: context.config.origin, DATA_DIR: dataDir, LOG_LEVEL: 'silent' },
    ...{ DATABASE_URL: context.databaseUrl, REDIS_URL: context.redisUrl, RANKING: 'off' },
    ...{ REDIS_PREFIX: context.config.redisPrefix, REMOTE_VIDEO: 'off' },
  };
}

async function cli(...words: string[]): Promise<{ code: number; out: string }> {
  const out: string[] = [];
  const code = await vireo(words, {
    env: env(),
    stdout: { write: (text: string) => out.push(text) > 0 },
    stderr: { write: (text: string) => out.push(text) > 0 },
  });
  return { code, out: out.join('') };
}

const ask = (path: string, init: RequestInit = {}) => fetch(`${rig.server.origin}${path}`, init);
const as = (person: Person, more: Record<string, string> = {}) => ({
  authorization: `Bearer ${person.token}`,
  'content-type': 'application/json',
  ...more,
});

/** Resolves once every process has heard. */
const locked = (isLocked: boolean) =>
  eventually(isLocked ? 'it is locked' : 'it is open', async () => {
    const { status } = await ask('/api/v1/markers', { method: 'POST', body: '{}', headers: as(boss) });
    return (status === 503) === isLocked;
  });

async function lock(note = ''): Promise<void> {
  expect(await cli('maintenance', 'lock', 'on', '--note', note)).toMatchObject({ code: 0 });
  await locked(true);
}

async function open(): Promise<void> {
  const { serverLock, inTx } = rig.server.context;
  await inTx((tx) => serverLock.unlock(tx, operator, { reason: '' }));
  await locked(false);
}

test('people read on, and what they send is refused with a time to come again and the words of whoever locked it', async () => {
  const { id } = await publish(rig);
  await lock('Back at noon.');
  expect((await ask(`/api/v1/statuses/${id}`)).status).toBe(200);
  expect((await ask('/')).status).toBeLessThan(500);
  const path = `/api/v1/statuses/${id}/favourite`;
  const refused = await ask(path, { method: 'POST', headers: as(boss) });
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe(String(maintenanceLimits.retryAfterSeconds));
  expect(refused.headers.get('access-control-allow-origin')).toBe('*');
  expect(refused.headers.get('x-content-type-options')).toBe('nosniff');
  const { code, detail } = (await refused.json()) as { code: string; detail: string };
  expect(code).toBe('unavailable');
  expect(detail).toMatch(/being worked on.*Back at noon\./);
  const uploading = { 'tus-resumable': '1.0.0', 'upload-length': '9' };
  expect((await ask('/api/v1/uploads', { method: 'POST', headers: as(boss, uploading) })).status).toBe(503);
  await open();
  expect((await ask(path, { method: 'POST', headers: as(boss) })).status).toBe(200);
});

test('a form of a browser is answered by a page, in the language of its reader', async () => {
  await lock('<b>Disk</b>');
  const page = await ask('/oauth/authorize', {
    method: 'POST',
    headers: { accept: 'text/html,*/*;q=0.8', 'accept-language': 'de' },
    body: new URLSearchParams({ login: 'boss' }),
  });
  expect(page.status).toBe(503);
  expect(page.headers.get('retry-after')).not.toBeNull();
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const text = await page.text();
  expect(text).toContain('An diesem Server wird gearbeitet');
  expect(text).toContain('&lt;b&gt;Disk');
});

test('other servers are asked to come again, whatever they send, and are heard afterwards', async () => {
  const { server, a, carol } = rig;
  const { uri } = await publish(rig);
  const like = activityOf('Like', carol, uri);
  await lock();
  const answer = await post(rig.server, carol, like);
  expect(answer.status).toBe(503);
  const unsigned = await ask('/inbox', { method: 'POST', body: 'x'.repeat(5_000) });
  expect([unsigned.status, unsigned.headers.get('retry-after')]).toEqual([503, '300']);
  expect(await server.context.db('inbox_activities').where({ activity_uri: like.id })).toEqual([]);
  expect((await ask('/.well-known/nodeinfo')).status).toBe(200);
  await open();
  expect((await post(rig.server, carol, like)).status).toBe(202);
  await eventually('the like counts', () =>
    server.context.db('inbox_activities').where({ activity_uri: like.id, state: 'applied' }).first(),
  );
  expect(a.received).toBeDefined();
});

test('workers begin nothing, neither jobs nor events nor upkeep, and go on when it is open', async () => {
  const { context } = rig.server;
  await lock();
  const { id } = await publish(rig);
  const purge = { name: 'media.purge', queue: 'default', payload: JSON.stringify({ videoId: '1' }) };
  const [waiting, abandoned] = [context.ids.next(), context.ids.next()];
  const lease = { lease_owner: 'a worker that died', lease_until: new Date(0) };
  await context.db('jobs').insert([
    // Redis was told of it, and the ticket finds nobody who takes it.
    { ...purge, id: waiting, scheduled_run: 0 },
    { ...purge, ...lease, id: abandoned },
  ]);
  await context.queues.default.add('default', { id: waiting, run: 0 });
  await eventually('the ticket is taken', async () => (await context.queues.default.count()) === 0);
  // Twice the longest time after which the relay and the scheduler look for themselves.
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  const left = async () => ({
    events: await context.db('events').whereRaw(`payload->>'videoId' = ?`, [id]).pluck('name'),
    jobs: await context
      .db('jobs')
      .whereIn('id', [waiting, abandoned])
      .orderBy('id')
      .select('attempts', 'lease_owner'),
  });
  expect(await left()).toEqual({
    events: ['video.published'],
    jobs: [
      { attempts: 0, lease_owner: null },
      { attempts: 0, lease_owner: lease.lease_owner },
    ],
  });
  await open();
  await eventually('all of it is done', async () => {
    const { events, jobs } = await left();
    return events.length === 0 && jobs.length === 0;
  });
});

test('it holds for a process that starts then', async () => {
  await lock();
  const [host, port] = ['127.0.0.1', await testPort('127.0.0.1')];
  const read = readConfig({ ...env(), HOST: host, PORT: String(port) });
  if (!read.ok) throw new Error('The variables are wrong.');
  const created = await createContext(read.config, { log: rig.server.context.log });
  if (!created.ok) throw new Error(created.detail);
  const web = await startWeb(created.context);
  try {
    const asked = await fetch(`http://${host}:${port}/inbox`, { method: 'POST', body: '{}' });
    expect(asked.status).toBe(503);
    expect((await fetch(`http://${host}:${port}/ready`)).status).toBe(200);
  } finally {
    await web.stop();
    await created.context.close();
  }
});

test('somebody of the staff sees it and opens it again; others do not', async () => {
  await lock('Moving.');
  const path = '/api/v1/admin/maintenance';
  const shown = (await (await ask(path, { headers: as(boss) })).json()) as object;
  expect(shown).toMatchObject({ locked: true, note: 'Moving.', since: expect.any(String) });
  const body = JSON.stringify({ locked: false, reason: 'Moved.' });
  const headers = { ...as(boss), authorization: `Bearer ${rig.alice.token}` };
  expect((await ask(path, { method: 'PUT', headers, body })).status).toBe(403);
  expect((await ask(path, { method: 'PUT', headers: as(boss), body })).status).toBe(200);
  expect((await ask('/api/v1/markers', { method: 'POST', body: '{}', headers: as(boss) })).status).not.toBe(
    503,
  );
  const [entry] = await rig.server.context.db('audit_log').orderBy('id', 'desc').limit(1);
  expect(entry).toMatchObject({ action: 'maintenance.unlock', reason: 'Moved.' });
  expect((await ask(path, { method: 'PUT', headers: as(boss), body })).status).toBe(409);
});

test('commands of the operator go on, and say how it is', async () => {
  await lock();
  expect((await cli('maintenance', 'lock', 'on')).code).toBe(1);
  expect((await cli('maintenance', 'lock', 'status')).out).toContain('The server is locked.');
  expect((await cli('announce', 'add', 'We move.')).code).toBe(0);
  expect((await cli('maintenance', 'lock', 'off')).code).toBe(0);
  expect((await cli('maintenance', 'lock', 'off')).code).toBe(1);
  expect((await cli('maintenance', 'lock', 'status')).out).toContain('The server is open.');
});
