import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Tx, transactions } from '../../src/db/database.ts';
import { LAST_PRIORITY } from '../../src/jobs/enqueue.ts';
import type { JobHandlers, JobName } from '../../src/jobs/registry.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { AccountId, VideoId } from '../../src/lib/ids.ts';
import { stageJob } from '../../src/modules/videos/media-order.ts';
import { askToRemake } from '../../src/modules/videos/media-upkeep.ts';
import { onDiscovered, onFollowed, onOpened } from '../../src/modules/videos/remote-modes.ts';
import { createGate, eventually } from '../helpers/chaos.ts';
import { createJobRig, type JobRig, silent } from '../helpers/job-rig.ts';

let rig: JobRig;
let names: Map<VideoId, string>;
/** What the worker ran, in the order in which it began. */
let ran: string[];

beforeEach(async () => {
  rig = await createJobRig({ atOnce: 1 });
  names = new Map();
  ran = [];
});

afterEach(() => rig.close());

const inTx = <T>(work: (tx: Tx) => Promise<T>) => transactions(rig.db)(work);

async function account(name: string, domain = ''): Promise<AccountId> {
  const id = rig.ids.next<'account'>();
  const uri = `http://${domain || 'a.example'}/${name}`;
  await rig.db('accounts').insert({
    ...{ id, username: name, username_key: name, domain, actor_type: 'Person' },
    ...{ actor_uri: uri, inbox_uri: `${uri}/inbox` },
  });
  return id;
}

/** Videos of one author, named by their author and number, oldest first. */
async function videosOf(name: string, accountId: AccountId, count: number, columns = {}): Promise<VideoId[]> {
  const first = [...names.values()].filter((known) => known.startsWith(name)).length + 1;
  const ids = Array.from({ length: count }, () => rig.ids.next<'video'>());
  for (const [at, id] of ids.entries()) {
    names.set(id, `${name}${first + at}`);
    const uri = `http://${name}.example/v/${id}`;
    await rig.db('videos').insert({
      ...{ id, account_id: accountId, local: true, uri, url: uri, visibility: 'public', state: 'received' },
      ...{ media_state: 'waiting', original_key: `originals/${id}`, ...columns },
    });
  }
  return ids;
}

const PUBLISHED = { state: 'published', media_state: 'working' };
const READY = { state: 'published', media_state: 'ready' };
const REMOTE = { local: false, state: 'published', original_key: null, source_url: 'http://b.example/1.mp4' };

async function enqueueStage(name: Parameters<typeof stageJob>[1], ids: readonly VideoId[]): Promise<void> {
  for (const id of ids) await inTx(async (tx) => rig.enqueue(tx, await stageJob(tx, name, id)));
}

/** Runs whatever waits, one at a time; `before` is called ahead of each. */
function start(before: (signal: AbortSignal) => Promise<void> = async () => undefined) {
  const noting = (name: JobName) => async (payload: { videoId?: VideoId }, run: { signal: AbortSignal }) => {
    const video = payload.videoId === undefined ? '' : names.get(payload.videoId);
    ran.push(`${name.replace('media.', '')} ${video}`.trim());
    await before(run.signal);
    return undefined;
  };
  const media = ['process', 'ladder', 'poster', 'extras', 'remake', 'replicate', 'cool', 'warm'] as const;
  const handlers = Object.fromEntries(media.map((name) => [`media.${name}`, noting(`media.${name}`)]));
  return rig.start(handlers as Partial<JobHandlers>);
}

const allDone = () => eventually('no job is left', async () => (await rig.jobs()).length === 0);

describe('what waits when a worker comes', () => {
  /** Added in the order in which it should least run. */
  async function backlog(): Promise<string[]> {
    const [heavy, other] = [await account('heavy'), await account('other')];
    const remote = await account('far', 'b.example');
    const [far1 = '0'] = await videosOf('far', remote, 1, { ...REMOTE, media_state: 'ready' });
    const [old1 = '0', old2 = '0'] = await videosOf('old', await account('old'), 2, READY);
    const done = await videosOf('done', await account('done'), 2, PUBLISHED);
    const uploads = await videosOf('heavy', heavy, 12);
    // Never sent to its end: it waits for no job.
    await videosOf('begun', other, 1, { state: 'uploading' });
    const first = await videosOf('other', other, 1);
    const deps = { clock: systemClock, enqueue: rig.enqueue, lazyRungs: false, log: silent };
    expect(await inTx((tx) => askToRemake(deps, tx, old1 as VideoId))).toEqual({ ok: true });
    await enqueueStage('media.extras', [far1, old2] as VideoId[]);
    await enqueueStage('media.ladder', done);
    await enqueueStage('media.process', [...uploads, ...first]);
    return [
      ...['process heavy1', 'process other1'],
      ...Array.from({ length: 11 }, (_, at) => `process heavy${at + 2}`),
      ...['ladder done1', 'ladder done2', 'extras old2', 'extras far1', 'remake old1'],
    ];
  }

  test("is made in its order: what can be played first, and everybody's first before anybody's next", async () => {
    const order = await backlog();
    await start();
    await allDone();
    expect(ran).toEqual(order);
  });

  test('keeps its order where Redis has lost it', async () => {
    const order = await backlog();
    const gate = createGate();
    const worker = await start(async (signal) => {
      const stopped = new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason)),
      );
      await Promise.race([gate.pass(), stopped]);
    });
    await gate.reached;
    expect(await rig.queues.media.getPrioritizedCount(), 'Redis has been told').toBe(order.length - 1);
    await worker.stop();
    await rig.redis.flushdb();
    expect(ran.splice(0)).toEqual(order.slice(0, 1));
    await start();
    await allDone();
    expect(ran).toEqual(order);
  });
});

describe('copies of remote videos', () => {
  const modes = () => ({
    db: rig.db,
    enqueue: rig.enqueue,
    mediaModesOf: async () => ['replicate' as const],
    mediaRefusals: async () => [],
  });
  const discovered = (ids: readonly VideoId[]) =>
    inTx((tx) =>
      onDiscovered(
        modes(),
        tx,
        ids.map((videoId) => ({ videoId })),
      ),
    );
  const WAITING = { ...REMOTE, media_state: 'waiting' };

  async function follow(target: AccountId): Promise<void> {
    const pair = { follower_id: await account(`fan-of-${target}`), target_id: target };
    const id = rig.ids.next();
    await rig.db('follows').insert({ id, ...pair, uri: `http://a.example/${id}`, state: 'accepted' });
  }

  test('come by who asked, and an account that posts a lot holds up no other', async () => {
    const [busy, quiet, unknown] = [
      await account('busy', 'b.example'),
      await account('quiet', 'b.example'),
      await account('unknown', 'c.example'),
    ];
    await follow(busy);
    const strangers = await videosOf('unknown', unknown, 2, WAITING);
    const many = await videosOf('busy', busy, 12, WAITING);
    await videosOf('quiet', quiet, 3, { ...WAITING, media_reason: 'on-demand' });
    const [made = '0' as VideoId] = await videosOf('made', await account('made', 'b.example'), 1, {
      ...REMOTE,
      media_state: 'ready',
    });
    const cool = { name: 'media.cool' as const, payload: { videoId: made }, priority: LAST_PRIORITY };
    await inTx((tx) => rig.enqueue(tx, cool));
    const deps = { clock: systemClock, enqueue: rig.enqueue, lazyRungs: false, log: silent };
    expect(await inTx((tx) => askToRemake(deps, tx, made))).toEqual({ ok: true });
    await discovered(strangers);
    await discovered(many.slice(0, 6));
    for (const id of many.slice(6)) await discovered([id]);
    await follow(quiet);
    await inTx((tx) => onFollowed(modes(), tx, { targetId: quiet }));
    await inTx((tx) => rig.enqueue(tx, { name: 'media.warm', payload: { key: 'media/1' } }));
    expect(await inTx((tx) => onOpened(modes(), tx, many[11] ?? made))).toBe(true);
    await start();
    await allDone();
    expect(ran).toEqual([
      ...['warm', 'replicate busy12'],
      // Whoever is followed anew brings the newest first.
      ...['busy1', 'quiet3', 'busy2', 'quiet2', 'busy3', 'quiet1'].map((name) => `replicate ${name}`),
      ...Array.from({ length: 8 }, (_, at) => `replicate busy${at + 4}`),
      ...['replicate unknown1', 'replicate unknown2', 'replicate made1', 'cool made1'],
    ]);
  });

  test('that wait for their next try are not tried sooner because somebody opens them', async () => {
    const [id = '0' as VideoId] = await videosOf('far', await account('far', 'b.example'), 1, WAITING);
    await discovered([id]);
    await rig.db('jobs').update({ run_at: new Date(Date.now() + 60_000) });
    const before = await rig.jobs();
    expect(await inTx((tx) => onOpened(modes(), tx, id))).toBe(true);
    expect(await rig.jobs()).toEqual(before);
  });
});
