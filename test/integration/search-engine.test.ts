import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { createLogger } from '../../src/lib/log.ts';
import { cliEnvOf } from '../helpers/cli-env.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { type SearchEngineDouble, startSearchEngine } from '../helpers/opensearch.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { followSearch } from '../helpers/search-drivers.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** How the engine is kept, and that nothing is lost, shown or down because of it: ADR 0082. */
let engine: SearchEngineDouble;
let server: TestServer;
let client: Client;
let nora: Person;
let boss: Person;
let ahead = 0;
let lines: string[] = [];

const LOGIN = { user: 'vireo', password: 'correct horse' };

beforeEach(async () => {
  ahead = 0;
  lines = [];
  engine = await startSearchEngine(LOGIN);
  server = await startTestServer({
    variables: {
      ...{ SEARCH_URL: engine.url, SEARCH_PREFIX: 'clips' },
      ...{ SEARCH_USER: LOGIN.user, SEARCH_PASSWORD: LOGIN.password },
    },
    overrides: {
      clock: { now: () => Date.now() + ahead },
      log: createLogger('warn', { write: (line) => void lines.push(line) }),
    },
  });
  client = clientOf(server.origin);
  const people = createPeople(server);
  nora = await people.signedIn('nora');
  boss = await people.signedIn('boss', 'owner');
  await choose('opensearch');
  await server.context.db('accounts').where({ id: nora.id }).update({ indexable: true });
}, 60_000);
afterEach(async () => {
  await server?.close();
  await engine?.close();
});

const db = () => server.context.db;
const follow = () => followSearch(server.context);
const state = async () => (await server.context.search.state()).engine;
const health = async () => (await client.get('/health')) as { status: number; body: Record<string, unknown> };
/** As the staff does on the page of settings. */
async function choose(driver: string): Promise<void> {
  const settings = { SEARCH_DRIVER: driver };
  const changed = await client.patch('/api/v1/admin/settings', {
    as: boss,
    body: { settings, reason: 'To try it.' },
  });
  expect(changed.status, changed.text).toBe(200);
}
/** After the longest pause that a failure makes. */
const later = () => {
  ahead += 61_000;
};

async function clip(caption: string): Promise<VideoId> {
  const id = await createVideoFactory(server.context).video(nora.account, { caption });
  await db()('videos').where({ id }).update({ language: 'en' });
  return id;
}

async function search(q: string, more = '') {
  const answer = await client.get(`/api/v1/search/videos?q=${encodeURIComponent(q)}${more}`, { as: nora });
  return {
    status: answer.status,
    ...(answer.body as { statuses: { id: VideoId }[]; next_cursor: string | null }),
  };
}
const found = async (q: string, more = '') => (await search(q, more)).statuses.map(({ id }) => id);

const answered = async (by: string): Promise<number> => {
  const { body } = await server.context.metrics.page();
  return Number(new RegExp(`vireo_search_answers_total{outcome="${by}"} (\\d+)`).exec(body)?.[1] ?? 0);
};
const live = () => [...engine.indexes].find(([, { aliases }]) => aliases.has('clips-videos-l1'));

describe('the engine is kept', () => {
  test('it is set up by the server, filled, and then told what changes and what goes', async () => {
    const [heron, wren] = [await clip('A heron'), await clip('A wren')];
    expect(await found('heron')).toEqual([]);
    await server.context.search.follow();
    expect(await found('heron')).toEqual([heron]);
    expect(await answered('opensearch-unfilled')).toBeGreaterThan(0);
    await follow();
    expect([...engine.indexes.keys()]).toEqual([expect.stringMatching(/^clips-videos-l1-[0-9a-z]+$/)]);
    expect([...(live()?.[1].documents.keys() ?? [])].sort()).toEqual([heron, wren].sort());
    expect(await found('heron')).toEqual([heron]);
    expect(await answered('opensearch')).toBe(1);
    await db()('videos').where({ id: heron }).update({ caption: 'A stork' });
    await db()('videos').where({ id: wren }).delete();
    await follow();
    expect(live()?.[1].documents.get(heron)).toMatchObject({ caption: expect.stringContaining('stork') });
    expect(live()?.[1].documents.has(wren)).toBe(false);
    expect(await state()).toMatchObject({ documents: 1, behind: 0, isFilling: false, failure: null });
    expect((await health()).body.parts).toMatchObject({ search: 'ok' });
  });

  test('it is away for hours: PostgreSQL answers, what changes waits once a video, and is told when it is back', async () => {
    const [heron, wren, owl] = [await clip('A heron'), await clip('A wren'), await clip('An owl')];
    await follow();
    await engine.away();
    for (let n = 0; n < 10; n += 1) {
      await db()('videos')
        .where({ id: heron })
        .update({ caption: `Stork ${n}` });
      await db()('videos').where({ id: wren }).delete();
      later();
      await follow();
      expect(await found('stork')).toEqual([heron]);
    }
    expect(await state()).toMatchObject({
      documents: null,
      behind: 2,
      failure: expect.stringContaining('search engine'),
    });
    const { status, body } = await health();
    expect({ status, body }).toMatchObject({ status: 200, body: { ok: true, parts: { search: 'failing' } } });
    expect(lines.filter((line) => line.includes('PostgreSQL answers searches meanwhile'))).toHaveLength(2);
    await engine.back();
    later();
    await follow();
    expect(await state()).toMatchObject({ documents: 2, behind: 0, failingSince: null, failure: null });
    expect(live()?.[1].documents.get(heron)).toMatchObject({ caption: expect.stringContaining('stork 9') });
    const before = await answered('opensearch');
    expect(await found('stork')).toEqual([heron]);
    expect(await found('owl')).toEqual([owl]);
    expect(await answered('opensearch')).toBe(before + 2);
    expect((await health()).body.parts).toMatchObject({ search: 'ok' });
  });

  test('an answer that is lost loses nothing, and what is told late and again changes nothing', async () => {
    const heron = await clip('A heron');
    await follow();
    await db()('videos').where({ id: heron }).update({ caption: 'A stork' });
    const told: string[] = [];
    engine.meddle = async ({ path, body }) => {
      if (path !== '/_bulk') return null;
      told.push(body);
      return 'cut';
    };
    await follow();
    expect(await state()).toMatchObject({ behind: 1 });
    engine.meddle = null;
    await db()('videos').where({ id: heron }).update({ caption: 'A crane' });
    later();
    await follow();
    const headers = {
      authorization: `Basic ${Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString('base64')}`,
    };
    const replayed = await fetch(`${engine.url}/_bulk?require_alias=true`, {
      method: 'POST',
      headers,
      body: told[0] ?? '',
    });
    expect(await replayed.json()).toMatchObject({ items: [{ index: { status: 409 } }] });
    expect(live()?.[1].documents.get(heron)).toMatchObject({ caption: expect.stringContaining('crane') });
    expect(await state()).toMatchObject({ behind: 0 });
  });

  test('a document that it refuses is left out and told of; the others are taken in', async () => {
    const [heron, wren] = [await clip('A heron'), await clip('A wren')];
    await follow();
    const outcome = (id: string, bad: boolean) => ({
      index: {
        _id: id,
        status: bad ? 400 : 200,
        ...(bad && { error: { type: 'mapper_parsing_exception' } }),
      },
    });
    engine.meddle = ({ path, body }) => {
      if (path !== '/_bulk') return null;
      const ids = body
        .split('\n')
        .flatMap((line) => (line.startsWith('{"index"') ? [JSON.parse(line).index._id] : []));
      return { status: 200, body: JSON.stringify({ items: ids.map((id) => outcome(id, id === heron)) }) };
    };
    await db()('videos').whereIn('id', [heron, wren]).update({ caption: 'New' });
    await follow();
    expect(await state()).toMatchObject({ behind: 0, failure: null });
    expect(lines.filter((line) => line.includes('refused documents'))).toHaveLength(1);
  });

  test('an engine that was emptied is filled again; one of a newer version of this program is left alone', async () => {
    const heron = await clip('A heron');
    await follow();
    engine.indexes.clear();
    expect(await found('heron')).toEqual([heron]);
    await follow();
    expect(live()?.[1].documents.has(heron)).toBe(true);
    const [index] = engine.indexes.values();
    if (!index) throw new Error('There is no index.');
    engine.indexes.clear();
    engine.indexes.set('clips-videos-l2-abc', { ...index, aliases: new Set(['clips-videos-l2']) });
    await follow();
    expect([...engine.indexes.keys()]).toEqual(['clips-videos-l2-abc']);
    expect(await found('heron')).toEqual([heron]);
  });

  test('the staff lets PostgreSQL answer again: nothing piles up, and it is filled anew when it is back in use', async () => {
    const heron = await clip('A heron');
    await follow();
    await choose('postgres');
    expect(await found('heron')).toEqual([heron]);
    expect(await answered('postgres')).toBe(1);
    await db()('videos').where({ id: heron }).update({ caption: 'A stork' });
    await follow();
    await db()('videos').where({ id: heron }).update({ caption: 'A crane' });
    await follow();
    expect(await db()('search_engine_changes')).toEqual([]);
    expect((await health()).body.parts).not.toHaveProperty('search');
    await choose('opensearch');
    await follow();
    expect(await found('crane')).toEqual([heron]);
    expect(await found('stork')).toEqual([]);
    expect(await answered('opensearch')).toBe(2);
    expect(engine.indexes.size).toBe(1);
  });
});

describe('a new index is filled beside the old one', () => {
  test('searches and changes go on meanwhile, and it takes the place of the old one at once', async () => {
    const ids: VideoId[] = [];
    for (let n = 0; n < 5; n += 1) ids.push(await clip(`Heron ${n}`));
    await follow();
    const [old] = live() ?? [];
    const seen: number[] = [];
    let isChanged = false;
    engine.meddle = async ({ path, body }) => {
      if (path !== '/_bulk' || !body.includes('clips-videos-l1-next')) return null;
      if (!isChanged) {
        isChanged = true;
        await db()('videos').where({ id: ids[0] }).update({ caption: 'A stork' });
        await db()('videos').where({ id: ids[1] }).delete();
        await server.context.search.follow();
      }
      seen.push((await found('heron')).length);
      return null;
    };
    const steps: number[] = [];
    const how = { isResumed: false, engineOnly: true, onStep: (behind: number) => void steps.push(behind) };
    const done = await server.context.search.reindex(how);
    expect(done).toMatchObject({
      ok: true,
      documents: 4,
      engine: { documents: 4, behind: 0, isFilling: false },
    });
    expect(seen.length).toBeGreaterThan(0);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(3);
    expect(steps.length).toBeGreaterThan(0);
    engine.meddle = null;
    expect(engine.indexes.size).toBe(1);
    expect(live()?.[0]).not.toBe(old);
    expect(new Set(await found('heron'))).toEqual(new Set(ids.slice(2)));
    expect(await found('stork')).toEqual([ids[0]]);
    expect(await answered('postgres')).toBe(0);
  });

  test('a command that is killed in the middle has lost nothing, and is resumed', {
    timeout: 60_000,
  }, async () => {
    const heron = await clip('A heron');
    await follow();
    const env = {
      ...{ ...process.env, ...cliEnvOf(server), SEARCH_DRIVER: 'opensearch', SEARCH_URL: engine.url },
      ...{ SEARCH_PREFIX: 'clips', SEARCH_USER: LOGIN.user, SEARCH_PASSWORD: LOGIN.password },
    };
    const cli = (...more: string[]) =>
      spawn(process.execPath, ['src/cli/main.ts', 'search', 'reindex', '--engine', ...more], {
        env,
        stdio: 'ignore',
      });
    const killed = new Promise<void>((resolve) => {
      engine.meddle = async ({ path }) => {
        if (path !== '/_bulk') return null;
        child.kill('SIGKILL');
        await once(child, 'exit');
        resolve();
        return 'cut';
      };
    });
    const child = cli();
    await killed;
    engine.meddle = null;
    expect(engine.indexes.size).toBe(2);
    expect(await found('heron')).toEqual([heron]);
    expect(await state()).toMatchObject({ isFilling: true, behind: 1 });
    // As long as the dead one has it, nobody else goes on.
    await db()('search_engine').update({ held_until: new Date(0) });
    const resumed = cli('--resume');
    const [code] = await once(resumed, 'exit');
    expect(code).toBe(0);
    expect(engine.indexes.size).toBe(1);
    expect(await state()).toMatchObject({ isFilling: false, behind: 0, documents: 1 });
  });
});

describe('the engine is not believed', () => {
  const hits = (ids: readonly string[], more: object = {}) => ({
    status: 200,
    body: JSON.stringify({
      ...{ timed_out: false, _shards: { failed: 0 } },
      hits: { total: { value: ids.length }, hits: ids.map((id, at) => ({ _id: id, _score: 9 - at })) },
      ...more,
    }),
  });
  const says = (answer: { status: number; body: string }) => {
    engine.meddle = ({ path }) => (path.endsWith('/_search') ? answer : null);
  };

  test('what is hidden or not there falls away, whatever it answers', async () => {
    const [heron, secret] = [await clip('A heron'), await clip('A secret')];
    await follow();
    await db()('videos').where({ id: secret }).update({ visibility: 'followers' });
    says(hits([secret, '999999', heron]));
    expect(await found('anything')).toEqual([heron]);
  });

  test('an answer that is none, too long, late or of a part is not used: PostgreSQL answers', async () => {
    const heron = await clip('A heron');
    await follow();
    const wrong = [
      { status: 200, body: 'It works!' },
      { status: 200, body: '{"hits":[]}' },
      hits(['1; drop table videos']),
      hits(Array.from({ length: 200 }, (_, at) => String(at + 1))),
      hits([], { timed_out: true }),
      hits([], { _shards: { failed: 1 } }),
      { status: 200, body: `{"a":"${'x'.repeat(600_000)}"}` },
      { status: 500, body: '{}' },
      { status: 403, body: '{"error":{"type":"security_exception","reason":"no permissions"}}' },
    ];
    for (const [at, answer] of wrong.entries()) {
      says(answer);
      expect(await found('heron'), `answer ${at}`).toEqual([heron]);
      expect(await answered('opensearch'), `answer ${at}`).toBe(0);
      later();
    }
    let stop = (): void => undefined;
    engine.meddle = ({ path }) =>
      path.endsWith('/_search') ? new Promise((resolve) => (stop = () => resolve('cut'))) : null;
    expect(await found('heron')).toEqual([heron]);
    stop();
    // And is not asked again at once.
    const asked = engine.asked.length;
    expect(await found('heron')).toEqual([heron]);
    expect(engine.asked).toHaveLength(asked);
  });

  test('a page is full though most of what it finds may not be seen, and pages follow each other', async () => {
    const ids: VideoId[] = [];
    for (let n = 0; n < 300; n += 1) ids.push(await clip('Lichen'));
    await follow();
    const shown = ids.slice(0, 15);
    await db()('videos').whereIn('id', ids.slice(15)).update({ visibility: 'followers' });
    const first = await search('lichen', '&limit=10');
    const second = await search('lichen', `&limit=10&cursor=${first.next_cursor}`);
    expect(first.statuses).toHaveLength(10);
    expect([...first.statuses, ...second.statuses].map(({ id }) => id).sort()).toEqual([...shown].sort());
    expect(second.next_cursor).toBeNull();
    expect(await answered('postgres')).toBe(0);
  });

  test('pages of one index are not continued by another', async () => {
    for (let n = 0; n < 5; n += 1) await clip('Lichen');
    await server.context.search.follow();
    const own = await search('lichen', '&limit=3');
    await follow();
    expect(await found('lichen', `&limit=3&cursor=${own.next_cursor}`)).toHaveLength(2);
    const first = await search('lichen', '&limit=3');
    await engine.away();
    const next = await client.get(`/api/v1/search/videos?q=lichen&limit=3&cursor=${first.next_cursor}`, {
      as: nora,
    });
    expect(next.status).toBe(503);
    expect(next.body.detail).toContain('Search again');
    await engine.back();
    later();
    expect(await found('lichen', `&limit=3&cursor=${first.next_cursor}`)).toHaveLength(2);
  });

  test('a wrong password is said, and searches are answered', async () => {
    const heron = await clip('A heron');
    engine.meddle = () => ({
      status: 401,
      body: '{"error":{"type":"security_exception","reason":"missing authentication"},"status":401}',
    });
    await follow();
    expect(await found('heron')).toEqual([heron]);
    expect(await state()).toMatchObject({ failure: expect.stringContaining('Look at SEARCH_USER') });
  });
});
