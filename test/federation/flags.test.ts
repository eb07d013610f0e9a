import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { DUE_NOW, eventually } from '../helpers/activities.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { startPeer } from '../helpers/peer.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { query } from '../helpers/probes.ts';
import { HONEST } from '../helpers/remote-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { type ApexPeer, startApex } from './apex.ts';

/**
 * Reports that leave this server (ActivityPub Flag): as Mastodon sends them, signed, in the name of the server, so that nobody elsewhere
 * learns who reported. They go to a second server of ours and to an independent one.
 */
const REPORTER = 'zenobia';
let a: TestServer;
let b: TestServer;
let atA: Client;
let atB: Client;
let reporter: Person;
let moderator: Person;
let author: Person;

beforeAll(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const variables = { REMOTE_VIDEO: 'off', INSTANCE_RULES: 'Be kind.\nNo spam.' };
  a = await startTestServer({ role: 'all', host: '127.0.0.2', variables });
  b = await startTestServer({ role: 'all', host: '127.0.0.3', variables });
  [atA, atB] = [clientOf(a.origin), clientOf(b.origin)];
  reporter = await createPeople(a).signedIn(REPORTER);
  moderator = await createPeople(b).signedIn('minna', 'moderator');
  author = await createPeople(b).signedIn('author');
});
afterAll(async () => {
  await Promise.all([a?.close(), b?.close()]);
  vi.restoreAllMocks();
});

/** What A finds at an address. */
async function found(q: string, type: 'accounts' | 'statuses') {
  const query = new URLSearchParams({ q, type, resolve: 'true' });
  const { body } = await atA.get(`/api/v2/search?${query}`, { as: reporter });
  const [first] = body[type];
  if (!first) throw new Error(`A does not find ${q}.`);
  return first;
}

/** Reports somebody from A as an app does; gives the report. */
async function reported(
  about: { account_id: string; status_ids?: string[]; pack_ids?: string[] },
  more: object,
): Promise<string> {
  const { body, status, text } = await atA.post('/api/v1/reports', {
    as: reporter,
    body: { ...about, ...more },
  });
  expect(status, text).toBe(200);
  return body.id;
}

/** The activity of a report, as A has sent it. */
async function sentFor(id: string): Promise<string> {
  const { uri } = await a.context.db('reports').where({ id }).first('uri');
  const row = await a.context.db('activities').where({ uri }).first('body');
  return typeof row.body === 'string' ? row.body : JSON.stringify(row.body);
}

/** Nothing by which somebody could tell who reported. */
function expectNobodyIn(text: string): void {
  for (const trace of [REPORTER, reporter.id, reporter.account.actorUri]) expect(text).not.toContain(trace);
}

describe('a report of a video of another server of ours', () => {
  test('is a report in the queue there, of the server itself, with the words that were to go', async () => {
    const id = await createVideoFactory(b.context).video(author.account, { caption: 'Insults' });
    const { uri } = await b.context.db('videos').where({ id }).first('uri');
    const status = await found(uri, 'statuses');
    const about = { account_id: status.account.id, status_ids: [status.id] };
    const filed = await reported(about, { comment: 'He insults us.', forward: true, rule_ids: ['1'] });

    const reports = () => b.context.db('reports').where({ target_id: author.id }).pluck('id');
    await eventually('B has the report', async () => (await reports()).length === 1);
    const [report] = await reports();
    const { body } = await atB.get(`/api/v1/admin/reports/${report}`, { as: moderator });
    expect(body).toMatchObject({
      ...{ comment: 'He insults us.', action_taken: false },
      account: { domain: new URL(a.origin).host, account: { uri: a.context.urls.instanceActor } },
      target_account: { username: 'author' },
      statuses: [{ id }],
    });
    expectNobodyIn(JSON.stringify(body));

    // As Mastodon writes it: which rules of its own server somebody named says nothing elsewhere.
    const sent = await sentFor(filed);
    expectNobodyIn(sent);
    expect(JSON.parse(sent)).toEqual({
      '@context': expect.anything(),
      id: expect.stringContaining(a.origin),
      type: 'Flag',
      actor: a.context.urls.instanceActor,
      content: 'He insults us.',
      object: [author.account.actorUri, uri],
      to: [author.account.actorUri],
    });
    const [kept] = await b.context.db('inbox_activities').where({ type: 'Flag' }).select('body', 'actor_uri');
    expect(kept.actor_uri).toBe(a.context.urls.instanceActor);
    expectNobodyIn(String(kept.body));
  });

  test('names a starter pack of its own as one', async () => {
    const pack = await atB.post('/api/v1/packs', { as: author, body: { title: 'Hate' } });
    const { uri, id } = pack.body;
    const read = await atA.post('/api/v1/packs/read', { as: reporter, body: { url: uri } });
    expect(read.status, read.text).toBe(200);
    const about = { account_id: read.body.account.id, pack_ids: [read.body.id] };
    const filed = await reported(about, { comment: 'Look who is in it.', forward: true });
    const kept = await eventually('B has the report', async () =>
      b.context.db('reports').where({ comment: 'Look who is in it.' }).first('pack_ids', 'target_id'),
    );
    expect(kept).toEqual({ pack_ids: [id], target_id: author.id });
    expectNobodyIn(await sentFor(filed));
  });

  test('stays at home where nobody asked for more; later words are those of the staff', async () => {
    const somebody = await createPeople(b).signedIn('somebody');
    const target = await found(`@somebody@${new URL(b.origin).host}`, 'accounts');
    const filed = await reported({ account_id: target.id }, { comment: 'She hurt me.', forward: false });
    const staff = await createPeople(a).signedIn('moa', 'moderator');
    const { status } = await atA.post(`/api/v1/admin/reports/${filed}/forward`, {
      ...{ as: staff, body: { summary: 'Threats.' } },
    });
    expect(status).toBe(200);
    const rows = await eventually('B has the report', async () => {
      const all = await b.context.db('reports').where({ target_id: somebody.id }).select('comment');
      return all.length > 0 && all;
    });
    expect(rows).toEqual([{ comment: 'Threats.' }]);
    const sent = await sentFor(filed);
    expectNobodyIn(sent);
    expect(sent).not.toContain('hurt');
  });
});

describe('a report of somebody of an independent server', () => {
  let apex: ApexPeer;
  beforeAll(async () => {
    apex = await startApex('127.0.0.1');
  });
  afterAll(() => apex?.close());
  const flags = () => apex.stream('/inbox/bob').filter(({ type }) => type === 'Flag');

  test('arrives there signed, as its own library verifies it', async () => {
    const target = await found(`@bob@${new URL(apex.origin).host}`, 'accounts');
    await reported({ account_id: target.id }, { comment: 'Spam, all day.', forward: true });
    await eventually('bob’s server has the Flag', () => flags().length > 0);
    const [flag] = flags();
    expect(flag).toMatchObject({ content: ['Spam, all day.'], object: [apex.bobId], to: [apex.bobId] });
    expectNobodyIn(JSON.stringify(flag));
    // The same without a signature is not taken: what has arrived was verified.
    const { '@context': context, ...again } = JSON.parse(JSON.stringify(flag));
    const unsigned = await fetch(`${apex.origin}/inbox/bob`, {
      method: 'POST',
      headers: { 'content-type': 'application/activity+json' },
      body: JSON.stringify({ '@context': context ?? 'https://www.w3.org/ns/activitystreams', ...again }),
    });
    expect(unsigned.status).toBe(401);
    expect(flags()).toHaveLength(1);
  });

  test('comes once it is back, where it was away', async () => {
    const peer = await startPeer(HONEST);
    try {
      const carol = await peer.actor('carol');
      const target = await found(carol.handle, 'accounts');
      peer.script('hang-up', 503, 'hang-up');
      await reported({ account_id: target.id }, { comment: 'Scams.', forward: true });
      const got = () => peer.received.filter(({ activity }) => activity.type === 'Flag');
      await eventually('it is tried again until it is taken', async () => {
        await query(a.context.databaseUrl, DUE_NOW);
        return got().length === 4;
      });
      await eventually('it is delivered', async () => {
        const row = await a.context.db('deliveries').where({ host: peer.host }).first('state');
        return row.state === 'delivered';
      });
      const ids = got().map(({ activity }) => activity.id);
      expect(new Set(ids).size).toBe(1);
      expect(got().at(-1)?.activity).toMatchObject({ content: 'Scams.', object: [carol.id] });
    } finally {
      await peer.close();
    }
  });
});
