import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { searchLimits } from '../../config/search-limits.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { marksOf } from '../../src/modules/search/postgres/marks.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** What is found while all documents are read anew, as after an upgrade: ADR 0083. */
let server: TestServer;
let client: Client;
let nora: Person;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  nora = await createPeople(server).signedIn('nora');
  await db()('accounts').where({ id: nora.id }).update({ indexable: true });
}, 60_000);
afterAll(() => server?.close());
beforeEach(async () => {
  await db()('videos').delete();
  await db()('search_changes').delete();
});

const db = () => server.context.db;
const search = () => server.context.search;

async function clip(caption: string, seconds: number | null): Promise<VideoId> {
  const id = await createVideoFactory(server.context).video(nora.account, { caption });
  await db()('videos').where({ id }).update({ duration_seconds: seconds, language: 'en' });
  return id;
}

async function found(q: string): Promise<VideoId[]> {
  const answer = await client.get(`/api/v1/search/videos?q=${encodeURIComponent(q)}`, { as: nora });
  return (answer.body as { statuses: { id: VideoId }[] }).statuses.map(({ id }) => id).sort();
}

/** Lines before all others, of videos that are gone: as many as keep the upkeep busy for a while. */
async function manyChanges(): Promise<void> {
  await db().raw('insert into search_changes (video_id) select 1 from generate_series(1, ?::int)', [
    2 * searchLimits.farBehind,
  ]);
}

/** The marks that a program before migration 0122 gives: of its duration the greatest alone. */
function marksBefore(marks: readonly string[]): string[] {
  const own = marks.findLast((mark) => mark.startsWith('@s:'));
  return marks.filter((mark) => mark === own || !/^@[st]:/.test(mark));
}

test('what is posted meanwhile does not wait for all the rest', async () => {
  await manyChanges();
  const heron = await clip('A heron', 20);
  await search().follow({ forMs: 1 });
  expect((await search().state()).behind).toBeGreaterThan(searchLimits.farBehind / 2);
  expect(await found('heron')).toEqual([heron]);
  await search().follow();
  expect((await search().state()).behind).toBe(0);
});

test('documents that are still to be read anew are found by their duration, as those that were', async () => {
  const all = [
    await clip('A heron', 12),
    await clip('A heron', 70),
    await clip('A heron', 95),
    await clip('A heron', null),
  ] as const;
  await search().follow();
  const before = [all[0], all[1]];
  await db().raw(
    `update search_documents set document = ts_delete(document, array(
        select lexeme from unnest(document) where lexeme ~ '^@[st]:' and lexeme not in ('@s:10', '@s:60')))
      where video_id = any(?::bigint[])`,
    [before],
  );
  await db().raw(`update search_documents set document = ts_delete(document, '@s:10') where video_id = ?`, [
    all[1],
  ]);
  await manyChanges();
  for (const words of ['heron ', '']) {
    expect(await found(`${words}longer:60`), words).toEqual([all[1], all[2]].sort());
    expect(await found(`${words}longer:65 shorter:90`), words).toEqual([all[1]]);
    expect(await found(`${words}shorter:80`), words).toEqual([all[0], all[1]].sort());
    expect(await found(`${words}longer:300`), words).toEqual([]);
  }
});

test.each([0, 4.9, 5, 59.9, 60, 599, 4_000, null])(
  'a program of before that takes in a change beside this one leaves the same document (%s s)',
  async (seconds) => {
    const marks = marksOf({
      ...{ accountId: '1', local: true, language: 'en', publishedAt: 0, popularity: 0, seconds },
      ...{ tags: ['sea'], hasCaptions: false, hasAlt: false },
    });
    const { rows } = await db().raw<{ rows: { ours: string; theirs: string }[] }>(
      `select search_document('en', 'A boat', '', '', :marks)::text as ours,
              search_document('en', 'A boat', '', '', :before)::text as theirs`,
      { marks, before: marksBefore(marks) },
    );
    expect(rows[0]?.theirs).toBe(rows[0]?.ours);
    expect(rows[0]?.ours.includes('@s:0')).toBe(seconds !== null);
  },
);
