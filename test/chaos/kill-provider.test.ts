import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { faspLimits } from '../../config/fasp-limits.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { startKillableFasp } from '../helpers/killable-fasp.ts';
import { createPeople, type Person } from '../helpers/people.ts';
import { EVIL } from '../helpers/remote-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** An auxiliary service that dies (kill -9) in the middle of what it does with this server: nothing is lost, and the staff sees it. */
let server: TestServer;
let provider: Awaited<ReturnType<typeof startKillableFasp>>;
let author: Person;
let directory: string;

const ANNOUNCE = '/data_sharing/v0/announcements';
const TRENDS = '/trends/v0/content';
const HASHTAGS = '/trends/v0/hashtags';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-provider-'));
  server = await startTestServer({
    role: 'all',
    // No worker takes its jobs: each is run here, one after another.
    variables: { ALLOWED_PRIVATE_ADDRESSES: EVIL, QUEUES: 'mail' },
  });
  author = await createPeople(server).signedIn('author');
  await db()('accounts').where({ id: author.id }).update({ indexable: true, discoverable: true });
  provider = await startKillableFasp(server, {
    ...{ address: EVIL, directory, capabilities: ['data_sharing', 'trends'] },
  });
});
afterAll(async () => {
  await provider?.kill();
  await server?.close();
  await rm(directory, { recursive: true, force: true });
});

const db = () => server.context.db;
const trends = () => db()('fasp_capabilities').where({ capability: 'trends' }).first();
const shown = async () => {
  const [one] = await server.context.fasp.providers.list();
  if (!one) throw new Error('There is no provider.');
  return one;
};
/** Whatever job is due: those that wait for a pause are not. */
async function due(name: string): Promise<boolean> {
  await db()('jobs').where({ name }).delete();
  await server.context.fasp.wakeDue();
  return (await db()('jobs').where({ name }).first('id')) !== undefined;
}

describe('a provider that is killed', { timeout: 120_000 }, () => {
  test('while it is asked what trends is asked again after a pause, and that it is away is shown', async () => {
    await provider.kill();
    await provider.start({ hang: { path: TRENDS, from: 1 } });
    const [, asked] = await Promise.all([provider.hangs().then(provider.kill), provider.run('fasp.trends')]);
    expect(asked).toBeNull();
    expect(await trends()).toMatchObject({ ask_failures: 1, enabled: true });
    expect(await due('fasp.trends')).toBe(false);
    await provider.run('fasp.trends');
    const { ask_failures, ask_at } = await trends();
    expect([ask_failures, ask_at.getTime() - Date.now() > faspLimits.firstRetryMs]).toEqual([2, true]);
    expect((await shown()).capabilities.find(({ capability }) => capability === 'trends')).toMatchObject({
      ...{ enabled: true, failure: expect.stringMatching(/./) },
    });
    const uri = 'https://far.example/1';
    await provider.start({
      answers: { [TRENDS]: { content: [{ uri, rank: 90 }] }, [HASHTAGS]: { hashtags: [] } },
    });
    await db()('fasp_capabilities').update({ ask_at: new Date() });
    expect(await due('fasp.trends')).toBe(true);
    await provider.run('fasp.trends');
    expect(await trends()).toMatchObject({ ask_failures: 0, ask_failure: null });
    expect(await db()('told_posts').pluck('uri')).toEqual([uri]);
  });

  test('while it asks for something has asked for whole things, and is let in again', async () => {
    await provider.kill();
    await provider.start({ calls: true });
    await vi.waitFor(async () => expect(await db()('fasp_subscriptions')).not.toHaveLength(0), {
      ...{ timeout: 60_000, interval: 5 },
    });
    await provider.kill();
    const rows = await db()('fasp_subscriptions').orderBy('id').pluck('max_batch');
    expect(rows).toEqual(rows.map((_, at) => at + 1));
    expect(rows.length).toBeLessThanOrEqual(faspLimits.maxSubscriptions);
    expect(await shown()).toMatchObject({ state: 'accepted', failures: 0 });
  });

  test('while it is told has what it did not acknowledge once it is there again, and nothing is lost', async () => {
    await provider.kill();
    await provider.start({ hang: { path: ANNOUNCE, from: 2 } });
    await db()('fasp_subscriptions').delete();
    await db()('fasp_subscriptions').insert({
      ...{ id: server.context.ids.next<'fasp-subscription'>(), provider_id: provider.id },
      ...{ category: 'content', kind: 'lifecycle', max_batch: 2 },
    });
    const factory = createVideoFactory(server.context);
    const uris: string[] = [];
    for (let one = 0; one < 5; one += 1) {
      const videoId = await factory.video(author.account);
      await server.context.inTx((tx) => server.context.fasp.on.onVideo(tx, { videoId }));
      uris.push((await db()('videos').where({ id: videoId }).first('uri')).uri);
    }
    const [, again] = await Promise.all([provider.hangs().then(provider.kill), provider.run('fasp.tell')]);
    expect((again?.getTime() ?? 0) - Date.now()).toBeGreaterThan(faspLimits.firstRetryMs / 2);
    expect(await db()('fasp_news')).toHaveLength(3);
    expect((await shown()).failure).toMatch(/./);
    await provider.start();
    // Its pause counts, whoever wakes the job.
    await provider.run('fasp.tell');
    expect(await db()('fasp_news')).toHaveLength(3);
    await db()('fasp_providers').update({ tell_at: null });
    await provider.run('fasp.tell');
    expect(await db()('fasp_news')).toEqual([]);
    const got = await provider.got(ANNOUNCE);
    expect(got.map(({ why }) => why)).toEqual(got.map(() => null));
    const told = got.flatMap(({ json }) => (json as { objectUris: string[] }).objectUris);
    // What was on its way when it died is told twice: two of them.
    expect([new Set(told), told.length]).toEqual([new Set(uris), uris.length + 2]);
  });
});
