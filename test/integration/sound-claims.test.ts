import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { operator } from '../../src/modules/staff/index.ts';
import type { ClaimedSound } from '../../src/modules/videos/index.ts';
import { quiet } from '../helpers/activities.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { createPeople, type Person } from '../helpers/people.ts';
import { receiveEdit, receivePost } from '../helpers/remote-posts.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { heardIn, printOfSound } from '../helpers/sounds.ts';

const ORIGIN = 'http://127.0.0.3:9';
const OTHER = 'http://127.0.0.4:9';

let server: TestServer;
let videos: VideoFactory;
let author: Person;

beforeAll(async () => {
  server = await startTestServer({ role: 'all', variables: { REMOTE_VIDEO: 'off' } });
  videos = createVideoFactory(server.context);
  author = await createPeople(server).signedIn('author');
});
afterAll(() => server?.close());
beforeEach(() => quiet(server));

let posts = 0;
/** A video of another server that says this of its sound. */
async function remote(sound: Partial<ClaimedSound>, origin = ORIGIN): Promise<VideoId> {
  posts += 1;
  const id = await receivePost(server.context, {
    ...{ origin, author: 'carol', number: posts, sourceUrl: `${origin}/${posts}.mp4` },
    sound: { allowed: null, title: '', ofUri: null, rights: null, ...sound },
  });
  await quiet(server);
  return id;
}

const row = (id: VideoId) => server.context.db('videos').where({ id }).first();

describe('a video of another server that says whose sound it has', () => {
  test('is among the videos of that, whatever was heard in it', async () => {
    const original = await videos.video(author.account);
    const sound = await heardIn(server.context, original, printOfSound(1));
    const { uri } = await row(original);
    const claimed = await remote({ ofUri: uri });
    expect(await row(claimed)).toMatchObject({ sound_id: sound, sound_of_id: original });
    expect(await heardIn(server.context, claimed, printOfSound(2))).toBe(sound);
  });

  test.each([
    ['does not allow it', { allows_sound: false }],
    ['is for followers', { visibility: 'followers' }],
    ['was removed', { state: 'removed' }],
  ])('has a sound of its own where the original %s', async (_what, change) => {
    const original = await videos.video(author.account);
    const sound = await heardIn(server.context, original, printOfSound(10 + posts));
    await server.context.db('videos').where({ id: original }).update(change);
    const claimed = await remote({ ofUri: (await row(original)).uri });
    expect(await row(claimed)).toMatchObject({ sound_id: null, sound_of_id: null });
    expect(await heardIn(server.context, claimed, printOfSound(100 + posts))).not.toBe(sound);
  });

  test('joins one that nobody here has heard yet, which is found by what is heard later', async () => {
    const original = await remote({ allowed: true, title: 'Gulls' });
    const { uri } = await row(original);
    const claimed = await remote({ ofUri: uri }, OTHER);
    const { sound_id: sound } = await row(claimed);
    expect(sound).not.toBeNull();
    expect((await row(original)).sound_id).toBe(sound);
    expect(await server.context.db('sounds').where({ id: sound }).first()).toMatchObject({
      ...{ title: 'Gulls', original_id: original, uses: 2, print: null },
    });
    await heardIn(server.context, original, printOfSound(50));
    const copy = await videos.video(author.account);
    expect(await heardIn(server.context, copy, printOfSound(50))).toBe(sound);
  });

  test('joins the sound that its original turns out to have', async () => {
    const known = await heardIn(server.context, await videos.video(author.account), printOfSound(60));
    const original = await remote({ allowed: true });
    const claimed = await remote({ ofUri: (await row(original)).uri }, OTHER);
    const { sound_id: first } = await row(claimed);
    expect(first).not.toBe(known);
    const { inTx, sounds, db } = server.context;
    await inTx((tx) => sounds.save(tx, author.id, first));
    await heardIn(server.context, original, printOfSound(60));
    expect((await row(original)).sound_id).toBe(known);
    expect((await row(claimed)).sound_id).toBe(known);
    expect(await db('saved_sounds').where({ account_id: author.id }).pluck('sound_id')).toEqual([known]);
  });

  test('of a server that says nothing is believed by nobody else', async () => {
    const original = await remote({ allowed: null });
    const { uri } = await row(original);
    expect((await row(await remote({ ofUri: uri }, OTHER))).sound_of_id).toBeNull();
    // Its own author needs nobody's leave.
    expect((await row(await remote({ ofUri: uri }))).sound_of_id).toBe(original);
  });
});

describe('what another server says of the rights to a sound', () => {
  const RIGHTS = { licence: 'CC-BY-4.0', holder: 'Carol', isrc: '', sourceUrl: 'https://carol.example/' };
  const saidHere = (id: string) => server.context.db('sound_rights').where({ sound_id: id }).first();
  const again = async (id: VideoId, rights: typeof RIGHTS | null, minutes: number) => {
    const post = { origin: ORIGIN, author: 'carol', number: posts, sourceUrl: `${ORIGIN}/${posts}.mp4` };
    const sound = { allowed: true, title: '', ofUri: null, rights };
    await receiveEdit(server.context, id, { ...post, sound }, new Date(Date.now() + minutes * 60_000));
  };

  test('counts once it is known to be its own, is as it says later, and never above what the staff says', async () => {
    const id = await remote({ rights: RIGHTS });
    const sound = await heardIn(server.context, id, printOfSound(300));
    expect(await saidHere(sound)).toMatchObject({ holder: 'Carol', licence: 'CC-BY-4.0', by_staff: false });
    await again(id, { ...RIGHTS, holder: 'Carol & Co' }, 1);
    expect(await saidHere(sound)).toMatchObject({ holder: 'Carol & Co' });
    await again(id, null, 2);
    expect(await saidHere(sound)).toMatchObject({ holder: '', licence: '' });
    const { inTx, sounds } = server.context;
    const said = { soundId: sound, rights: { holder: 'Rain Records' }, reason: '' };
    expect((await inTx((tx) => sounds.setRights(tx, operator, said))).ok).toBe(true);
    await again(id, RIGHTS, 3);
    expect(await saidHere(sound)).toMatchObject({ holder: 'Rain Records', licence: '', by_staff: true });
  });

  test('is nothing for a sound that was heard here before', async () => {
    const sound = await heardIn(server.context, await videos.video(author.account), printOfSound(310));
    const id = await remote({ rights: RIGHTS });
    expect(await heardIn(server.context, id, printOfSound(310))).toBe(sound);
    expect(await saidHere(sound)).toBeUndefined();
    await again(id, RIGHTS, 1);
    expect(await saidHere(sound)).toBeUndefined();
  });
});
