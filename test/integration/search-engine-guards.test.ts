import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { createLogger } from '../../src/lib/log.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { type SearchEngineDouble, startSearchEngine } from '../helpers/opensearch.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { followSearch } from '../helpers/search-drivers.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** What several processes, people who write strange searches and an engine that is wrong could do: ADR 0082. */
let engine: SearchEngineDouble;
let server: TestServer;
let client: Client;
let nora: Person;
let lines: string[] = [];
let ahead = 0;

beforeEach(async () => {
  lines = [];
  ahead = 0;
  engine = await startSearchEngine();
  server = await startTestServer({
    variables: { SEARCH_DRIVER: 'opensearch', SEARCH_URL: engine.url },
    overrides: {
      clock: { now: () => Date.now() + ahead },
      log: createLogger('warn', { write: (line) => void lines.push(line) }),
    },
  });
  client = clientOf(server.origin);
  nora = await createPeople(server).signedIn('nora');
  await db()('accounts').where({ id: nora.id }).update({ indexable: true });
}, 60_000);
afterEach(async () => {
  await server?.close();
  await engine?.close();
});

const db = () => server.context.db;
const follow = () => followSearch(server.context);
const failure = async () => (await server.context.search.state()).engine?.failure;
const clip = (caption: string): Promise<VideoId> =>
  createVideoFactory(server.context).video(nora.account, { caption });

async function found(q: string, more = ''): Promise<VideoId[]> {
  const answer = await client.get(`/api/v1/search/videos?q=${encodeURIComponent(q)}${more}`, { as: nora });
  expect(answer.status, answer.text).toBe(200);
  return (answer.body as { statuses: { id: VideoId }[] }).statuses.map(({ id }) => id);
}
const answered = async (by: string): Promise<number> => {
  const { body } = await server.context.metrics.page();
  return Number(new RegExp(`vireo_search_answers_total{outcome="${by}"} (\\d+)`).exec(body)?.[1] ?? 0);
};
const searches = () => engine.asked.filter((question) => question.endsWith('/_search')).length;

describe('what is written down of the engine', () => {
  test('a failure is not taken back by a process that has not asked, and is by one that has', async () => {
    await follow();
    await db()('search_engine').update({
      ...{ held_by: 'another', held_until: new Date(Date.now() + 60_000) },
      ...{ failing_since: new Date(), failure: 'It is away.' },
    });
    await follow();
    expect(await failure()).toBe('It is away.');
    await db()('search_engine').update({ held_until: null });
    await follow();
    expect(await failure()).toBeNull();
  });

  test('a run that is resumed tries what failed before', async () => {
    await clip('A heron');
    await follow();
    await db()('search_engine').update({ failing_since: new Date(), failure: 'It was away.' });
    const how = { isResumed: true, engineOnly: true, onStep: () => undefined };
    expect(await server.context.search.reindex(how)).toMatchObject({ ok: true, engine: { failure: null } });
    // And lets others go on at once.
    expect(await db()('search_engine').pluck('held_until')).toEqual([null]);
    await db()('search_engine').update({ failing_since: new Date(), failure: 'It was away.' });
    await engine.away();
    expect(await server.context.search.reindex(how)).toMatchObject({ ok: false, reason: 'unavailable' });
    await engine.back();
  });

  test('it is forgotten as a whole or not at all', async () => {
    await clip('A heron');
    await follow();
    await db().raw(`create function refused() returns trigger language plpgsql as $$ begin raise exception 'cut off'; end $$;
      create trigger refused before delete on search_engine_changes execute function refused()`);
    await expect(server.context.search.forgetEngine()).rejects.toThrow('cut off');
    expect(await db()('search_engine').pluck('id')).toEqual([1]);
    await db().raw('drop trigger refused on search_engine_changes');
    await server.context.search.forgetEngine();
    expect(await db()('search_engine')).toEqual([]);
  });

  test('what goes first after an upgrade is newer than what was there before it', async () => {
    const heron = await clip('A heron');
    await server.context.search.follow();
    // As after the upgrade: a document without a version, and a sequence that gave none.
    await db()('search_documents').update({ version: null });
    await db().raw(`select setval('search_versions', 1, false)`);
    await follow();
    expect(await found('heron')).toEqual([heron]);
    await db()('videos').where({ id: heron }).delete();
    await follow();
    expect([...engine.indexes.values()].map(({ documents }) => documents.size)).toEqual([0]);
  });
});

describe('searches that it does not answer', () => {
  test.each([
    ['by its status', 400, 'query_shard_exception'],
    ['by its reason', 500, 'too_many_nested_clauses'],
  ])(
    'one that it refuses, as it says %s, is answered by PostgreSQL, and others by it on',
    async (_, status, type) => {
      const heron = await clip('A heron');
      await follow();
      const error = {
        ...{ root_cause: [{ type, reason: 'No.' }] },
        ...{ type: 'search_phase_execution_exception', reason: 'all shards failed' },
      };
      const body = JSON.stringify({ error, status });
      engine.meddle = ({ path }) => (path.endsWith('/_search') ? { status, body } : null);
      expect(await found('heron')).toEqual([heron]);
      expect(await answered('opensearch-refused')).toBe(1);
      expect(lines.filter((line) => line.includes('all shards failed'))).toHaveLength(1);
      engine.meddle = null;
      expect(await found('heron')).toEqual([heron]);
      expect(await answered('opensearch')).toBe(1);
    },
  );

  test('one of more words than it takes is not put to it', async () => {
    const long = Array.from({ length: 330 }, (_, n) => (370 + n).toString(36)).join(' ');
    const clips = [await clip(long), await clip('A heron')];
    await follow();
    expect(await found(`"${long}"`)).toEqual([clips[0]]);
    expect(searches()).toBe(0);
    expect(await found('heron')).toEqual([clips[1]]);
    expect(searches()).toBe(1);
  });

  test('one of a time that cannot be is not put to it', async () => {
    await clip('A heron');
    await follow();
    expect(await found('heron before:1970-01-01', '&time_zone=Asia/Tokyo')).toEqual([]);
    expect(await found('heron longer:60 shorter:30')).toEqual([]);
    expect(searches()).toBe(0);
  });

  test('it names a video twice: it is shown once', async () => {
    const [heron, wren] = [await clip('A heron'), await clip('A wren')];
    await follow();
    engine.meddle = ({ path }) => (path.endsWith('/_search') ? { status: 200, body: hits } : null);
    const hits = JSON.stringify({
      ...{ timed_out: false, _shards: { failed: 0 } },
      hits: {
        total: { value: 3 },
        hits: [heron, wren, heron].map((id, at) => ({ _id: id, _score: 9 - at })),
      },
    });
    expect(await found('anything')).toEqual([heron, wren]);
  });

  test('that it was too slow is said as that, and by /health for as long as it is left alone', async () => {
    await clip('A heron');
    await follow();
    const body = JSON.stringify({
      timed_out: true,
      _shards: { failed: 0 },
      hits: { total: { value: 0 }, hits: [] },
    });
    engine.meddle = ({ path }) => (path.endsWith('/_search') ? { status: 200, body } : null);
    await found('heron');
    expect(lines.join('\n')).toContain('took too long');
    const health = async () => (await client.get('/health')).body.parts;
    expect(await health()).toMatchObject({ search: 'failing' });
    ahead += 61_000;
    expect(await health()).toMatchObject({ search: 'ok' });
  });
});
