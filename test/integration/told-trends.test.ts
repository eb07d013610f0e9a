import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { exchangeLimits } from '../../config/exchange-limits.ts';
import { trendUpkeep } from '../../config/trend-limits.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Signal } from '../../src/modules/signals/index.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { providerRow } from '../helpers/fasp-rows.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** What other servers tell, in the trends of the live server. */
let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
let keeper: ReturnType<TestServer['context']['trending']['keeper']>;
let now = Date.now();
let told: VideoId;
let author: Person;
let fans: Person[];
const abort = new AbortController();

beforeAll(async () => {
  server = await startTestServer({ overrides: { clock: { now: () => now } } });
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
  author = await people.signedIn('author');
  fans = [await people.signedIn('fan1'), await people.signedIn('fan2')];
  keeper = server.context.trending.keeper();
});
afterAll(async () => {
  abort.abort();
  await keeper?.stop();
  await server?.close();
});

const db = () => server.context.db;

/** Turns until all is loaded, and what is told is looked at again. */
async function turn(): Promise<void> {
  await vi.waitFor(
    async () => {
      await keeper.turn(abort.signal);
      expect(keeper.isKeeping()).toBe(true);
    },
    { timeout: 20_000, interval: 20 },
  );
  now += trendUpkeep.toldEveryMs;
  await keeper.turn(abort.signal);
}
const shown = async (query = ''): Promise<string[]> =>
  (await client.get(`/api/v1/trends/statuses?${query}`)).body.map(({ id }: { id: string }) => id);
async function namedPeer(host: string): Promise<string> {
  const { exchange, inTx } = server.context;
  await inTx((tx) => exchange.peers.add(tx, operator, { address: host }));
  return (await db()('exchange_peers').where({ host }).first('id')).id;
}
async function tell(host: string, videoId: VideoId): Promise<void> {
  await toldBy({ source: 'peer', source_id: await namedPeer(host) }, videoId);
}
async function toldBy(teller: { source: string; source_id: string }, videoId: VideoId): Promise<void> {
  await db()('told_posts').insert({
    ...{ id: server.context.ids.next<'told-post'>(), ...teller },
    ...{ uri: `https://far.example/${videoId}`, host: 'far.example', rank: 100, state: 'accepted' },
    ...{ video_id: videoId, told_at: new Date(now) },
    counts_until: new Date(now + exchangeLimits.countsMs),
  });
  // As whoever looked at it found its author.
  const { account_id: id } = await db()('videos').where({ id: videoId }).first('account_id');
  await db()('accounts').where({ id }).update({ discoverable: true });
}

describe('what a named server tells', () => {
  test('is in trends where nothing happened yet, once its file was looked at', async () => {
    told = await videos.video(await people.remote('dana'));
    await db()('videos').where({ id: told }).update({ media_state: 'waiting' });
    await tell('peer.example', told);
    await turn();
    expect(await shown()).toEqual([]);
    await db()('videos').where({ id: told }).update({ media_state: 'ready' });
    await turn();
    expect(await shown()).toEqual([told]);
    expect(await shown('own=true')).toEqual([]);
  });

  test('is below what really happens from then on', async () => {
    const real = await videos.video(author.account);
    const said: Signal = {
      ...({ kind: 'video', at: now, id: real, authorId: author.id, domain: '', publishedAt: now } as const),
      ...{ tags: [], soundId: null, language: null, durationMs: 5_000, caption: '', sensitive: false },
    };
    const likes = fans.map(
      ({ id }): Signal => ({ kind: 'like', at: now, actorId: id, videoId: real, on: true }),
    );
    await server.context.signals.publish([said, ...likes]);
    await turn();
    expect(await shown()).toEqual([real, told]);
    expect(await shown('own=true')).toEqual([real]);
  });

  test('counts no more once its server is paused, and again when it is asked again; and ends by itself', async () => {
    const { exchange, inTx } = server.context;
    const pause = (isPaused: boolean) =>
      inTx((tx) => exchange.peers.pause(tx, operator, 'peer.example', { isPaused }));
    await pause(true);
    await turn();
    expect(await shown()).not.toContain(told);
    await pause(false);
    await turn();
    expect(await shown()).toContain(told);
    await db()('told_posts').update({ counts_until: new Date(Date.now() - 1_000) });
    await turn();
    expect(await shown()).not.toContain(told);
  });
});

describe('what a new server begins with', () => {
  test('is a feed, and no trend', async () => {
    const video = await videos.video(await people.remote('gale'));
    await db()('videos').where({ id: video }).update({ media_state: 'ready' });
    const id = server.context.ids.next<'discovery-pack'>();
    const lists = { topics: [], hosts: ['peer.example'], accounts: [] };
    await db()('discovery_packs').insert({ id, state: 'running', ...lists, max_videos: 10 });
    await toldBy({ source: 'pack', source_id: id }, video);
    await turn();
    expect(await shown()).not.toContain(video);
  });
});

describe('what is told', () => {
  test('counts once it was looked at and not refused', async () => {
    const source_id = await namedPeer('many.example');
    const all: VideoId[] = [];
    for (const [name, state] of [
      ['hale', 'accepted'],
      ['ines', 'waiting'],
      ['jo', 'refused'],
    ] as const) {
      const video = await videos.video(await people.remote(name));
      await db()('videos').where({ id: video }).update({ media_state: 'ready' });
      await toldBy({ source: 'peer', source_id }, video);
      await db()('told_posts').where({ video_id: video }).update({ state });
      all.push(video);
    }
    await turn();
    const there = await shown();
    expect(all.map((video) => there.includes(video))).toEqual([true, false, false]);
  });
});

describe('what an auxiliary service tells', () => {
  test('is in trends while it is used for that, and no longer', async () => {
    const video = await videos.video(await people.remote('finn'));
    await db()('videos').where({ id: video }).update({ media_state: 'ready' });
    const { id } = await providerRow(server.context, 'accepted');
    const trends = { provider_id: id, capability: 'trends' };
    await db()('fasp_capabilities').insert({ ...trends, version: '0.1', enabled: true });
    await toldBy({ source: 'fasp', source_id: id }, video);
    await turn();
    expect(await shown()).toContain(video);
    expect(await shown('own=true')).not.toContain(video);
    await db()('fasp_capabilities').where(trends).update({ enabled: false });
    await turn();
    expect(await shown()).not.toContain(video);
    await db()('fasp_capabilities').where(trends).update({ enabled: true });
    await db()('fasp_providers').where({ id }).update({ state: 'removed' });
    await turn();
    expect(await shown()).not.toContain(video);
  });
});

describe('what one server tells', () => {
  const tellAt = (address: string, videoId: VideoId, rank: number, source_id: string) =>
    db()('told_posts').insert({
      ...{ id: server.context.ids.next<'told-post'>(), source: 'peer', source_id, rank },
      ...{ uri: address, host: 'far.example', state: 'accepted', video_id: videoId },
      ...{ told_at: new Date(now), counts_until: new Date(now + exchangeLimits.countsMs) },
    });
  const playable = async (name: string) => {
    const by = await people.remote(name);
    await db()('accounts').where({ id: by.id }).update({ discoverable: true });
    const id = await videos.video(by);
    await db()('videos').where({ id }).update({ media_state: 'ready' });
    return { id, by };
  };

  test('counts once, by however many addresses of a video', async () => {
    await db()('told_posts').delete();
    const peer = await namedPeer('echo.example');
    const [loud, best] = [await playable('loud'), await playable('best')];
    for (const n of [1, 2, 3]) await tellAt(`https://far.example/loud?${n}`, loud.id, 60, peer);
    await tellAt('https://far.example/best', best.id, 90, peer);
    await turn();
    expect((await shown()).filter((id) => id === loud.id || id === best.id)).toEqual([best.id, loud.id]);
  });

  test('counts for nothing while it, or a domain above it, is suspended', async () => {
    await db()('told_posts').delete();
    const { id } = await playable('calm');
    await tellAt('https://far.example/calm', id, 100, await namedPeer('trends.loud.example'));
    const { exchange, inTx, instances } = server.context;
    const counting = async () =>
      (await exchange.peers.list()).find(({ host }) => host === 'trends.loud.example')?.counting;
    await turn();
    expect([(await shown()).includes(id), await counting()]).toEqual([true, 1]);
    await inTx((tx) => instances.setPolicy(tx, 'loud.example', { severity: 'suspend' }));
    await turn();
    expect([(await shown()).includes(id), await counting()]).toEqual([false, 0]);
    await inTx((tx) => instances.removePolicy(tx, 'loud.example'));
    await turn();
    expect([(await shown()).includes(id), await counting()]).toEqual([true, 1]);
  });

  test('counts for nothing once its author does not want to be found any more', async () => {
    await db()('told_posts').delete();
    const { id, by } = await playable('shy');
    await tellAt('https://far.example/shy', id, 100, await namedPeer('quiet.example'));
    await turn();
    expect(await shown()).toContain(id);
    await db()('accounts').where({ id: by.id }).update({ discoverable: false });
    await turn();
    expect(await shown()).not.toContain(id);
  });
});
