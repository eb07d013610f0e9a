import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { faspLimits } from '../../config/fasp-limits.ts';
import type { AccountId, VideoId } from '../../src/lib/ids.ts';
import { eventually, publish, type Rig, startRig } from '../helpers/activities.ts';
import { empty } from '../helpers/emptying.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { type FaspRig, startAcceptedFasp } from '../helpers/fasp-rig.ts';
import { createPeople } from '../helpers/people.ts';
import { EVIL } from '../helpers/remote-http.ts';

/** What an auxiliary service is told while something else happens at the same time, and where it is much at once. */
let rig: Rig;
let fasp: FaspRig;

const SHARING = '/data_sharing/v0';
const ANNOUNCE = `POST ${SHARING}/announcements`;

beforeAll(async () => {
  // No worker takes its jobs: each is run here, one after another.
  rig = await startRig({ QUEUES: 'mail' });
  fasp = await startAcceptedFasp(rig.server, EVIL, ['data_sharing']);
  await fasp.use('data_sharing');
  await db()('accounts').where({ id: rig.alice.account.id }).update({ indexable: true, discoverable: true });
});
afterAll(async () => {
  await fasp?.close();
  await rig?.close();
});
beforeEach(async () => {
  await empty(rig.server, ...['fasp_subscriptions', 'fasp_backfills', 'fasp_shared', 'fasp_news', 'videos']);
  fasp.seen.length = 0;
  fasp.answers[ANNOUNCE] = { status: 204 };
});

interface Announcement {
  readonly eventType?: string;
  readonly objectUris: readonly string[];
}
const db = () => rig.server.context.db;
const tell = () => fasp.run('fasp.tell');
const told = () =>
  fasp.seen.filter(({ path }) => path.endsWith('/announcements')).map(({ json }) => json as Announcement);
const heard = () =>
  eventually('everybody has heard', async () => (await db()('events').first('id')) === undefined);
const subscribe = () =>
  fasp.call('POST', `${SHARING}/event_subscriptions`, {
    category: 'content',
    subscriptionType: 'lifecycle',
  });
async function published() {
  const video = await publish(rig);
  await heard();
  return video;
}
async function edit(id: string, status: string): Promise<void> {
  const response = await fetch(`${rig.server.origin}/api/v1/statuses/${id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${rig.alice.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ status }),
  });
  expect(response.status).toBe(200);
  await heard();
}
/** Something else happens while the first announcement is on its way. */
function meanwhile(happen: () => Promise<unknown>): void {
  fasp.answers[ANNOUNCE] = async () => {
    fasp.answers[ANNOUNCE] = { status: 204 };
    await happen();
    return { status: 204 };
  };
}

describe('while something is told', () => {
  test('a further change of it is not lost', async () => {
    await subscribe();
    const { id, uri } = await published();
    await tell();
    await edit(id, 'Once');
    meanwhile(() => edit(id, 'Twice'));
    await tell();
    expect(told().map(({ eventType, objectUris }) => [eventType, ...objectUris])).toEqual([
      ['new', uri],
      ['update', uri],
      ['update', uri],
    ]);
    expect(await db()('fasp_news').first()).toBeUndefined();
  });

  test('the wish for more of what was before is not lost', async () => {
    const all = [await published(), await published(), await published()].map(({ uri }) => uri).reverse();
    const { json } = await fasp.call('POST', `${SHARING}/backfill_requests`, {
      category: 'content',
      maxCount: 2,
    });
    const { id } = (json as { backfillRequest: { id: string } }).backfillRequest;
    meanwhile(async () => {
      const more = await fasp.call('POST', `${SHARING}/backfill_requests/${id}/continuation`);
      expect(more.status).toBe(204);
    });
    await tell();
    expect(told().map(({ objectUris }) => objectUris)).toEqual([all.slice(0, 2), all.slice(2)]);
  });

  test('asking for more again and again brings no more than one part more', async () => {
    const all = [
      ...[await published(), await published(), await published(), await published()],
      ...[await published(), await published()],
    ];
    const { json } = await fasp.call('POST', `${SHARING}/backfill_requests`, {
      category: 'content',
      maxCount: 2,
    });
    const { id } = (json as { backfillRequest: { id: string } }).backfillRequest;
    meanwhile(async () => {
      for (let time = 0; time < 3; time += 1)
        await fasp.call('POST', `${SHARING}/backfill_requests/${id}/continuation`);
    });
    await tell();
    expect(told().flatMap(({ objectUris }) => objectUris)).toHaveLength(4);
    expect(all).toHaveLength(6);
  });
});

describe('what is here anew, at the same address', () => {
  const uri = 'https://far.example/videos/again';
  const gone = (id: VideoId) => db()('videos').where({ id }).delete();

  /** A video of another server, and that it is heard of. */
  async function heardOf(): Promise<VideoId> {
    const { context } = rig.server;
    const author = await createPeople(rig.server).remote('far');
    await db()('accounts').where({ id: author.id }).update({ indexable: true, discoverable: true });
    const videoId = await createVideoFactory(context).video(author);
    await db()('videos').where({ id: videoId }).update({ uri });
    await context.inTx((tx) => context.fasp.on.onVideo(tx, { videoId }));
    return videoId;
  }
  const events = async () => {
    await tell();
    return told().map(({ eventType, objectUris }) => [eventType, ...objectUris]);
  };

  test('is told of, where it was gone before anybody was', async () => {
    await subscribe();
    await gone(await heardOf());
    await heardOf();
    expect(await events()).toEqual([['new', uri]]);
  });

  test('is not taken back with what was there before, and all of it once it is gone as well', async () => {
    await subscribe();
    const { fasp: module } = rig.server.context;
    await gone(await heardOf());
    const second = await heardOf();
    await tell();
    await module.review();
    expect(await events()).toEqual([['new', uri]]);
    expect(await db()('fasp_shared').pluck('object_id')).toEqual([second]);
    // Twice, both gone before they are looked at again.
    await gone(second);
    await gone(await heardOf());
    await module.review();
    expect((await events()).at(-1)).toEqual(['delete', uri]);
    expect(await db()('fasp_shared').first()).toBeUndefined();
  });
});

test('what ended before a provider asked to hear of that is taken back once it does', async () => {
  const { id, uri } = await published();
  await fasp.call('POST', `${SHARING}/backfill_requests`, { category: 'content', maxCount: 1 });
  await tell();
  const { inTx, videos } = rig.server.context;
  await inTx((tx) => videos.remove(tx, id, rig.alice.account.id as AccountId));
  await heard();
  await tell();
  // FASP has no word for it to whoever only asked for what was before.
  expect(told().map(({ objectUris }) => objectUris)).toEqual([[uri]]);
  await subscribe();
  await rig.server.context.fasp.review();
  await tell();
  expect(told().at(-1)).toMatchObject({ eventType: 'delete', objectUris: [uri] });
});

test('so much is taken back at once as is looked at again, however often a provider asks to hear of it', async () => {
  for (let time = 0; time < faspLimits.maxSubscriptions; time += 1) await subscribe();
  const count = faspLimits.reviewedAtOnce;
  await db().raw(
    `insert into fasp_shared (provider_id, category, object_id, uri)
     select ?, 'content', n, 'https://far.example/videos/' || n from generate_series(1, ?::int) as n`,
    [fasp.id, count],
  );
  await rig.server.context.fasp.review();
  const [news] = await db()('fasp_news').where({ event: 'delete' }).count('* as count');
  expect(Number(news?.count)).toBe(count * faspLimits.maxSubscriptions);
  expect(await db()('fasp_shared').first()).toBeUndefined();
});
