import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SoundId, VideoId } from '../../src/lib/ids.ts';
import { eventually } from '../helpers/chaos.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { unzip } from '../helpers/zip.ts';

/** What people put together goes out in the archive and comes back by its files: at another account here, as it would at another server. */
const SLOW_MS = 120_000;
let server: TestServer;
let people: People;
let client: Client;
let video: ReturnType<typeof createVideoFactory>['video'];

beforeAll(async () => {
  server = await startTestServer({ role: 'all' });
  people = createPeople(server);
  client = clientOf(server.origin);
  ({ video } = createVideoFactory(server.context));
});
afterAll(() => server?.close());

const post = async (path: string, as: Person, body: object = {}) => {
  const answer = await client.post(path, { as, body });
  expect(answer.status, `${path} ${answer.text}`).toBe(200);
  return answer.body;
};

async function archiveOf(as: Person): Promise<Map<string, Buffer>> {
  await post('/api/v1/exports/archive', as);
  const bytes = await eventually(
    'the archive is made',
    async () => {
      const headers = { authorization: `Bearer ${as.token}` };
      const answer = await fetch(`${server.origin}/api/v1/exports/archive/download`, { headers });
      return answer.status === 200 && Buffer.from(await answer.arrayBuffer());
    },
    SLOW_MS,
  );
  return unzip(bytes);
}

/** Brings a file and waits until it is done; gives the lines that failed. */
async function bring(as: Person, type: string, text: string, mode = 'merge') {
  const form = new FormData();
  form.set('type', type);
  form.set('mode', mode);
  form.set('data', new Blob([text], { type: 'text/csv' }), `${type}.csv`);
  const headers = { authorization: `Bearer ${as.token}` };
  const begun = await fetch(`${server.origin}/api/v1/import`, { method: 'POST', headers, body: form });
  const { id, ...rest } = (await begun.json()) as { id: string };
  expect(begun.status, JSON.stringify(rest)).toBe(200);
  return eventually(
    `${type} are brought`,
    async () => {
      const { body } = await client.get(`/api/v1/imports/${id}`, { as });
      return body.finished_at !== null && (body.failures as { name: string; reason: string }[]);
    },
    SLOW_MS,
  );
}

const fileOf = async (as: Person, kind: string) =>
  (await client.get(`/api/v1/exports/${kind}.csv`, { as })).text;

test('playlists, folders, starter packs, hashtags and sounds go out and come back', {
  timeout: SLOW_MS,
}, async () => {
  const { db, inTx, sounds, ids } = server.context;
  const [alice, bob, carol, dora] = [
    await people.signedIn('alice'),
    await people.signedIn('bob'),
    await people.signedIn('carol'),
    await people.signedIn('dora'),
  ];
  const [one, two, hidden] = [
    await video(bob.account, { caption: 'one' }),
    await video(bob.account, { caption: 'two' }),
    await video(bob.account, { caption: 'gone', visibility: 'direct' }),
  ];
  const list = await post('/api/v1/playlists', alice, {
    ...{ title: '=Mine', description: 'All "of"\nthem', visibility: 'unlisted' },
  });
  await post(`/api/v1/playlists/${list.id}/videos`, alice, { video_ids: [two, one] });
  await db('playlist_items').insert({ playlist_id: list.id, video_id: hidden, position: 9 });
  const folder = await post('/api/v1/bookmark_folders', alice, { title: 'Later' });
  for (const id of [one, two]) await post(`/api/v1/statuses/${id}/bookmark`, alice);
  const into = { as: alice, body: { folder_id: folder.id } };
  expect((await client.put(`/api/v1/statuses/${one}/bookmark_folder`, into)).status).toBe(200);
  const pack = await post('/api/v1/packs', alice, { title: 'Friends', description: 'Good ones' });
  await post(`/api/v1/packs/${pack.id}/accounts`, alice, { account_ids: [bob.id, carol.id] });
  await post('/api/v1/tags/sea/follow', alice);
  await post('/api/v1/tags/noise/mute', alice);
  await post('/api/v1/featured_tags', alice, { name: 'waves' });
  const soundId = ids.next() as SoundId;
  await db('sounds').insert({ id: soundId, original_id: one, is_open: true });
  await db('videos').where({ id: one }).update({ sound_id: soundId });
  await inTx((tx) => sounds.save(tx, alice.id, soundId));

  const files = await archiveOf(alice);
  const kinds = ['playlists', 'folders', 'packs', 'tags', 'sounds'] as const;
  for (const kind of kinds) {
    const text = String(files.get(`${kind}.csv`));
    expect(text).toBe(await fileOf(alice, kind));
    expect(text).not.toContain(hidden);
    expect(await bring(dora, kind, text)).toEqual([]);
    // The same lines, in the same order.
    expect(await fileOf(dora, kind)).toBe(text);
  }
  const uris = await db('videos').whereIn('id', [one, two]).orderBy('id').pluck('uri');
  expect(String(files.get('playlists.csv'))).toBe(
    `Playlist,Video,Visibility,Description\n${[uris[1], uris[0]]
      .map((uri) => `'=Mine,${uri},unlisted,"All ""of""\nthem"`)
      .join('\n')}\n`,
  );
  const brought = (await client.get(`/api/v1/accounts/${dora.id}/playlists`, { as: dora })).body;
  expect(brought).toMatchObject([{ title: '=Mine', visibility: 'unlisted', videos_count: 2 }]);
  expect(await inTx((tx) => tx('saved_sounds').where({ account_id: dora.id }).pluck('sound_id'))).toEqual([
    soundId,
  ]);

  // Brought in place of what is there, files take away what they do not name.
  const third: VideoId = await video(bob.account, { caption: 'three' });
  const lists = await db('playlists').where({ account_id: dora.id }).pluck('id');
  await post(`/api/v1/playlists/${lists[0]}/videos`, dora, { video_ids: [third] });
  await post('/api/v1/tags/more/follow', dora);
  for (const kind of ['playlists', 'tags'] as const) {
    await bring(dora, kind, String(files.get(`${kind}.csv`)), 'overwrite');
    expect(await fileOf(dora, kind)).toBe(String(files.get(`${kind}.csv`)));
  }
  await bring(dora, 'folders', `Folder,Post,Default\nLater,${uris[1]},false\n`, 'overwrite');
  expect(await fileOf(dora, 'folders')).toBe(`Folder,Post,Default\nLater,${uris[1]},false\n`);
  // What was in the folder stays saved.
  expect(await fileOf(dora, 'bookmarks')).toContain(uris[0]);
});

test('what may not come in says why', { timeout: SLOW_MS }, async () => {
  const [emil, fay] = [await people.signedIn('emil'), await people.signedIn('fay')];
  const { db, config } = server.context;
  await db('accounts').where({ id: fay.id }).update({ discoverable: false });
  const hidden = await video(fay.account, { visibility: 'direct' });
  const mute = await video(fay.account);
  const uriOf = async (id: VideoId) => (await db('videos').where({ id }).first('uri')).uri as string;
  const lines: [string, string, RegExp][] = [
    ['packs', `Friends,fay@${config.domain}`, /do not want to be found/],
    ['playlists', `Mine,${await uriOf(hidden)},public`, /no such post, or you may not see it/],
    ['sounds', await uriOf(mute), /not known here yet/],
  ];
  for (const [kind, line, reason] of lines) {
    const failures = await bring(emil, kind, `${line}\n`);
    expect(failures.map((failure) => failure.reason)).toEqual([expect.stringMatching(reason)]);
  }
  // A file of another kind never tells anybody of a private clip.
  expect(await fileOf(emil, 'playlists')).toBe('Playlist,Video,Visibility,Description\n');
});
