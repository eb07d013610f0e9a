import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  activityOf,
  createOf,
  followOf,
  noteOf,
  outcomeOf,
  post,
  quiet,
  withoutEffect,
} from '../helpers/activities.ts';
import { type Circle, startCircle } from '../helpers/inbox-rig.ts';
import { type Peer, type PeerActor, type SignatureChanges, send, signedPost } from '../helpers/peer.ts';
import type { TestServer } from '../helpers/server.ts';

let rig: Circle;
let server: TestServer;
let a: Peer;
let e: Peer;
let carol: PeerActor;
let mallory: PeerActor;
/** Actor id of a person of our server, who follows both. */
let alice: string;

beforeAll(async () => {
  rig = await startCircle();
  ({ server, a, e, carol, mallory } = rig);
  alice = rig.alice.account.uri;
});
afterAll(() => rig.close());

const pemOf = (actor: PeerActor) => String(actor.publicKey.export({ type: 'spki', format: 'pem' }));

/** Status of a Follow in carol's name that mallory signs. */
async function impersonated(
  changes: SignatureChanges,
  asked: readonly string[],
  actor: Pick<PeerActor, 'id' | 'followers'> = carol,
): Promise<number> {
  const request = signedPost(mallory, `${server.origin}/inbox`, followOf(actor, alice), changes);
  // That a key is not to be had may be remembered, except for one that is ours.
  const allowed = { asked, remembersKey: !changes.keyId?.startsWith(server.origin) };
  return (await withoutEffect(server, [a, e], () => send(server.origin, request), allowed)).status;
}

describe('keys speak for their own actor only', () => {
  test('S5 the activity names another actor than the key belongs to', async () => {
    expect(await impersonated({}, [])).toBe(401);
  });

  test('S5 a document of the key alone names another owner', async () => {
    const keyId = e.url('/keys/1');
    e.page('/keys/1', { id: keyId, type: 'CryptographicKey', owner: carol.id, publicKeyPem: pemOf(mallory) });
    expect(await impersonated({ keyId }, ['/keys/1'])).toBe(401);
  });

  test('S5 an actor lists a key that it says is another’s', async () => {
    const id = e.url('/users/liar');
    const publicKey = { id: `${id}#main-key`, owner: carol.id, publicKeyPem: pemOf(mallory) };
    await e.actor('liar', { publicKey });
    expect(await impersonated({ keyId: publicKey.id }, ['/users/liar'])).toBe(401);
    const liar = { id, followers: `${id}/followers` };
    expect(await impersonated({ keyId: publicKey.id }, [], liar)).toBe(401);
  });

  test('S6 a key on one server for an actor of another, though the actor lists it', async () => {
    const keyId = e.url('/keys/2');
    const id = a.url('/users/dave');
    const publicKey = { id: keyId, owner: id, publicKeyPem: pemOf(mallory) };
    const dave = await a.actor('dave', { publicKey });
    e.page('/keys/2', { type: 'CryptographicKey', ...publicKey });
    expect(await impersonated({ keyId }, ['/keys/2'], dave)).toBe(401);
  });

  test('S6 the document of a key has another id than its address', async () => {
    const keyId = a.url('/keys/3');
    e.page('/keys/3', {
      id: keyId,
      type: 'CryptographicKey',
      owner: mallory.id,
      publicKeyPem: pemOf(mallory),
    });
    expect(await impersonated({ keyId: e.url('/keys/3') }, ['/keys/3'])).toBe(401);
    expect(await server.context.db('remote_keys').where({ key_uri: keyId })).toEqual([]);
  });

  test('S7 the id of an actor leads to another server', async () => {
    const id = a.url('/go');
    a.page('/go', { redirect: mallory.id });
    expect(await impersonated({ keyId: `${id}#main-key` }, ['/go'], { id, followers: id })).toBe(401);
  });

  test('S7 the id of an actor leads to, or serves, another actor of the same server', async () => {
    const mallet = await e.actor('mallet');
    for (const [path, page] of [
      ['/moved', { redirect: mallet.id }],
      ['/posing', mallet.document],
    ] as const) {
      const id = e.url(path);
      e.page(path, page);
      const changes = { keyId: `${id}#main-key`, key: mallet.privateKey };
      const asked = [path, '/users/mallet'];
      expect(await impersonated(changes, asked, { id, followers: id })).toBe(401);
    }
  });

  test('V11 nobody outside is one of ours', async () => {
    const mine = { id: alice, followers: `${alice}/followers` };
    expect(await impersonated({}, [], mine)).toBe(401);
    expect(await impersonated({ keyId: `${alice}#main-key` }, [], mine)).toBe(401);
    const shouted = alice.replace('http://', 'HTTP://');
    expect(await impersonated({ keyId: `${shouted}#main-key` }, [], { ...mine, id: shouted })).toBe(401);
  });
});

describe('O1 an activity has an id of its actor’s own server', () => {
  test('others are refused, and do not take the id from whom it belongs to', async () => {
    const genuine = followOf(carol, alice);
    const stolen = { ...followOf(mallory, alice), id: genuine.id };
    const answer = await withoutEffect(server, [a, e], () => post(server, mallory, stolen));
    expect(answer.status).toBe(400);
    expect(await outcomeOf(server, carol, genuine)).toBe('applied');
  });

  test('the same id by another actor of the same server takes nothing either', async () => {
    const mole = await a.actor('mole');
    const genuine = followOf(carol, alice);
    await outcomeOf(server, mole, { ...followOf(mole, alice), id: genuine.id });
    expect((await post(server, carol, genuine)).status).toBe(202);
    await quiet(server);
    const rows = await server.context.federation.explain(genuine.id);
    expect(rows.map(({ actor, state }) => [actor, state])).toEqual([
      [mole.id, 'applied'],
      [carol.id, 'applied'],
    ]);
  });

  test.for(['', 'x', 'javascript:alert(1)', 42, ['https://a.example/1'], 'https://u:p@a.example/1'])(
    'an id like %j is none',
    async (id) => {
      const activity = { ...followOf(mallory, alice), id };
      const answer = await withoutEffect(server, [a, e], () => post(server, mallory, activity));
      expect(answer.status).toBe(400);
    },
  );
});

describe('O2 a Create brings only what its actor made', () => {
  /** Sends a Create by mallory; no video may come of it, and nobody is asked for anything but `asked`. */
  async function outcome(note: unknown, asked: readonly string[] = []): Promise<string> {
    const before = [...a.asked(), ...e.asked()].length;
    const create = activityOf('Create', mallory, note, {
      to: ['https://www.w3.org/ns/activitystreams#Public'],
    });
    const result = await outcomeOf(server, mallory, create);
    expect(await server.context.db('videos').count()).toEqual([{ count: '0' }]);
    expect([...a.asked(), ...e.asked()].length - before).toBe(asked.length);
    expect(e.asked().slice(e.asked().length - asked.length)).toEqual(asked);
    return result;
  }

  test('not what lies on another server, embedded or named', async () => {
    const note = noteOf(carol);
    a.page(new URL(note.id).pathname, note);
    expect(await outcome(note)).toBe('refused: not-the-author');
    expect(await outcome({ ...note, attributedTo: mallory.id })).toBe('refused: not-the-author');
    expect(await outcome(note.id)).toBe('refused: not-the-author');
  });

  test('not what another made, on the same server or not', async () => {
    const mallet = { id: e.url('/users/mallet'), followers: '' };
    expect(await outcome(noteOf(mallory, { attributedTo: carol.id }))).toBe('refused: not-the-author');
    expect(await outcome(noteOf(mallory, { attributedTo: mallet.id }))).toBe('refused: not-the-author');
    expect(await outcome(noteOf(mallory, { attributedTo: [carol.id, mallory.id] }))).toBe(
      'refused: not-the-author',
    );
    expect(await outcome(noteOf(mallory, { attributedTo: undefined }))).toBe('refused: not-the-author');
    const note = noteOf(mallet);
    e.page(new URL(note.id).pathname, note);
    expect(await outcome(note.id, [new URL(note.id).pathname])).toBe('refused: not-the-author');
  });

  test('not what is ours', async () => {
    const id = `${server.origin}/ap/videos/1`;
    expect(await outcome({ ...noteOf(mallory), id })).toBe('refused: object-is-ours');
    expect(await outcome(id)).toBe('refused: object-is-ours');
  });

  test('O3 not a document with another id than its address', async () => {
    const foreign = noteOf(carol);
    e.page('/o3/foreign', { ...foreign, attributedTo: mallory.id });
    expect(await outcome(e.url('/o3/foreign'), ['/o3/foreign'])).toBe('ignored: object-id-mismatch');
    const unstable = noteOf(mallory, { id: e.url('/o3/b') });
    e.page('/o3/a', unstable);
    e.page('/o3/b', { ...unstable, id: e.url('/o3/c') });
    expect(await outcome(e.url('/o3/a'), ['/o3/a', '/o3/b'])).toBe('ignored: object-id-mismatch');
  });

  test('O6 not a document that a redirect leads away to', async () => {
    const note = noteOf(carol);
    a.page(new URL(note.id).pathname, note);
    e.page('/o6', { redirect: note.id });
    expect(await outcome(e.url('/o6'), ['/o6'])).toBe('ignored: object-blocked-url');
  });
});

test('O4 links lead to the author’s server or to the id', async () => {
  const pages = [
    ['javascript:alert(1)', null],
    ['https://elsewhere.example/page', null],
    [[{ type: 'Link', href: 'https://elsewhere.example/page' }], null],
    [e.url('/@mallory/1'), e.url('/@mallory/1')],
  ] as const;
  for (const [url, shown] of pages) {
    const note = noteOf(mallory, { url });
    expect(await outcomeOf(server, mallory, createOf(mallory, note))).toBe('applied');
    const video = await server.context.videos.internalByUri(note.id);
    expect(video?.url).toBe(shown ?? note.id);
  }
});
