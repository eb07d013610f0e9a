import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readSyncHeader } from '../../federation/inbox/followers-sync.ts';
import { createDigest } from '../../federation/reading/followers-sync.ts';
import {
  createOf,
  eventually,
  letFollow,
  noteOf,
  post,
  quiet,
  type Rig,
  startRig,
} from '../helpers/activities.ts';
import type { PeerActor } from '../helpers/peer.ts';
import { createPeople } from '../helpers/people.ts';

let rig: Rig;
/** Somebody new of A in each test, whom alice follows. */
let carol: PeerActor;
let alice: string;
let serial = 0;

beforeAll(async () => {
  rig = await startRig();
  alice = rig.alice.account.uri;
});
afterAll(() => rig.close());
beforeEach(async () => {
  serial += 1;
  carol = await rig.a.actor(`carol${serial}`);
  await letFollow(rig, rig.a, carol);
});

const digestOf = (...uris: string[]) => {
  const digest = createDigest();
  for (const uri of uris) digest.add(uri);
  return digest.hex();
};

/** What the server of carol serves as her followers here. */
function list(...uris: string[]): string {
  const path = `/users/carol${serial}/sync`;
  const id = rig.a.url(path);
  rig.a.page(path, { id, type: 'OrderedCollection', orderedItems: uris });
  return id;
}

interface Header {
  readonly collectionId?: string;
  readonly url: string;
  readonly digest: string;
}

/** Sends an activity of carol with the header; signed, unless it says otherwise. */
async function send({ collectionId = carol.followers, url, digest }: Header, signed = true): Promise<void> {
  const header = `collectionId="${collectionId}", url="${url}", digest="${digest}"`;
  const usual = ['(request-target)', 'host', 'date', 'digest'];
  const answer = await post(rig.server, carol, createOf(carol, noteOf(carol)), {
    headers: { 'collection-synchronization': header },
    covered: signed ? [...usual, 'collection-synchronization'] : usual,
  });
  expect(answer.status).toBe(202);
  await quiet(rig.server);
}

async function following(actorUri = carol.id): Promise<string[]> {
  return rig.server.context
    .db('follows')
    .join('accounts as f', 'f.id', 'follows.follower_id')
    .join('accounts as t', 't.id', 'follows.target_id')
    .where({ 't.actor_uri': actorUri, 'follows.state': 'accepted' })
    .orderBy('f.actor_uri')
    .pluck('f.actor_uri');
}

const asked = () => rig.a.asked().filter((path) => path.endsWith('/sync'));

describe('the header', () => {
  test('is read as the FEP writes it, and its digest is the one of the FEP', () => {
    const digest = 'c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f';
    const url = 'https://example.org/users/1/followers_synchronization';
    const collectionId = 'https://example.org/users/1/followers';
    expect(readSyncHeader(`collectionId="${collectionId}", url="${url}", digest="${digest}"`)).toEqual({
      ...{ collectionId, url, digest },
    });
    expect(digestOf('https://testing.example.org/users/1', 'https://testing.example.org/users/2')).toBe(
      digest,
    );
  });

  test.each([
    '',
    'digest="00"',
    'collectionId="https://a.test/f", url="https://a.test/s", digest="xyz"',
    'collectionId="https://a.test/f", collectionId="https://b.test/f", url="https://a.test/s", digest="00"',
    `collectionId="javascript:1", url="https://a.test/s", digest="${'0'.repeat(64)}"`,
    'collectionId=',
    `${'x'.repeat(5_000)}`,
  ])('is none: %s', (text) => {
    expect(readSyncHeader(text)).toBeNull();
  });
});

describe('followers are compared', () => {
  test('and where both servers know the same, nothing is asked for', async () => {
    const before = asked().length;
    await send({ url: list(alice), digest: digestOf(alice) });
    expect(asked()).toHaveLength(before);
    expect(await following()).toEqual([alice]);
  });

  test('whom their server does not know follows no more', async () => {
    await send({ url: list(), digest: digestOf() });
    expect(await following()).toEqual([]);
  });

  test('whom only their server knows is taken back there; a request on its list counts as accepted', async () => {
    const people = createPeople(rig.server);
    const [unknown, asking] = [await people.local(`unknown${serial}`), await people.local(`asking${serial}`)];
    const target = await rig.server.context.accounts.byActorUri(carol.id);
    if (!target) throw new Error('There is no carol.');
    await people.follow(asking, target, 'pending');
    const all = [alice, unknown.actorUri, asking.actorUri];
    const foreign = rig.a.url('/users/nobody');
    await send({ url: list(...all, foreign, `${rig.server.origin}/ap/users/1`), digest: digestOf(...all) });
    expect(await following()).toEqual([alice, asking.actorUri].sort());
    const undo = await eventually('the Undo arrives', () =>
      rig.a.received.find((one) => one.activity.type === 'Undo' && one.activity.actor === unknown.actorUri),
    );
    expect(undo.activity.object).toMatchObject({ type: 'Follow', actor: unknown.actorUri, object: carol.id });
    expect(rig.a.received.filter((one) => one.activity.type === 'Undo')).toHaveLength(1);
  });

  test('only on the word of a signature that covers the header', async () => {
    await send({ url: list(), digest: digestOf() }, false);
    expect(await following()).toEqual([alice]);
  });

  test('only for the followers of the sender, and at an address of the same authority', async () => {
    const before = asked().length;
    const evil = rig.e.url('/sync');
    rig.e.page('/sync', { id: evil, type: 'OrderedCollection', orderedItems: [] });
    await send({ url: evil, digest: digestOf() });
    await send({ collectionId: rig.carol.followers, url: list(), digest: digestOf() });
    await send({ collectionId: rig.mallory.followers, url: evil, digest: digestOf() });
    expect(await following()).toEqual([alice]);
    expect(asked()).toHaveLength(before);
    expect(rig.e.asked()).not.toContain('/sync');
  });

  test('and a list that cannot be read to its end takes nobody away', async () => {
    const url = list();
    const path = new URL(url).pathname;
    rig.a.page(path, { id: url, type: 'OrderedCollection', first: `${url}?1` });
    rig.a.page(`${path}?1`, { id: `${url}?1`, type: 'OrderedCollectionPage', orderedItems: [], next: url });
    await send({ url, digest: digestOf() });
    expect(asked()).toContain(path);
    expect(await following()).toEqual([alice]);
  });

  test('not again and again for one account', async () => {
    const before = asked().length;
    rig.a.page(new URL(list()).pathname, 404);
    const url = rig.a.url(`/users/carol${serial}/sync`);
    await send({ url, digest: digestOf() });
    await send({ url, digest: digestOf('x') });
    expect(asked()).toHaveLength(before + 1);
  });
});
