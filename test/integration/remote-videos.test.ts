import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Account } from '../../src/modules/accounts/index.ts';
import type { NewRemoteVideo, RemoteVideo } from '../../src/modules/videos/index.ts';
import { createPeople } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let carol: Account;
let dave: Account;

beforeAll(async () => {
  server = await startTestServer({ role: 'none' });
  const people = createPeople(server);
  [carol, dave] = [await people.remote('carol'), await people.remote('dave')];
});
afterAll(() => server.close());
beforeEach(async () => {
  await server.context.db.raw('truncate videos, tombstones, events cascade');
});

function arriving(name: string, more: Partial<RemoteVideo> = {}): NewRemoteVideo {
  const uri = `https://remote.test/${name}`;
  return {
    author: carol,
    mentions: [dave.id],
    video: {
      ...{ uri, url: uri, visibility: 'public', captionHtml: `<p>${name}: “quoted”, \\ and 🌊</p>` },
      ...{ contentWarning: '', sensitive: false, altText: 'A "wave"', language: 'en' },
      ...{
        publishedAt: new Date('2026-11-01T10:00:00.123Z'),
        durationSeconds: 1.5,
        width: 720,
        height: 1_280,
      },
      ...{ blurhash: null, sourceUrl: `${uri}.mp4`, sourcePosterUrl: null, editedAt: null },
      ...{ attributedTo: ['https://remote.test/a,b', 'https://remote.test/"c"'], commentsOpen: false },
      ...more,
    },
  };
}

/** Tells what became of each, in order. */
async function receive(...all: NewRemoteVideo[]): Promise<string[]> {
  const { inTx, videos } = server.context;
  const outcomes = await inTx((tx) => videos.receiveRemote(tx, all));
  return outcomes.map((outcome) => (outcome.ok ? 'stored' : outcome.reason));
}

async function forget(name: string, by: Account, deletedAt: Date): Promise<void> {
  const row = { uri: `https://remote.test/${name}`, actor_uri: by.actorUri, deleted_at: deletedAt };
  await server.context.db('tombstones').insert(row);
}

test('what others may do with a video is as its server says, and no more', async () => {
  expect(await receive(arriving('kept', { allowsDownload: false }), arriving('given'))).toEqual([
    'stored',
    'stored',
  ]);
  const allows = async (name: string) =>
    (await server.context.videos.internalByUri(arriving(name).video.uri))?.allows;
  const nothing = { download: false, duet: false, stitch: false, sound: false, ask: false };
  expect(await allows('kept')).toEqual(nothing);
  expect(await allows('given')).toEqual({ ...nothing, download: true });
});

test('videos that arrive together are kept as they were sent, each with those it names and one event', async () => {
  const { db, videos } = server.context;
  const all = [arriving('one'), arriving('two', { language: null, durationSeconds: null, attributedTo: [] })];
  expect(await receive(...all)).toEqual(['stored', 'stored']);
  for (const { video } of all) {
    const kept = await videos.internalByUri(video.uri);
    const { sourceUrl, sourcePosterUrl, ...shown } = video;
    expect(kept).toMatchObject({ ...shown, sourceUrl, sourcePosterUrl, local: false, state: 'published' });
  }
  const ids = await db('videos').orderBy('id').pluck('id');
  expect(await db('mentions').orderBy('video_id').select('video_id', 'account_id')).toEqual(
    ids.map((video_id) => ({ video_id, account_id: dave.id })),
  );
  const events = await db('events').orderBy('id').select('name', 'payload');
  expect(events).toEqual(ids.map((videoId) => ({ name: 'video.discovered', payload: { videoId } })));
});

test('what is known or was deleted is left out, and only that', async () => {
  const { db } = server.context;
  await receive(arriving('known'));
  const deletedAt = new Date('2026-11-02T00:00:00Z');
  await forget('deleted', carol, deletedAt);
  await forget('by a stranger', dave, deletedAt);
  await forget('of its channel', dave, deletedAt);
  await forget('back', carol, deletedAt);
  await forget('older', carol, deletedAt);
  const outcomes = await receive(
    arriving('known'),
    arriving('twice'),
    arriving('twice'),
    arriving('deleted'),
    arriving('by a stranger'),
    arriving('of its channel', { attributedTo: [dave.actorUri] }),
    arriving('back', { editedAt: new Date('2026-11-03T00:00:00Z') }),
    arriving('older', { editedAt: new Date('2026-11-01T00:00:00Z') }),
  );
  expect(outcomes).toEqual([
    ...['known', 'stored', 'known', 'deleted', 'stored', 'deleted', 'stored', 'deleted'],
  ]);
  expect(await db('videos').orderBy('uri').pluck('uri')).toEqual(
    ['back', 'by a stranger', 'known', 'twice'].map((name) => `https://remote.test/${name}`),
  );
  // The version that came back has undone its deletion.
  expect(await db('tombstones').where({ uri: 'https://remote.test/back' })).toEqual([]);
  expect(await db('tombstones').count('* as count').first()).toEqual({ count: '4' });
  expect(await db('mentions').count('* as count').first()).toEqual({ count: '4' });
});
