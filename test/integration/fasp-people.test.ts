import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { faspLimits } from '../../config/fasp-limits.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { empty } from '../helpers/emptying.ts';
import { type FaspRig, startAcceptedFasp } from '../helpers/fasp-rig.ts';
import { type Peer, type PeerActor, startPeer } from '../helpers/peer.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { EVIL, HONEST, startRemote } from '../helpers/remote-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** People whom auxiliary services find and recommend: looked up at their own servers, and shown to whoever may see them. */
let server: TestServer;
let client: Client;
let people: People;
let peer: Peer;
let fasp: FaspRig;
let number = 0;

const SEARCH = '/account_search/v0/search';
const RECOMMEND = '/follow_recommendation/v0/accounts';

beforeAll(async () => {
  server = await startTestServer({
    role: 'all',
    variables: { ALLOWED_PRIVATE_ADDRESSES: `${HONEST},${EVIL}`, REMOTE_VIDEO: 'off', QUEUES: 'mail' },
  });
  client = clientOf(server.origin);
  people = createPeople(server);
  peer = await startPeer(HONEST);
});
afterAll(async () => {
  await server?.close();
  await peer?.close();
});
beforeEach(async () => {
  await empty(server, 'fasp_providers');
  fasp = await startAcceptedFasp(server, EVIL, ['account_search', 'follow_recommendation']);
  for (const capability of ['account_search', 'follow_recommendation']) await fasp.use(capability);
  fasp.seen.length = 0;
});
afterEach(() => fasp.close());

const db = () => server.context.db;
const newName = () => {
  number += 1;
  return `teapot${number}x`;
};
/** Whoever may be found, here or there. */
async function somebody(): Promise<Person> {
  const person = await people.signedIn(newName());
  await db()('accounts').where({ id: person.id }).update({ discoverable: true });
  return person;
}
const far = (changes: object = { discoverable: true }): Promise<PeerActor> => peer.actor(newName(), changes);
const names = (...uris: unknown[]) => {
  fasp.answers[`GET ${SEARCH}`] = { status: 200, body: uris };
  fasp.answers[`GET ${RECOMMEND}`] = { status: 200, body: uris };
};
const asked = () => fasp.seen.map(({ path }) => path);

async function search(q: string, as?: Person, more = '&resolve=true'): Promise<string[]> {
  const path = `/api/v2/search?type=accounts&q=${encodeURIComponent(q)}${more}`;
  const answer = await client.get(path, { as });
  expect(answer.status, answer.text).toBe(200);
  return answer.body.accounts.map(({ uri }: { uri: string }) => uri);
}

/** What comes too late for one answer is there for the next. */
const soon = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 100 });
const failures = async () => {
  const [provider] = await server.context.fasp.providers.list();
  return new Map(provider?.capabilities.map(({ capability, failure }) => [capability, failure]));
};

describe('a search for people', () => {
  test('shows whom a provider names below those of here; it hears the words, and not whose they are', async () => {
    const [viewer, here, one, hidden] = [
      await somebody(),
      await somebody(),
      await far(),
      await far({ discoverable: false }),
    ];
    names(one.id, 'no address', 7, hidden.id);
    const both = [here.account.actorUri, one.id];
    await soon(async () => expect(await search(here.account.username, viewer)).toEqual(both));
    expect([...new Set(asked())]).toEqual([
      `${SEARCH}?term=${here.account.username}&limit=${faspLimits.foundPeople}`,
    ]);
    expect(fasp.turnedAway).toEqual([]);
    const sent = JSON.stringify(fasp.seen.map(({ headers, path }) => [headers, path]));
    for (const own of [viewer.id, viewer.account.username]) expect(sent).not.toContain(own);
    // Known from now on, and not asked for again.
    await soon(async () =>
      expect(await db()('accounts').where({ actor_uri: hidden.id }).first('id')).toBeDefined(),
    );
    const before = [asked().length, peer.asked().length];
    expect(await search(here.account.username, viewer)).toEqual(both);
    expect([asked().length, peer.asked().length]).toEqual(before);
  });

  test('has only so many looked up at once, of all who search together', async () => {
    fasp.answers[`GET ${SEARCH}`] = ({ path }) => ({
      status: 200,
      body: Array.from({ length: faspLimits.lookedUpPeople }, (_, at) =>
        peer.url(`/nobody/${at}${new URL(peer.url(path)).search}`),
      ),
    });
    const held = Promise.withResolvers<boolean>();
    let looked = 0;
    const mayLookUp = () => {
      looked += 1;
      return held.promise;
    };
    const searches = faspLimits.lookedUpAtOnce / faspLimits.lookedUpPeople + 2;
    for (let at = 0; at < searches; at += 1) await server.context.fasp.people.search(newName(), mayLookUp);
    await soon(() => expect(fasp.seen).toHaveLength(searches));
    held.resolve(false);
    expect(looked).toBe(faspLimits.lookedUpAtOnce);
  });

  test.each([
    ['who is not signed in', async () => search('quixotic words')],
    ['who does not ask other servers', async (viewer: Person) => search('quixotic words', viewer, '')],
    [
      'who wants those that she follows',
      async (viewer: Person) => search('quixotic words', viewer, '&following=true&resolve=true'),
    ],
    [
      'who looks at the next page',
      async (viewer: Person) => search('quixotic words', viewer, '&offset=20&resolve=true'),
    ],
    ['who names somebody', async (viewer: Person) => search('@nobody', viewer)],
    ['who names a hashtag', async (viewer: Person) => search('#quixotic', viewer)],
  ])('tells a provider nothing of somebody %s', async (_, find) => {
    names((await far()).id);
    expect(await find(await somebody())).toEqual([]);
    expect(asked()).toEqual([]);
  });

  test('does not ask once that is turned off', async () => {
    const { context } = server;
    names((await far()).id);
    const off = { capability: 'account_search', isEnabled: false };
    await context.inTx((tx) => context.fasp.providers.setCapability(tx, operator, fasp.id, off));
    expect(await search('quixotic pause', await somebody())).toEqual([]);
    expect(asked()).toEqual([]);
  });

  test('shows nobody whom the viewer has blocked, who is limited, or whose server is suspended', async () => {
    const [viewer, one, two] = [await somebody(), await far(), await far()];
    names(one.id, two.id);
    await soon(async () => expect(await search('quixotic blocks', viewer)).toEqual([one.id, two.id]));
    const idOf = async (uri: string) => (await db()('accounts').where({ actor_uri: uri }).first('id')).id;
    await client.post(`/api/v1/accounts/${await idOf(one.id)}/block`, { as: viewer });
    expect(await search('quixotic blocks', viewer)).toEqual([two.id]);
    await db()('accounts').where({ actor_uri: two.id }).update({ undiscoverable: true });
    expect(await search('quixotic blocks', viewer)).toEqual([]);
    await db()('domain_policies').insert({ domain: HONEST, severity: 'suspend' });
    const third = await far();
    names(third.id);
    expect(await search('quixotic end', viewer)).toEqual([]);
    expect(peer.asked()).not.toContain(new URL(third.id).pathname);
    await db()('domain_policies').delete();
  });

  test.each([
    ['not signed', { leaveOut: 'signature' as const }],
    ['signed with another key', { key: generateKeyPairSync('ed25519').privateKey }],
    ['signed long ago', { created: Math.floor(Date.now() / 1_000) - 400 }],
  ])('believes no answer that is %s', async (_, faults) => {
    names((await far()).id);
    Object.assign(fasp.fasp, { faults });
    expect(await search('quixotic forgery', await somebody())).toEqual([]);
    await soon(async () => expect((await failures()).get('account_search')).toMatch(/^Its answer/));
  });

  test('goes on without a provider that is away, and leaves it alone for a while', async () => {
    const [viewer, here] = [await somebody(), await somebody()];
    const { base_url } = await db()('fasp_providers').first('base_url');
    // Nobody listens there.
    await db()('fasp_providers').update({ base_url: `http://${EVIL}:1` });
    expect(await search(here.account.username, viewer)).toEqual([here.account.actorUri]);
    await soon(async () => expect((await failures()).get('account_search')).toEqual(expect.any(String)));
    await db()('fasp_providers').update({ base_url });
    names((await far()).id);
    expect(await search(here.account.username, viewer)).toEqual([here.account.actorUri]);
    expect(asked()).toEqual([]);
  });

  test('does not wait for a provider that never answers', async () => {
    const [viewer, here] = [await somebody(), await somebody()];
    let hasEnded = false;
    const hung = await startRemote(EVIL, (_, response) => {
      response.on('close', () => {
        hasEnded = true;
      });
    });
    await db()('fasp_providers').update({ base_url: hung.origin });
    expect(await search(here.account.username, viewer)).toEqual([here.account.actorUri]);
    expect(hasEnded).toBe(false);
    await soon(() => expect(hung.seen).toHaveLength(1));
    await hung.close();
  });

  test('looks up a few of whom it names, and so many for one person', async () => {
    const viewer = await somebody();
    const looks = () => peer.asked().filter((path) => path.startsWith('/users/nobody')).length;
    const nobody = (search: number) =>
      Array.from({ length: faspLimits.foundPeople }, (_, one) => peer.url(`/users/nobody${search}-${one}`));
    names(...nobody(0));
    await search('quixotic 0', viewer);
    await soon(() => expect(looks()).toBe(faspLimits.lookedUpPeople));
    for (let one = 1; one < 7; one += 1) {
      names(...nobody(one));
      await search(`quixotic ${one}`, viewer);
      await soon(() => expect(asked().at(-1)).toContain(`quixotic+${one}`));
    }
    await soon(() => expect(looks()).toBe(20));
  });
});

describe('suggestions', () => {
  const suggested = async (as: Person) =>
    (await client.get('/api/v2/suggestions', { as })).body
      .filter(({ sources }: { sources: string[] }) => sources.includes('recommended'))
      .map(({ account }: { account: { uri: string } }) => account.uri);

  test('name whom a provider recommends, until they are followed, dismissed or blocked', async () => {
    const viewer = await somebody();
    const [one, two, three, hidden] = [
      await far(),
      await far(),
      await far(),
      await far({ discoverable: false }),
    ];
    names(hidden.id, two.id, one.id, three.id, viewer.account.actorUri);
    await soon(async () => expect(await suggested(viewer)).toEqual([two.id, one.id, three.id]));
    expect([...new Set(asked())]).toEqual([
      `${RECOMMEND}?accountUri=${encodeURIComponent(viewer.account.actorUri)}`,
    ]);
    const accountOf = (actor: PeerActor) => server.context.accounts.byActorUri(actor.id);
    const [first, second, third] = [await accountOf(one), await accountOf(two), await accountOf(three)];
    if (!first || !second || !third) throw new Error('Somebody is missing.');
    await client.delete(`/api/v1/suggestions/${second.id}`, { as: viewer });
    await client.post(`/api/v1/accounts/${third.id}/block`, { as: viewer });
    const before = asked().length;
    expect(await suggested(viewer)).toEqual([one.id]);
    await people.follow(viewer.account, first);
    expect(await suggested(viewer)).toEqual([]);
    // One answer is good for a while.
    expect(asked()).toHaveLength(before);
  });

  test('name nobody to a provider who does not want to be found, or is kept from being found', async () => {
    names((await far()).id);
    for (const change of [{ discoverable: false }, { undiscoverable: true }]) {
      const viewer = await somebody();
      await db()('accounts').where({ id: viewer.id }).update(change);
      expect(await suggested(viewer)).toEqual([]);
    }
    expect(asked()).toEqual([]);
  });

  test('do without a provider that is away', async () => {
    await db()('fasp_providers').update({ base_url: `http://${EVIL}:1` });
    expect(await suggested(await somebody())).toEqual([]);
  });
});
