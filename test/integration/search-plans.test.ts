import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { searchLimits } from '../../config/search-limits.ts';
import type { Tx } from '../../src/db/database.ts';
import type { AccountId } from '../../src/lib/ids.ts';
import { begunSounds, begunTags } from '../../src/modules/search/postgres/begun.ts';
import { newestStatement, popularStatement } from '../../src/modules/search/postgres/candidates.ts';
import { compile, understanding } from '../../src/modules/search/postgres/compile.ts';
import { searching } from '../../src/modules/search/postgres/index.ts';
import type { Statement } from '../../src/modules/search/postgres/statement.ts';
import { parseQuery } from '../../src/modules/search/query.ts';
import { clientOf, createPeople } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** That what a search reads does not grow with what is there, as PostgreSQL's plans tell it: ADR 0079. */
let server: TestServer;
const APART = 2_000;
const IN_A_ROW = 3;

beforeAll(async () => {
  server = await startTestServer();
  const author = await createPeople(server).local('nora');
  await server.context.db('accounts').where({ id: author.id }).update({ indexable: true });
  await addClips(author.id);
  await server.context.search.follow();
  await server.context.db.raw('analyze search_documents, search_terms');
}, 120_000);

afterAll(() => server?.close());

/** All have the same two words; few have them one after the other. Liked ones are among both. */
async function addClips(accountId: AccountId): Promise<void> {
  const { db } = server.context;
  await db.raw(
    `insert into videos (id, account_id, local, uri, url, state, visibility, media_state, caption, caption_html, language,
                         width, height, duration_seconds, published_at)
     select n, :accountId, true, 'https://a.test/v/' || n, 'https://a.test/v/' || n, 'published', 'public', 'ready',
            case when n <= :inARow then 'the red boats of ' else 'red sails of the boats at ' end || 'harbour' || to_hex(n), '', 'en',
            720, 1280, 20, now() - n * interval '20 minutes'
       from generate_series(1, :all::int) as n`,
    { accountId, inARow: IN_A_ROW, all: APART + IN_A_ROW },
  );
  await db.raw(`insert into video_stats (video_id, likes) select id, 100 from videos where id % 2 = 0
    on conflict (video_id) do update set likes = excluded.likes`);
}

/** Rows that were read and then left out, in all parts of the plan. */
const readInVain = (plan: string): number =>
  [...plan.matchAll(/Rows Removed by (?:Index Recheck|Filter): (\d+)/g)].reduce(
    (sum, [, rows]) => sum + Number(rows),
    0,
  );

async function planOf(tx: Tx, { sql, bindings }: Statement): Promise<string> {
  const { rows } = await tx.raw<{ rows: { 'QUERY PLAN': string }[] }>(
    `explain (analyze, timing off) ${sql}`,
    bindings,
  );
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

const plansFor = (q: string): Promise<string[]> =>
  searching(server.context.db, async (tx) => {
    const asOf = Date.now();
    const tokens = parseQuery(q).filter((token) => token.kind !== 'from');
    const compiled = await compile(
      tx,
      { tokens, authors: null, notAuthors: [], below: null, languages: [], asOf },
      ['en', 'de'],
    );
    const plans: string[] = [];
    for (const make of [newestStatement, popularStatement]) {
      plans.push(await planOf(tx, make(compiled, compiled.query ?? '', asOf)));
    }
    return plans;
  });

describe('words in a row', () => {
  test.each([
    ['two', '"red boats"'],
    ['three, of which one means nothing', '"the red boats"'],
    ['two with such a one between', '"boats of harbour1"'],
    ['one before such a one', '"boat of"'],
  ])('%s: videos that have them apart are not read', async (_name, q) => {
    for (const plan of await plansFor(q)) {
      expect(plan).toContain('search_documents_words');
      expect(readInVain(plan), plan).toBeLessThan(20);
    }
  });

  test('and are found', async () => {
    const client = clientOf(server.origin);
    const found = async (q: string): Promise<number> => {
      const answer = await client.get(`/api/v1/search/videos?limit=40&q=${encodeURIComponent(q)}`);
      return answer.body.statuses.length;
    };
    expect(await found('"red boats"')).toBe(IN_A_ROW);
    expect(await found('"the red boat of"')).toBe(IN_A_ROW);
    expect(await found('"boats red"')).toBe(0);
    expect(await found('"boats of harbour2"')).toBe(1);
    expect(await found('"sails of the boats"')).toBe(40);
  });
});

test('videos that are too short are not read where longer ones are wanted', async () => {
  for (const plan of await plansFor('boats longer:60')) expect(readInVain(plan), plan).toBe(0);
});

test('what begins so is read from an index, and nothing else is', async () => {
  const { db } = server.context;
  await db.raw(
    `insert into sounds (id, title, is_open) select n, to_hex(n * 7919) || ' song', true from generate_series(1, 3000) as n`,
  );
  await db.raw('analyze sounds');
  const plans = await searching(db, async (tx) => ({
    sounds: await planOf(tx, begunSounds('a1', 5)),
    tags: await planOf(tx, begunTags('har', 5)),
    words: await planOf(
      tx,
      understanding([{ kind: 'word', text: 'harbour1', begins: true, not: false }], ['en']),
    ),
  }));
  expect(plans.sounds).toContain('sounds_begin');
  for (const plan of [plans.tags, plans.words]) expect(plan).toContain('search_terms_begin');
  for (const plan of Object.values(plans)) expect(readInVain(plan), plan).toBe(0);
});

describe('what is used most among more than can be looked at', () => {
  const MANY = searchLimits.begunLookedAt + 100;
  const { common, rare } = { common: ['zb', 'za'], rare: 'zzz' };

  beforeAll(async () => {
    const { db } = server.context;
    const number = `lpad(to_hex(n), 5, '0')`;
    await db.raw(
      `insert into search_terms (kind, term, uses) select 'tag', 'z0' || ${number}, 1 + n % 9 from generate_series(1, ?::int) as n`,
      [MANY],
    );
    await db.raw(
      `insert into sounds (id, title, is_open, uses) select 100000 + n, 'Z0' || ${number}, true, 1 + n % 9 from generate_series(1, ?::int) as n`,
      [MANY],
    );
    await db.raw(
      `insert into search_terms (kind, term, uses) values ('tag', 'zb', 4), ('tag', 'za', 40), ('tag', 'zzz', 2)`,
    );
    await db.raw(`update search_terms set uses = 70 where kind = 'tag' and term = 'zb'`);
    await db.raw(
      `insert into sounds (id, title, is_open, uses) values (1000001, 'Zà', true, 40), (1000002, 'ZB', true, 70)`,
    );
    await db.raw('analyze search_terms, search_common_tags, sounds');
  }, 60_000);

  const run = (statement: Statement) =>
    searching(server.context.db, async (tx) => {
      const { rows } = await tx.raw<{ rows: { name: string }[] }>(statement.sql, statement.bindings);
      return { plan: await planOf(tx, statement), names: rows.map(({ name }) => name) };
    });

  test('hashtags and sounds are found by one letter, in their order, and few are read', async () => {
    const [tags, sounds] = [await run(begunTags('z', 2)), await run(begunSounds('Z', 2))];
    expect(tags.names).toEqual(common);
    expect(sounds.names).toEqual(['1000002', '1000001']);
    expect(tags.plan).toContain('search_common_tags_1');
    expect(sounds.plan).toContain('sounds_begin_1');
    for (const { plan } of [tags, sounds]) {
      expect(readInVain(plan), plan).toBe(0);
      expect(plan).not.toMatch(new RegExp(`actual rows=${searchLimits.begunLookedAt}`));
    }
  });

  test('those that few have fill up what is not enough, and a longer beginning finds them, too', async () => {
    expect((await run(begunTags('za', 5))).names).toEqual(['za']);
    expect((await run(begunTags('zzz', 5))).names).toEqual([rare]);
    expect((await run(begunTags('z00001', 2))).names).toHaveLength(2);
    expect((await run(begunSounds('zà', 5))).names).toEqual(['1000001']);
  });

  test('what is common is kept as it is counted', async () => {
    const { db } = server.context;
    const kept = () =>
      db('search_common_tags').whereIn('tag', ['za', 'zb', 'zzz']).orderBy('tag').select('tag', 'step');
    expect(await kept()).toEqual([
      { tag: 'za', step: 21 },
      { tag: 'zb', step: 24 },
    ]);
    await db('search_terms').where({ kind: 'tag', term: 'zzz' }).update({ uses: 4 });
    await db('search_terms').where({ kind: 'tag', term: 'za' }).update({ uses: 3 });
    await db('search_terms').where({ kind: 'tag', term: 'zb' }).delete();
    expect(await kept()).toEqual([{ tag: 'zzz', step: 8 }]);
    expect((await run(begunTags('zzz', 5))).names).toEqual([rare]);
  });
});
