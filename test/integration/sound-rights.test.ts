import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SoundId } from '../../src/lib/ids.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { type RemotePost, receiveEdit, receivePost } from '../helpers/remote-posts.ts';
import { raceForRow } from '../helpers/row-race.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { heardIn, printOfSound } from '../helpers/sounds.ts';

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
let boss: Person;
let author: Person;
let other: Person;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
  boss = await people.signedIn('boss', 'admin');
  author = await people.signedIn('author');
  other = await people.signedIn('other');
});
afterAll(() => server?.close());

let seed = 400;
/** A sound of the author, heard in a video of somebody else as well. */
async function shared(facts: object = {}): Promise<SoundId> {
  const print = printOfSound(++seed);
  const sound = await heardIn(server.context, await videos.video(author.account, facts), print);
  expect(await heardIn(server.context, await videos.video(other.account), print)).toBe(sound);
  return sound;
}

const pathOf = (sound: SoundId) => `/api/v1/sounds/${sound}`;
const say = (sound: SoundId, rights: object, as = author) =>
  client.patch(pathOf(sound), { as, body: { rights } });
const sayAsStaff = (sound: SoundId, body: object, as = boss) =>
  client.put(`/api/v1/admin/sounds/${sound}/rights`, { as, body });
const rightsOf = async (sound: SoundId, as?: Person) => (await client.get(pathOf(sound), { as })).body.rights;

const WHOLE = {
  ...{ licence: 'cc-by-sa-4.0', holder: ' Rain Records ', isrc: 'de-a12-26-00001' },
  source_url: 'https://rain.test/album',
};
const SHOWN = {
  ...{ licence: 'CC-BY-SA-4.0', known_licence: 'CC-BY-SA-4.0' },
  licence_url: 'https://creativecommons.org/licenses/by-sa/4.0/',
  ...{ holder: 'Rain Records', isrc: 'DEA122600001', source_url: 'https://rain.test/album', by_staff: false },
};

test('the author of a sound says whose it is, and everybody reads it', async () => {
  const sound = await shared();
  expect(await rightsOf(sound)).toBeNull();
  expect((await say(sound, WHOLE)).body.rights).toEqual(SHOWN);
  expect(await rightsOf(sound)).toEqual(SHOWN);
  // What is left out stays, also where only the name changes.
  expect((await say(sound, { licence: 'Ask the band' })).body.rights).toEqual({
    ...SHOWN,
    ...{ licence: 'Ask the band', known_licence: null, licence_url: null },
  });
  const named = await client.patch(pathOf(sound), { as: author, body: { title: 'Rain' } });
  expect(named.body).toMatchObject({ title: 'Rain', rights: { holder: 'Rain Records' } });
  const emptied = await say(sound, { licence: '', holder: '', isrc: '', source_url: '' });
  expect(emptied.body).toMatchObject({ title: 'Rain', rights: null });
});

test('nobody else says it, and nothing is said that is not in its form', async () => {
  const sound = await shared();
  expect((await say(sound, WHOLE, other)).status).toBe(404);
  for (const wrong of [
    { isrc: 'DE-A12-26-0001' },
    { isrc: '12-A12-26-00001' },
    { source_url: 'javascript:alert(1)' },
    { source_url: 'rain.test' },
    { licence: 'x'.repeat(101) },
    { holder: 'x'.repeat(201) },
  ]) {
    const answer = await say(sound, { ...WHOLE, ...wrong });
    expect(answer.status, JSON.stringify(wrong)).toBe(422);
    expect(answer.body.details[0].field).toBe(`rights.${Object.keys(wrong)[0]}`);
  }
  expect(await rightsOf(sound)).toBeNull();
});

test('what the staff says, the author changes only once all of it is emptied', async () => {
  const sound = await shared();
  const said = await sayAsStaff(sound, { holder: 'Rain Records', reason: 'The label has shown it.' });
  expect(said.body.rights).toMatchObject({ holder: 'Rain Records', licence: '', by_staff: true });
  const refused = await client.patch(pathOf(sound), {
    as: author,
    body: { title: 'Mine', rights: { holder: 'Me' } },
  });
  expect(refused).toMatchObject({ status: 403, body: { code: 'sound-rights-settled' } });
  // Nor is half of it done.
  expect((await client.get(pathOf(sound))).body).toMatchObject({
    title: '',
    rights: { holder: 'Rain Records' },
  });
  expect((await client.patch(pathOf(sound), { as: author, body: { title: 'Mine' } })).status).toBe(200);
  expect((await sayAsStaff(sound, { holder: '' })).body.rights).toBeNull();
  expect((await say(sound, { holder: 'Me' })).body.rights).toMatchObject({ holder: 'Me', by_staff: false });
  const moderator = await people.signedIn('mona', 'moderator');
  expect((await sayAsStaff(sound, { holder: 'Mona' }, moderator)).status).toBe(403);
});

test('what the staff says just as another server says it anew stays', async () => {
  const rights = { licence: '', holder: 'Theirs', isrc: '', sourceUrl: '' };
  const told = (holder: string): RemotePost => ({
    ...{ origin: 'https://songs.example', author: 'dora', number: 1 },
    sourceUrl: 'https://songs.example/a.mp4',
    sound: { allowed: true, title: '', ofUri: null, rights: { ...rights, holder } },
  });
  const id = await receivePost(server.context, told('Theirs'));
  const soundId = await heardIn(server.context, id, printOfSound(++seed));
  expect(await rightsOf(soundId)).toMatchObject({ holder: 'Theirs', by_staff: false });
  await raceForRow(server, {
    lock: (tx) =>
      server.context.sounds.setRights(tx, operator, { soundId, rights: { holder: 'Ours' }, reason: '' }),
    start: () => receiveEdit(server.context, id, told('Theirs again'), new Date()),
    waiting: 1,
  });
  expect(await rightsOf(soundId)).toMatchObject({ holder: 'Ours', by_staff: true });
});

test('what the staff says is on record, and taken back by the log', async () => {
  const { audit, undoing } = server.context;
  const sound = await shared();
  await say(sound, WHOLE);
  await sayAsStaff(sound, { licence: 'all-rights-reserved', reason: 'The label has shown it.' });
  expect(await rightsOf(sound)).toMatchObject({ known_licence: 'all-rights-reserved', licence_url: null });
  const page = { maxId: null, minId: null, sinceId: null, limit: 1 };
  const [entry] = await audit.list({ action: 'sound.rights' }, page);
  expect(entry).toMatchObject({
    ...{ target: { kind: 'sound', id: sound }, reason: 'The label has shown it.' },
    detail: { licence: 'all-rights-reserved', holder: 'Rain Records' },
  });
  if (!entry) throw new Error('It is not on record.');
  const undone = await undoing.undo(operator, { auditIds: [entry.id], reason: '' });
  expect(undone).toMatchObject({ ok: true });
  expect(await rightsOf(sound)).toEqual(SHOWN);
});

test('who has not the permission for it says nothing as the staff, by whatever way', async () => {
  const sound = await shared();
  const by = { kind: 'person', accountId: boss.id, permissions: ['reports'], rank: 1 } as const;
  const rights = { licence: 'cc0-1.0', holder: '', isrc: '', sourceUrl: '' };
  const said = await server.context.inTx((tx) =>
    server.context.sounds.setRights(tx, by, { soundId: sound, rights, reason: '' }),
  );
  expect(said).toMatchObject({ ok: false, reason: 'permission-missing' });
  expect(await rightsOf(sound)).toBeNull();
});

test('what is said of a sound that was never for everybody is for its author alone', async () => {
  const sound = await shared({ visibility: 'followers' });
  await say(sound, WHOLE);
  expect(await rightsOf(sound, author)).toEqual(SHOWN);
  expect(await rightsOf(sound)).toBeNull();
  expect(await rightsOf(sound, other)).toBeNull();
  const report = await client.get(`/api/v1/admin/sounds/${sound}/export`, { as: boss });
  expect(report.text).not.toContain('Rain Records');
});

test('the report of use says it in columns of its own', async () => {
  const sound = await shared();
  await say(sound, { ...WHOLE, holder: '=1+1' });
  const { text } = await client.get(`/api/v1/studio/sounds/${sound}/export`, { as: author });
  const rows: Record<string, string>[] = parse(text, { columns: true });
  expect(rows).toHaveLength(2);
  for (const row of rows) {
    expect(row).toMatchObject({
      ...{ licence: 'CC-BY-SA-4.0', rights_holder: "'=1+1", isrc: 'DEA122600001' },
      source: 'https://rain.test/album',
    });
  }
});
