import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { vireo } from '../../src/cli/program.ts';
import type { Surroundings } from '../../src/cli/surroundings.ts';
import { eventually } from '../helpers/chaos.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const COMMANDS_MS = 120_000;
let server: TestServer;
let client: Client;
let owner: Person;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  owner = await createPeople(server).signedIn('boss', 'owner');
});
beforeEach(async () => {
  await server.context.db('jobs').delete();
  await server.context.db('queue_pauses').delete();
});
afterAll(() => server?.close());

async function deadJob(queue = 'default'): Promise<string> {
  const { db, ids } = server.context;
  const id = ids.next();
  const job = { id, name: 'media.purge', queue, payload: JSON.stringify({ videoId: '1' }), state: 'dead' };
  await db('jobs').insert({ ...job, attempts: 20, last_error: 'It broke.', died_at: new Date() });
  return id;
}

const audited = async () => {
  const { audit } = server.context;
  const [entry] = await audit.list({}, { maxId: null, minId: null, limit: 1 });
  return entry;
};

describe('the API', () => {
  test('shows what waits, runs and failed, and who works', async () => {
    const { db, ids } = server.context;
    const id = await deadJob();
    await db('jobs').insert({
      ...{ id: ids.next(), name: 'media.purge', queue: 'default', payload: '{}' },
      run_at: db.raw(`now() - interval '1 hour'`),
    });
    await db('workers').insert({ id: 'w', host: 'machine', queues: ['default'], version: '1' });
    const all = await client.get('/api/v1/admin/queues', { as: owner });
    const found = all.body.find(({ name }: { name: string }) => name === 'default');
    expect(found).toMatchObject({ waiting: 1, running: 0, failed: 1, workers: 1, paused_at: null });
    expect(found.oldest_seconds).toBeGreaterThanOrEqual(3_600);
    expect(all.body.find(({ name }: { name: string }) => name === 'media')).toMatchObject({ workers: 0 });
    const dead = await client.get('/api/v1/admin/jobs?queue=default', { as: owner });
    expect(dead.body).toMatchObject([{ id, state: 'dead', error: 'It broke.', payload: '{"videoId":"1"}' }]);
    expect((await client.get('/api/v1/admin/jobs?state=waiting', { as: owner })).body).toHaveLength(1);
    const workers = await client.get('/api/v1/admin/workers', { as: owner });
    expect(workers.body).toMatchObject([{ host: 'machine', alive: true }]);
    await db('workers').update({ seen_at: db.raw(`now() - interval '3 minutes'`) });
    expect((await client.get('/api/v1/admin/workers', { as: owner })).body).toMatchObject([{ alive: false }]);
    await db('workers').delete();
  });

  test('retries one, and all of a queue, and writes down who did it', async () => {
    const [one] = [await deadJob(), await deadJob(), await deadJob(), await deadJob('media')];
    const retried = await client.post(`/api/v1/admin/jobs/${one}/retry`, { as: owner });
    expect(retried.body).toEqual({ count: 1 });
    expect(await audited()).toMatchObject({
      action: 'job.retry',
      actor: { kind: 'person', accountId: owner.id },
      target: { kind: 'job', id: one },
    });
    expect((await client.post(`/api/v1/admin/jobs/${one}/retry`, { as: owner })).status).toBe(404);
    expect((await client.post('/api/v1/admin/queues/default/retry', { as: owner })).body).toEqual({
      count: 2,
    });
    expect((await client.post('/api/v1/admin/queues/media/discard', { as: owner })).body).toEqual({
      count: 1,
    });
    expect(await audited()).toMatchObject({ action: 'job.discard', target: { kind: 'queue', id: 'media' } });
    const states = await server.context.db('jobs').pluck('state');
    expect(states).toEqual(['pending', 'pending', 'pending']);
  });

  test('pauses and resumes, once each', async () => {
    const act = (verb: string) => client.post(`/api/v1/admin/queues/mail/${verb}`, { as: owner });
    expect((await act('pause')).status).toBe(200);
    expect((await act('pause')).status).toBe(409);
    expect(await audited()).toMatchObject({ action: 'queue.pause', target: { kind: 'queue', id: 'mail' } });
    expect((await act('resume')).status).toBe(200);
    expect((await act('resume')).status).toBe(409);
    expect((await client.post('/api/v1/admin/queues/none/pause', { as: owner })).status).toBe(422);
  });
});

describe('the command line', { timeout: COMMANDS_MS }, () => {
  async function cli(...args: string[]) {
    const { config, databaseUrl, redisUrl } = server.context;
    const env = {
      ...{ VIREO_ENV: 'test', DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, ORIGIN: config.origin },
      ...{ DATA_DIR: server.dataDir, REDIS_PREFIX: config.redisPrefix },
    };
    let stdout = '';
    const write = (text: string) => {
      stdout += text;
      return true;
    };
    const around = { env, stdout: { write }, stderr: { write: () => true } } as Surroundings;
    const code = await vireo(['--json', 'queue', ...args], around);
    return { code, ...JSON.parse(stdout || '{}') };
  }

  test('lists, retries and discards dead letters, or only counts them', async () => {
    const id = await deadJob();
    await deadJob('media');
    expect((await cli('dlq')).rows).toHaveLength(2);
    expect((await cli('dlq', '--queue', 'media')).rows).toMatchObject([{ lastError: 'It broke.' }]);
    expect(await cli('retry', '--all', '--dry-run')).toMatchObject({ code: 0, rows: [{ count: 2 }] });
    expect(await cli('retry')).toMatchObject({ code: 2, ok: false });
    expect(await cli('retry', id)).toMatchObject({ code: 0, rows: [{ count: 1 }] });
    expect(await audited()).toMatchObject({ action: 'job.retry', actor: { kind: 'operator' } });
    expect(await cli('discard', id)).toMatchObject({ code: 3 });
    expect(await cli('discard', '--queue', 'media')).toMatchObject({ code: 0, rows: [{ count: 1 }] });
    expect((await cli('list')).rows).toMatchObject([{ id, state: 'waiting' }]);
    expect((await cli('stats')).message).toBe('Nobody works on default.');
    expect(await cli('workers')).toMatchObject({ code: 1, message: 'No worker lives.' });
    expect((await cli('rebuild')).message).toBe('1 jobs were scheduled again.');
  });

  test('pauses, resumes, and waits until none runs', async () => {
    const { db, ids } = server.context;
    expect(await cli('pause', 'media', '--dry-run')).toMatchObject({ code: 0, rows: [{ pausedAt: null }] });
    expect(await cli('pause', 'media')).toMatchObject({ code: 0, rows: [{ pausedAt: expect.any(String) }] });
    expect(await cli('pause', 'media')).toMatchObject({ code: 1 });
    expect(await cli('resume', 'media')).toMatchObject({ code: 0, rows: [{ pausedAt: null }] });
    expect((await cli('pause', 'none')).code).toBe(2);
    const id = ids.next();
    const job = { id, name: 'media.purge', queue: 'default', payload: '{}' };
    await db('jobs').insert({ ...job, lease_owner: 'somebody', lease_until: new Date(Date.now() + 60_000) });
    expect(await cli('drain', 'default', '--minutes', '0')).toMatchObject({ code: 1 });
    const drained = cli('drain', 'default');
    await eventually('it is paused', async () => (await db('queue_pauses')).length === 1);
    await db('jobs').where({ id }).delete();
    expect(await drained).toMatchObject({ code: 0, rows: [{ running: 0 }] });
  });
});
