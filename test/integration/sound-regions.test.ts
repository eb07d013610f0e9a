import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SoundId, VideoId } from '../../src/lib/ids.ts';
import type { Region } from '../../src/modules/sounds/index.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { eventually } from '../helpers/chaos.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { jobRun } from '../helpers/job-run.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { refuseIn, storedFiles } from '../helpers/regional.ts';
import { raceForRow } from '../helpers/row-race.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { heardIn, printOfSound } from '../helpers/sounds.ts';

const HEADER = 'x-country-code';
const IN_GERMANY = { countries: ['DE'], except: false };
let server: TestServer;
let far: TestServer;
let client: Client;
let videos: VideoFactory;
let author: Person;
let fan: Person;
let boss: Person;
let seed = 400;

beforeAll(async () => {
  const variables = { COUNTRY_HEADER: 'X-Country-Code' };
  server = await startTestServer({ variables });
  client = clientOf(server.origin);
  videos = createVideoFactory(server.context);
  const people = createPeople(server);
  [author, fan] = [await people.signedIn('author'), await people.signedIn('fan')];
  boss = await people.signedIn('boss', 'admin');
});
afterAll(async () => {
  await far?.close();
  await server?.close();
});

interface Sounding {
  readonly id: VideoId;
  readonly soundId: SoundId;
}

async function sounding(more: object = {}): Promise<Sounding> {
  seed += 1;
  const id = await videos.video(author.account, {
    assets: [],
    state: 'published',
    ...more,
  });
  await server.context.db('videos').where({ id }).update({ allows_sound: true });
  await storedFiles(server.context, id);
  return { id, soundId: await heardIn(server.context, id, printOfSound(seed)) };
}

/** Puts what is heard in a sound on the list. */
async function listed(soundId: SoundId): Promise<string> {
  const { db, ids } = server.context;
  const entry = { id: ids.next(), sound_print: Buffer.alloc(4), distance: 0, label: '' };
  await db('listed_media').insert({ ...entry, sound_action: 'refuse' });
  await db('sounds').where({ id: soundId }).update({ listed_id: entry.id });
  return entry.id;
}

const refuse = (soundId: SoundId, region: Region | null, reason = '') =>
  refuseIn(server.context, soundId, region, reason);
const from = (country: string, url: string) => fetch(url, { headers: { [HEADER]: country } });
const shown = async (id: VideoId) => (await client.get(`/api/v1/videos/${id}`)).body;
const played = async (id: VideoId): Promise<string> => (await shown(id)).playback_urls.mp4;

describe('a sound that is refused in some countries', () => {
  test('is given everywhere else, and there answered with 451 and the reason', async () => {
    const { id, soundId } = await sounding();
    const before = await played(id);
    await refuse(soundId, IN_GERMANY, 'The label asks for it.');
    const { playback_urls: urls, sound, poster_url: poster } = await shown(id);
    expect(sound.withheld).toEqual({ ...IN_GERMANY, action: 'refuse', reason: 'The label asks for it.' });
    // Not the address under which it may be kept on the way.
    expect(urls.mp4).not.toBe(before);
    expect(urls.mp4).toContain(`${server.origin}/media/r/${id}/`);
    for (const url of [urls.mp4, urls.hls, before]) {
      await eventually('it counts', async () => (await from('DE', url)).status === 451, 10_000);
      const refused = await from('de', url);
      expect(refused.headers.get('link')).toBe(`<${server.origin}/>; rel="blocked-by"`);
      expect(refused.headers.get('cache-control')).toBe('no-store');
      expect(await refused.json()).toMatchObject({
        ...{ code: 'sound-region', status: 451, detail: expect.stringContaining('The label asks for it.') },
      });
      const given = await from('FR', url);
      expect([given.status, given.headers.get('cache-control')]).toEqual([
        200,
        expect.stringMatching(/^private, max-age=/),
      ]);
      expect(await given.text()).toContain(`of ${id}`);
    }
    // Nothing is heard in a picture.
    const picture = await from('DE', poster);
    expect([picture.status, picture.headers.get('cache-control')]).toEqual([
      200,
      expect.stringContaining('immutable'),
    ]);
  });

  test('or in all but some', async () => {
    const { id, soundId } = await sounding();
    await refuse(soundId, { countries: ['DE', 'FR'], except: true });
    const url = await played(id);
    expect([(await from('DE', url)).status, (await from('US', url)).status]).toEqual([200, 451]);
  });

  test('is asked for by whoever has a signed address as well', async () => {
    const { id, soundId } = await sounding({ visibility: 'followers' });
    await refuse(soundId, IN_GERMANY);
    const url = (await client.get(`/api/v1/videos/${id}`, { as: author })).body.playback_urls.mp4;
    expect(url).toContain('/media/s/');
    expect([(await from('DE', url)).status, (await from('FR', url)).status]).toEqual([451, 200]);
    const unsigned = url.replace(/\/media\/s\/[^/]+/, '/media/r');
    expect((await from('FR', unsigned)).status).toBe(404);
  });

  test.each(['XX', 'T1', 'ZZ', 'Germany', '', 'DE, FR'])('nobody is known to be in %j', async (said) => {
    const { id, soundId } = await sounding();
    await refuse(soundId, { countries: ['FR'], except: true });
    const url = await played(id);
    expect((await from(said, url)).status).toBe(200);
    expect((await from('DE', url)).status).toBe(451);
  });

  test('is no less allowed where it is not: no measure, no strike, and it is used from there', async () => {
    const { id, soundId } = await sounding();
    await refuse(soundId, IN_GERMANY);
    const { db } = server.context;
    expect(await db('videos').where({ id }).first()).toMatchObject({ staff_muted: false, regional: true });
    expect((await client.get('/api/v1/strikes', { as: author })).body).toEqual([]);
    const made = (country: string) =>
      client.post('/api/v1/videos', {
        ...{ as: fan, headers: { [HEADER]: country } },
        body: { filename: 'a.mp4', bytes: 10, sound: { id: soundId } },
      });
    expect(await made('DE')).toMatchObject({ status: 451, body: { code: 'sound-region' } });
    expect((await made('FR')).status).toBe(200);
    const use = async (country: string) =>
      (await client.get(`/api/v1/sounds/${soundId}`, { as: fan, headers: { [HEADER]: country } })).body.use;
    expect([(await use('DE')).reason, (await use('FR')).allowed]).toEqual(['sound-region', true]);
  });

  test('counts for a video that is heard to have it later, and no more once the rule is gone', async () => {
    const { soundId } = await sounding();
    await refuse(soundId, IN_GERMANY);
    const later = await videos.video(author.account, { assets: [], state: 'published' });
    await storedFiles(server.context, later);
    expect(await heardIn(server.context, later, printOfSound(seed))).toBe(soundId);
    expect((await from('DE', await played(later))).status).toBe(451);
    const { inTx, sounds, handlers } = server.context;
    await inTx((tx) => sounds.removeRule(tx, operator, { soundId }));
    await handlers['sounds.settle']({ soundId }, jobRun());
    const url = await played(later);
    expect(url).not.toContain('/media/r/');
    await eventually('it is given', async () => (await from('DE', url)).status === 200, 10_000);
  });

  test('counts for a video that gets it while the rule is put back', async () => {
    const { soundId } = await sounding();
    await refuse(soundId, IN_GERMANY);
    const { db, inTx, sounds, audit, undoing, handlers } = server.context;
    await inTx((tx) => sounds.removeRule(tx, operator, { soundId }));
    await handlers['sounds.settle']({ soundId }, jobRun());
    const page = { maxId: null, minId: null, sinceId: null, limit: 1 };
    const [entry] = await audit.list({ action: 'sound.unrule' }, page);
    if (!entry) throw new Error('It is not on record.');
    // A sound that is listed is not looked up again by the job, which would wait for its videos as well.
    await listed(soundId);
    const later = await videos.video(author.account, { assets: [], state: 'published' });
    await raceForRow(server, {
      lock: (tx) => tx('videos').where({ id: later }).update({ sound_id: soundId }),
      async start() {
        const undone = await undoing.undo(operator, { auditIds: [entry.id], reason: '' });
        expect(undone).toMatchObject({ ok: true });
        await handlers['sounds.settle']({ soundId }, jobRun());
      },
      waiting: 1,
    });
    expect(await db('videos').where({ id: later }).first('regional')).toEqual({ regional: true });
    await db('listed_media').delete();
  });

  test('counts for what it is known to be once it is heard at last', async () => {
    const known = await sounding();
    const print = printOfSound(seed);
    const unheard = await videos.video(author.account, { assets: [], state: 'published' });
    const soundId = await heardIn(server.context, unheard);
    expect(soundId).not.toBe(known.soundId);
    await refuse(soundId, IN_GERMANY);
    expect(await heardIn(server.context, unheard, print)).toBe(known.soundId);
    const { db, handlers } = server.context;
    const regional = (id: VideoId) => db('videos').where({ id }).first('regional');
    expect(await regional(unheard)).toEqual({ regional: true });
    const job = { name: 'sounds.settle', key: `sounds.settle:${known.soundId}`, state: 'pending' };
    expect(await db('jobs').where(job)).toHaveLength(1);
    await handlers['sounds.settle']({ soundId: known.soundId }, jobRun());
    expect(await regional(known.id)).toEqual({ regional: true });
    expect((await shown(known.id)).sound.withheld).toMatchObject(IN_GERMANY);
  });

  test('does not lift what the list says of it everywhere', async () => {
    const { soundId } = await sounding();
    const { db, inTx, sounds } = server.context;
    const listedId = await listed(soundId);
    await inTx((tx) =>
      sounds.setRule(tx, operator, { soundId, action: 'refuse', reason: '', region: IN_GERMANY }),
    );
    expect(await inTx((tx) => sounds.ruling(tx, soundId))).toMatchObject({ listedId });
    await db('listed_media').delete();
  });

  test('is no way to allow one, and of countries that there are', async () => {
    const { soundId } = await sounding();
    const put = (body: object) => client.put(`/api/v1/admin/sounds/${soundId}/rule`, { as: boss, body });
    expect(await put({ action: 'allow', region: IN_GERMANY })).toMatchObject({
      ...{ status: 422, body: { code: 'region-not-possible' } },
    });
    expect((await put({ action: 'refuse', region: { countries: ['QQ'] } })).status).toBe(422);
    expect((await put({ action: 'refuse', region: { countries: [] } })).status).toBe(422);
    expect(
      (await put({ action: 'refuse', region: { countries: ['fr', 'de', 'FR'] } })).body.rule,
    ).toMatchObject({
      region: { countries: ['DE', 'FR'], except: false },
    });
  });
});

describe('where somebody is', () => {
  test('is believed from a proxy that is trusted alone', async () => {
    const variables = { COUNTRY_HEADER: 'X-Country-Code', TRUSTED_PROXIES: '192.0.2.1' };
    far = await startTestServer({ variables: { ...variables, COUNTRY_UNKNOWN: 'withheld' } });
    const person = await createPeople(far).signedIn('author');
    const id = await createVideoFactory(far.context).video(person.account, {
      assets: [],
      state: 'published',
    });
    await storedFiles(far.context, id);
    const soundId = await heardIn(far.context, id, printOfSound(1));
    await refuseIn(far.context, soundId, IN_GERMANY);
    const { playback_urls: urls } = (await clientOf(far.origin).get(`/api/v1/videos/${id}`)).body;
    expect((await from('FR', urls.mp4)).status).toBe(451);
    expect((await (await from('FR', urls.mp4)).json()).detail).toContain('cannot tell where you are');
  });
});
