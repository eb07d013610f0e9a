import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { eventually } from '../helpers/chaos.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { SEARCH_DRIVERS, type SearchServer, startSearchServer } from '../helpers/search-drivers.ts';

/** What videos are found by, and that the index follows what becomes of them: ADR 0069. */
let server: SearchServer;
let client: Client;
let people: ReturnType<typeof createPeople>;
let nora: Person;
let far: Account;

const follow = () => server.follow();

interface Facts {
  readonly by?: Account;
  readonly tags?: readonly string[];
  readonly row?: object;
}

async function clip(
  caption: string,
  { by = nora.account, tags = [], row = {} }: Facts = {},
): Promise<VideoId> {
  const { db } = server.context;
  const id = await createVideoFactory(server.context).video(by, { caption });
  await db('videos')
    .where({ id })
    .update({ language: 'en', ...row });
  if (tags.length > 0) await db('video_tags').insert(tags.map((tag) => ({ tag, video_id: id })));
  return id;
}

async function search(q: string, more = '', as: Person | undefined = nora) {
  const answer = await client.get(`/api/v1/search/videos?q=${encodeURIComponent(q)}${more}`, { as });
  expect(answer.status, answer.text).toBe(200);
  return answer.body as { statuses: { id: VideoId }[]; corrected: string | null; next_cursor: string | null };
}
/** What is meant is told where PostgreSQL finds it at once: on a busy machine it is asked again. */
const corrected = (q: string, more = '') =>
  eventually(`it is told what ${q} means`, async () => {
    const answer = await search(q, more);
    return answer.corrected !== null && answer;
  });
const found = async (q: string, more = '') => (await search(q, more)).statuses.map(({ id }) => id);

describe.each(SEARCH_DRIVERS)('by %s', (driver) => {
  beforeAll(async () => {
    server = await startSearchServer(driver);
    client = clientOf(server.origin);
    people = createPeople(server);
    nora = await people.signedIn('nora');
    far = await people.remote('mika', 'film.example');
    await server.context.db('accounts').whereIn('id', [nora.id, far.id]).update({ indexable: true });
  }, 60_000);

  afterAll(() => server?.close());

  beforeEach(async () => {
    await server.context.db('videos').delete();
    await server.context.search.reindex({ isResumed: false, onStep: () => undefined });
  });

  describe('what a video is found by', () => {
    test('words, without their endings and accents, in the language of the video', async () => {
      const [english, german, french] = [
        await clip('Cooking noodles on a café roof'),
        await clip('Die Häuser am Hafen', { row: { language: 'de' } }),
        await clip('Les oiseaux chantaient', { row: { language: 'fr' } }),
      ];
      await follow();
      for (const q of ['cooked', 'NOODLE', 'cafe', 'cook noodles', 'the cook'])
        expect(await found(q), q).toEqual([english]);
      for (const q of ['haus hafen', 'Häusern']) expect(await found(q), q).toEqual([german]);
      for (const q of ['oiseau', 'chanter']) expect(await found(q), q).toEqual([french]);
      expect(await found('cook hafen')).toEqual([]);
    });

    test('words of scripts without spaces', async () => {
      const [japanese, thai] = [
        await clip('東京で寿司を食べました', { row: { language: 'ja' } }),
        await clip('แมวน่ารักมาก', { row: { language: 'th' } }),
      ];
      await follow();
      for (const q of ['寿司', '東京 寿司', '食べ']) expect(await found(q), q).toEqual([japanese]);
      expect(await found('แมว')).toEqual([thai]);
    });

    test('its description, its warning and what is said in it, less than by its caption', async () => {
      const inCaption = await clip('A heron');
      const described = await clip('Morning', { row: { alt_text: 'A heron in the reeds' } });
      const warned = await clip('Evening', { row: { content_warning: 'Spiders' } });
      const said = await clip('Noon');
      const file = Buffer.from('WEBVTT\n\n00:00.000 --> 00:02.000\n<v Nora>Look at the heron</v>\n');
      const put = { videoId: said, language: 'en', accountId: nora.id, label: null, file };
      const set = await server.context.inTx((tx) => server.context.videos.setCaptions(tx, put));
      expect(set.ok).toBe(true);
      await follow();
      expect(await found('herons')).toEqual([inCaption, described, said]);
      expect(await found('spider')).toEqual([warned]);
      expect(await found('look has:captions')).toEqual([said]);
      expect(await found('heron -has:captions has:alt')).toEqual([described]);
      await server.context.inTx((tx) =>
        server.context.videos.removeCaptions(tx, { videoId: said, language: 'en', accountId: nora.id }),
      );
      await follow();
      expect(await found('look')).toEqual([]);
    });

    test('filters, phrases, and what is not wanted', async () => {
      const day = (text: string) => ({ published_at: new Date(`${text}T12:00:00Z`) });
      const [old, recent, long, remote] = [
        await clip('Red boats at sea', { row: day('2025-03-05') }),
        await clip('Boats painted red', { row: day('2026-02-01'), tags: ['sea'] }),
        await clip('Red boats again', { row: { duration_seconds: 90 } }),
        await clip('Red boats of others', { by: far, row: { language: 'de' } }),
      ];
      await follow();
      const all = async (q: string) => new Set(await found(q));
      expect(await all('boats')).toEqual(new Set([old, recent, long, remote]));
      expect(await all('"red boats"')).toEqual(new Set([old, long, remote]));
      expect(await all('boats -"red boats"')).toEqual(new Set([recent]));
      expect(await all('boats before:2026')).toEqual(new Set([old]));
      expect(await all('boats after:2025-03-06 before:2026-02-02')).toEqual(new Set([recent]));
      expect(await all('boats longer:60')).toEqual(new Set([long]));
      expect(await all('boats shorter:1m is:local')).toEqual(new Set([old, recent]));
      expect(await all('boats is:remote')).toEqual(new Set([remote]));
      expect(await all('boats language:de')).toEqual(new Set([remote]));
      expect(await all('boats -language:de -is:remote from:me #sea')).toEqual(new Set([recent]));
      expect(await all('from:@mika@film.example')).toEqual(new Set([remote]));
      expect(await all('boats -from:nora')).toEqual(new Set([remote]));
      expect(await all('boats from:nobody')).toEqual(new Set());
      expect(await all('#sea')).toEqual(new Set([recent]));
      expect(await all("'; drop table videos; --")).toEqual(new Set());
      expect(await all("boats \\ ' & | ! :* <->")).toEqual(new Set([old, recent, long, remote]));
    });

    test('days are those of whoever asks, and a moment is one', async () => {
      const at = (time: string) => ({ row: { published_at: new Date(time) } });
      const [evening, night] = [
        await clip('Lanterns', at('2026-03-10T21:30:00Z')),
        await clip('Lanterns', at('2026-03-10T23:30:00Z')),
      ];
      await follow();
      const all = async (q: string, more = '') => new Set(await found(q, more));
      const berlin = '&time_zone=Europe/Berlin';
      expect(await all('lanterns since:2026-03-11')).toEqual(new Set());
      expect(await all('lanterns since:2026-03-11', berlin)).toEqual(new Set([night]));
      expect(await all('lanterns until:2026-03-11', berlin)).toEqual(new Set([evening]));
      expect(await all('lanterns after:2026-03-10T22:30+01:00')).toEqual(new Set([evening, night]));
      expect(await all('lanterns after:2026-03-10T22:31+01:00', berlin)).toEqual(new Set([night]));
      expect(await all('lanterns before:2026-03-10T23:30:00.000Z')).toEqual(new Set([evening]));
      const older = await client.get(`/api/v2/search?type=statuses&q=lanterns+since:2026-03-11${berlin}`);
      expect(older.body.statuses.map(({ id }: { id: string }) => id)).toEqual([night]);
      expect((await client.get('/api/v1/search/videos?q=lanterns&time_zone=Berlin')).status).toBe(422);
    });

    test('words of no meaning count where they are quoted, with or without the endings of the others', async () => {
      const captions = [
        'The red boats of wood',
        'Red boat at sea',
        'She waits for the red boat',
        "L'eau du port",
      ];
      const [wood, sea, waits, water] = [
        await clip(captions[0] ?? ''),
        await clip(captions[1] ?? ''),
        await clip(captions[2] ?? ''),
        await clip(captions[3] ?? '', { row: { language: 'fr' } }),
      ];
      await follow();
      const all = async (q: string) => new Set(await found(q));
      expect(await all('"red boat"')).toEqual(new Set([wood, sea, waits]));
      expect(await all('"red boat of"')).toEqual(new Set([wood]));
      expect(await all('"red boats at"')).toEqual(new Set([sea]));
      expect(await all('"the red boat"')).toEqual(new Set([wood, waits]));
      expect(await all('"for the red boats"')).toEqual(new Set([waits]));
      expect(await all('"boat of woods"')).toEqual(new Set([wood]));
      expect(await all('"boats in wood"')).toEqual(new Set());
      expect(await all('"of the"')).toEqual(new Set());
      expect(await all('"for the"')).toEqual(new Set([waits]));
      expect(await all('boat -"the red boat"')).toEqual(new Set([sea]));
      // Not quoted, a word is found without what is written before it.
      for (const q of ['eau', "l'eau", '"l’eau du"']) expect(await all(q), q).toEqual(new Set([water]));
      expect(await all('"du port" eaux')).toEqual(new Set([water]));
    });

    test('a word that is begun, and one with a slip, of which the answer tells', async () => {
      const [one, two] = [await clip('A kingfisher dives'), await clip('The kingfisher again')];
      await follow();
      expect(new Set(await found('kingf', '&unfinished=true'))).toEqual(new Set([one, two]));
      expect(new Set(await found('kingf*'))).toEqual(new Set([one, two]));
      const slipped = await corrected('kingfsher dives');
      expect(slipped.statuses.map(({ id }) => id)).toEqual([one]);
      expect(slipped.corrected).toBe('kingfisher dives');
      for (const slip of ['kingfihser', 'kingfisherr', 'kingfesher', 'kngfisher'])
        expect((await corrected(slip)).corrected, slip).toBe('kingfisher');
      expect((await corrected('kingfihser', '&unfinished=true')).corrected).toBe('kingfisher');
      expect((await search('kingfisher')).corrected).toBeNull();
    });

    test('what is new and what is liked comes first, of what matches as well', async () => {
      const at = (days: number) => ({ published_at: new Date(Date.now() - days * 86_400_000) });
      const [old, liked, fresh] = [
        await clip('Moss', { row: at(400) }),
        await clip('Moss', { row: at(400) }),
        await clip('Moss', { row: at(1) }),
      ];
      await follow();
      expect(await found('moss')).toEqual([fresh, liked, old]);
      await server.context
        .db('video_stats')
        .insert({ video_id: liked, likes: 0 })
        .onConflict('video_id')
        .ignore();
      await server.context.db('video_stats').where({ video_id: liked }).update({ likes: 5_000 });
      await follow();
      expect(await found('moss')).toEqual([liked, fresh, old]);
    });

    test('pages follow each other, whatever is posted meanwhile, for whoever began alone', async () => {
      const clips: VideoId[] = [];
      for (let n = 0; n < 25; n += 1) clips.push(await clip(`Lichen ${n}`));
      await follow();
      const seen: VideoId[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof search>> = await search(
          'lichen',
          `&limit=10${cursor ? `&cursor=${cursor}` : ''}`,
        );
        seen.push(...page.statuses.map(({ id }) => id));
        cursor = page.next_cursor;
        if (seen.length === 10 && cursor) {
          await clip('Lichen that is new');
          await follow();
          const other = await people.signedIn('other');
          const path = `/api/v1/search/videos?q=lichen&limit=10&cursor=${cursor}`;
          expect((await client.get(path, { as: other })).status).toBe(400);
          expect((await client.get(path.replace('lichen', 'moss'), { as: nora })).status).toBe(400);
        }
      } while (cursor);
      expect(seen).toHaveLength(25);
      expect(new Set(seen)).toEqual(new Set(clips));
    });
  });

  describe('the index follows', () => {
    test('edits, hashtags, and an author who wants to be found, or does not any more', async () => {
      const { db } = server.context;
      const id = await clip('A puffin');
      await follow();
      await db('videos').where({ id }).update({ caption: 'A gannet' });
      await db('video_tags').insert({ tag: 'cliff', video_id: id });
      await follow();
      expect(await found('puffin')).toEqual([]);
      expect(await found('gannet')).toEqual([id]);
      expect(await found('#cliff')).toEqual([id]);
      await db('accounts').where({ id: nora.id }).update({ indexable: false });
      expect(await found('gannet')).toEqual([]);
      await follow();
      expect(await db('search_documents').where({ video_id: id })).toEqual([]);
      await db('accounts').where({ id: nora.id }).update({ indexable: true });
      await follow();
      expect(await found('gannet')).toEqual([id]);
      await db('videos').where({ id }).delete();
      expect(await db('search_documents').where({ video_id: id })).toEqual([]);
      await follow();
      expect(await found('gannet')).toEqual([]);
    });

    test('nothing is lost by who dies in the middle, and two do not write at once', async () => {
      const { db, inTx } = server.context;
      const ids = [await clip('A dunlin'), await clip('A dunlin')];
      const before = await db('search_changes').count('* as count').first();
      // As a process leaves it that is killed: what it had taken is there again.
      await db
        .transaction(async (tx) => {
          await tx('search_changes').delete();
          throw new Error('killed');
        })
        .catch(() => undefined);
      expect(await db('search_changes').count('* as count').first()).toEqual(before);
      await inTx(async (tx) => {
        await tx.raw('select pg_advisory_xact_lock(7461361)');
        expect(await server.context.search.follow()).toBe(0);
      });
      expect(new Set(await found('dunlin'))).toEqual(new Set());
      await follow();
      expect(new Set(await found('dunlin'))).toEqual(new Set(ids));
    });

    test('all is read anew', async () => {
      const { search: module, db } = server.context;
      const id = await clip('An avocet');
      await follow();
      await db('videos').where({ id }).update({ caption: 'A curlew' });
      const steps: number[] = [];
      const state = await module.reindex({ isResumed: false, onStep: (behind) => steps.push(behind) });
      expect(state).toMatchObject({ ok: true, documents: 1, behind: 0 });
      expect(steps.length).toBeGreaterThan(0);
      expect(await found('curlew')).toEqual([id]);
      expect(await known()).toEqual({ 'language en': 1, 'word curlew': 1 });
    });

    /** What is known of all documents, and how many have it. */
    async function known(): Promise<Record<string, number>> {
      const rows: { kind: string; term: string; uses: number }[] = await server.context.db('search_terms');
      return Object.fromEntries(rows.map(({ kind, term, uses }) => [`${kind} ${term}`, uses]));
    }

    test('words of what is changed, hidden or deleted are forgotten, and are proposed to nobody', async () => {
      const { db } = server.context;
      const [one, two, three] = [
        await clip('Redshanks wading', { tags: ['mud'] }),
        await clip('Redshanks asleep', { tags: ['mud'] }),
        await clip('Redshanks and greenshanks'),
      ];
      await follow();
      expect(await known()).toMatchObject({
        'word redshanks': 3,
        'word wading': 1,
        'tag mud': 2,
        'language en': 3,
      });
      expect((await corrected('redshaks')).corrected).toBe('redshanks');

      await db('videos').where({ id: one }).update({ caption: 'Redshanks flying', language: 'de' });
      await follow();
      expect(await known()).toEqual({
        ...{ 'word redshanks': 3, 'word flying': 1, 'word asleep': 1, 'word and': 1, 'word greenshanks': 1 },
        ...{ 'tag mud': 2, 'language en': 2, 'language de': 1 },
      });
      await db('video_stats').insert({ video_id: one, likes: 9 }).onConflict('video_id').merge();
      await db('videos').where({ id: two }).update({ visibility: 'followers' });
      await db('videos').where({ id: three }).delete();
      await follow();
      expect(await known()).toEqual({
        'word redshanks': 1,
        'word flying': 1,
        'tag mud': 1,
        'language de': 1,
      });
      expect((await search('redshaks')).corrected).toBeNull();

      await db('accounts').where({ id: nora.id }).update({ indexable: false });
      await follow();
      expect(await known()).toEqual({});
      await db('accounts').where({ id: nora.id }).update({ indexable: true });
      await follow();
      expect(await known()).toEqual({
        'word redshanks': 1,
        'word flying': 1,
        'tag mud': 1,
        'language de': 1,
      });
      expect(await db('search_forgotten')).toEqual([]);
    });
  });

  describe('suggestions', () => {
    test('of sounds, by how their name begins, or what is like it, the most used first', async () => {
      const { db, ids } = server.context;
      const sound = async (title: string, uses: number) => {
        const [id, videoId] = [ids.next(), await clip('With a sound')];
        await db('sounds').insert({ id, title, author_id: nora.id, original_id: videoId, is_open: true });
        await db('videos').where({ id: videoId }).update({ sound_id: id });
        await db('sounds').where({ id }).update({ uses });
        return id;
      };
      const [seldom, often] = [await sound('Évening bells', 1), await sound('Evening rain', 7)];
      const suggested = async (q: string): Promise<string[]> =>
        (await client.get(`/api/v1/search/suggestions?q=${encodeURIComponent(q)}`)).body.sounds.map(
          ({ id }: { id: string }) => id,
        );
      // A help that is left out where it takes long, too.
      const isSuggested = (q: string) => expect.poll(() => suggested(q), { message: q });
      for (const q of ['e', 'even', 'EVÉN']) await isSuggested(q).toEqual([often, seldom]);
      for (const q of ['evening b', 'bells']) await isSuggested(q).toEqual([seldom]);
      for (const q of ['@even', '#even', 'e%', 'morning']) expect(await suggested(q), q).toEqual([]);
      await db('videos').where({ sound_id: seldom }).update({ visibility: 'followers' });
      await isSuggested('evening').toEqual([often]);
    });
  });

  // That an engine answers in time is seen to in search-engine.test.ts.
  if (driver === 'postgres') {
    test('what takes too long is said, with what helps, in the shape of every refusal', async () => {
      const { db } = server.context;
      await clip('A slow heron');
      await follow();
      // As long as this lasts, nobody reads the index: a search waits until it is stopped.
      await db.transaction(async (tx) => {
        await tx.raw('lock table search_documents in access exclusive mode');
        for (const path of ['/api/v1/search/videos?q=heron', '/api/v2/search?type=statuses&q=heron']) {
          const answer = await client.get(path, { as: nora });
          expect(answer.status, answer.text).toBe(503);
          expect(answer.body).toMatchObject({ code: 'unavailable', status: 503 });
          expect(answer.body.detail).toContain('Add a rarer word, or a filter');
          expect(answer.body.error).toBe(answer.body.detail);
        }
      });
      expect(await found('heron')).toHaveLength(1);
    });
  }
});
