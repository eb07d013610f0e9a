import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { operator } from '../../src/modules/staff/index.ts';
import { createOf, noteOf, type Rig, startRig } from '../helpers/activities.ts';
import { empty } from '../helpers/emptying.ts';
import { jobRun } from '../helpers/job-run.ts';
import type { PeerActor } from '../helpers/peer.ts';
import { EVIL, startRemote } from '../helpers/remote-http.ts';

/** What a new server begins with, brought by hand: no worker takes its jobs. */
let rig: Rig;
let dana: PeerActor;

beforeAll(async () => {
  rig = await startRig({ QUEUES: 'mail' });
  dana = await rig.a.actor('dana', { discoverable: true });
});
afterAll(() => rig.close());
beforeEach(async () => {
  await empty(rig.server, 'told_posts', 'discovery_packs', 'videos');
});

const db = () => rig.server.context.db;
const packs = () => rig.server.context.exchange.packs;
const start = (more: object = {}) =>
  rig.server.context.inTx((tx) =>
    packs().start(tx, operator, {
      ...{ topics: ['#Birds'], hosts: [rig.a.host], accounts: [], maxVideos: 10, ...more },
    }),
  );
const stop = (isStopped: boolean) =>
  rig.server.context.inTx(async (tx) =>
    packs().stop(tx, operator, (await tx('discovery_packs').first('id')).id, { isStopped }),
  );
async function look(times = 1, host = rig.a.host): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    const finish = await rig.server.context.handlers['exchange.look']({ host }, jobRun());
    await rig.server.context.inTx(async (tx) => (finish ? finish(tx) : null));
  }
}
const served = (author: PeerActor) => {
  const note = noteOf(author);
  rig.a.page(new URL(note.id).pathname, note);
  return note;
};
const listed = (uri: string) => ({ uri, media_attachments: [{ type: 'video' }] });
const TAG = '/api/v1/timelines/tag/birds?limit=40&only_media=true';
const TRENDS = '/api/v1/trends/statuses?limit=40&own=true';
const one = async () => (await packs().list())[0];

describe('a pack', () => {
  test('reads the lists of its servers, brings each video from where it is, and is done', async () => {
    const [tagged, hot] = [served(dana), served(dana)];
    rig.a.page(TAG, [listed(tagged.id)]);
    rig.a.page(TRENDS, [listed(hot.id), listed(tagged.id)]);
    expect(await start()).toMatchObject({ ok: true });
    await look();
    expect(rig.a.asked()).toEqual(expect.arrayContaining([TAG, TRENDS]));
    expect((await db()('videos').pluck('uri')).toSorted()).toEqual([tagged.id, hot.id].toSorted());
    await rig.server.context.exchange.wakeDue();
    expect(await one()).toMatchObject({ state: 'done', waiting: 0, found: 2, topics: ['birds'] });
  });

  test('ends at its number of videos', async () => {
    rig.a.page(
      TAG,
      Array.from({ length: 5 }, () => listed(served(dana).id)),
    );
    rig.a.page(TRENDS, []);
    await start({ maxVideos: 2 });
    await look();
    expect(await db()('videos').pluck('uri')).toHaveLength(2);
    expect(await one()).toMatchObject({ found: 2, refused: [{ reason: 'pack-full', count: 3 }] });
  });

  test('brings the newest videos of accounts, as their outbox names them', async () => {
    const author = await rig.a.actor('ella', { discoverable: true });
    const note = served(author);
    const foreign = noteOf(rig.mallory);
    rig.a.page('/users/ella/outbox', {
      ...{ '@context': 'https://www.w3.org/ns/activitystreams', id: `${author.id}/outbox` },
      type: 'OrderedCollection',
      orderedItems: [createOf(author, note), createOf(author, foreign)],
    });
    await start({ topics: [], hosts: [], accounts: [author.handle] });
    await look();
    expect(await db()('told_posts').where({ kind: 'video' }).pluck('uri')).toEqual([note.id]);
    expect(await db()('videos').pluck('uri')).toEqual([note.id]);
  });

  test('follows pages of its own server alone, and a few of them', async () => {
    const pages: string[] = [];
    const remote = await startRemote(EVIL, (request, response) => {
      pages.push(request.path);
      const next = request.path.includes('away')
        ? `<${rig.a.origin}/elsewhere>; rel="next"`
        : `<${remote.origin}/api/v1/timelines/tag/sea?page=${pages.length}>; rel="next"`;
      const link = request.path.includes('/tag/') ? { link: next } : {};
      response.writeHead(200, { 'content-type': 'application/json', ...link }).end('[]');
    });
    try {
      const before = rig.a.asked().length;
      await start({ topics: ['sea', 'away'], hosts: [remote.host] });
      await look(1, remote.host);
      expect(pages.filter((path) => path.includes('/sea'))).toHaveLength(3);
      expect(pages.filter((path) => path.includes('/away'))).toHaveLength(1);
      expect(rig.a.asked()).toHaveLength(before);
    } finally {
      await remote.close();
    }
  });

  test('comes back to a list whose next page could not be had, and brings meanwhile what it has', async () => {
    const [first, second] = [served(dana), served(dana)];
    let isDown = true;
    const remote = await startRemote(EVIL, (request, response) => {
      const isSecond = request.path.includes('page=2');
      const isFirst = request.path.includes('/tag/') && !isSecond;
      const posts = [...(isFirst ? [first] : []), ...(isSecond ? [second] : [])].map(({ id }) => listed(id));
      const link = `<${remote.origin}/api/v1/timelines/tag/sea?page=2>; rel="next"`;
      const headers = { 'content-type': 'application/json', ...(isFirst && { link }) };
      response.writeHead(isSecond && isDown ? 503 : 200, headers);
      response.end(JSON.stringify(posts));
    });
    try {
      await start({ topics: ['sea'], hosts: [remote.host] });
      await look(1, remote.host);
      await look();
      expect(await db()('videos').pluck('uri')).toEqual([first.id]);
      expect(await one()).toMatchObject({ waiting: 1, refused: [] });
      isDown = false;
      await db()('told_posts')
        .where({ state: 'waiting' })
        .update({ next_at: new Date(0) });
      await look(1, remote.host);
      await look();
      expect(await one()).toMatchObject({ waiting: 0, found: 2, refused: [] });
    } finally {
      await remote.close();
    }
  });

  test('waits while it is stopped, goes on where it was, and is forgotten once its beginning is taken back', async () => {
    rig.a.page(TAG, [listed(served(dana).id)]);
    rig.a.page(TRENDS, []);
    const begun = await start();
    if (!begun.ok) throw new Error(begun.reason);
    await stop(true);
    const asked = rig.a.asked().length;
    await look();
    expect(rig.a.asked()).toHaveLength(asked);
    expect(await db()('videos').pluck('uri')).toEqual([]);
    expect(await stop(true)).toMatchObject({ reason: 'conflict' });
    await stop(false);
    await look();
    expect(await db()('videos').pluck('uri')).toHaveLength(1);
    expect(await stop(false)).toMatchObject({ reason: 'conflict' });
    expect(await start({ hosts: [] })).toMatchObject({ reason: 'pack-invalid' });
    for (const wrong of [{ topics: ['two words'] }, { hosts: ['no name'] }, { accounts: ['ana'] }])
      expect(await start(wrong), JSON.stringify(wrong)).toMatchObject({ reason: 'pack-invalid' });
  });
});
