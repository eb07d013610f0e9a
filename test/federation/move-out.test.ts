import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/chaos.ts';
import { type Client, clientOf, createPeople, PASSWORD, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const MOVE = '/api/v1/accounts/move';
const ALIAS = '/api/v1/accounts/alias';

let a: TestServer;
let b: TestServer;
let atA: Client;
let atB: Client;
let old: Person;
let follower: Person;
let neighbour: Person;
let next: Person;

beforeAll(async () => {
  a = await startTestServer({ role: 'all', host: '127.0.0.2' });
  b = await startTestServer({ role: 'all', host: '127.0.0.3' });
  [atA, atB] = [clientOf(a.origin), clientOf(b.origin)];
  const [peopleOfA, peopleOfB] = [createPeople(a), createPeople(b)];
  old = await peopleOfA.signedIn('alice');
  neighbour = await peopleOfA.signedIn('nora');
  next = await peopleOfB.signedIn('alice_too');
  follower = await peopleOfB.signedIn('frank');
  await peopleOfA.follow(neighbour.account, old.account);
});

afterAll(async () => {
  await Promise.all([a?.close(), b?.close()]);
});

const hostOf = (server: TestServer) => new URL(server.origin).host;

/** What somebody's own server knows of an account, by its handle. */
async function find(client: Client, as: Person, handle: string) {
  const { body } = await client.get(
    `/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(handle)}`,
    { as },
  );
  return body.accounts[0];
}

async function follows(client: Client, as: Person, id: string): Promise<boolean> {
  const { body } = await client.get(`/api/v1/accounts/relationships?id[]=${id}`, { as });
  return body[0].following;
}

describe('an account that goes to another server', () => {
  test('is not taken there unless the new one names it, nor without the password, nor twice', async () => {
    const body = { password: PASSWORD, moved_to_uri: `@alice_too@${hostOf(b)}` };
    expect((await atA.post(MOVE, { as: old, body })).body).toMatchObject({ code: 'not-an-alias' });
    const wrong = await atA.post(MOVE, { as: old, body: { ...body, password: 'not mine' } });
    expect(wrong.body).toMatchObject({ code: 'wrong-password' });
    const itself = await atA.post(MOVE, { as: old, body: { ...body, moved_to_uri: old.account.actorUri } });
    expect(itself.body).toMatchObject({ code: 'yourself' });
    const nobody = await atA.post(MOVE, {
      as: old,
      body: { ...body, moved_to_uri: `@nobody@${hostOf(b)}` },
    });
    expect(nobody.status).toBe(404);
    expect((await atA.get(`/api/v1/accounts/${old.id}`)).body.moved).toBeUndefined();
  });

  test('takes its followers along, of its own server and of others', async () => {
    const seen = await find(atB, follower, `@alice@${hostOf(a)}`);
    await atB.post(`/api/v1/accounts/${seen.id}/follow`, { as: follower });
    await eventually('A accepts', () => follows(atB, follower, seen.id));

    const alias = { also_known_as_uris: [`@alice@${hostOf(a)}`] };
    expect((await atB.post(ALIAS, { as: next, body: alias })).body).toEqual({
      also_known_as_uris: [old.account.actorUri],
    });
    expect((await atB.get(ALIAS, { as: next })).body.also_known_as_uris).toEqual([old.account.actorUri]);
    const body = { password: PASSWORD, moved_to_uri: `@alice_too@${hostOf(b)}` };
    expect((await atA.post(MOVE, { as: old, body })).status).toBe(200);

    await eventually('Frank follows the new one', () => follows(atB, follower, next.id));
    expect(await follows(atB, follower, seen.id)).toBe(false);
    const there = await find(atA, neighbour, `@alice_too@${hostOf(b)}`);
    await eventually('so does Nora', () => follows(atA, neighbour, there.id));
    expect(await follows(atA, neighbour, old.id)).toBe(false);
    const shown = await atA.get(`/api/v1/accounts/${old.id}`);
    expect(shown.body.moved).toMatchObject({ acct: `alice_too@${hostOf(b)}` });
    const actor = await fetch(old.account.actorUri, { headers: { accept: 'application/activity+json' } });
    expect(await actor.json()).toMatchObject({ movedTo: next.account.actorUri });

    expect((await atA.post(MOVE, { as: old, body })).body).toMatchObject({ code: 'moved-before' });
  });
});
