import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readingLimits } from '../../config/limits.ts';
import {
  createOf,
  letFollow,
  noteOf,
  outcomeOf,
  publish,
  quiet,
  type Rig,
  startRig,
} from '../helpers/activities.ts';
import { empty } from '../helpers/emptying.ts';
import type { Peer, PeerActor } from '../helpers/peer.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { EVIL, HONEST, type Remote, startRemote } from '../helpers/remote-http.ts';

/** A third server: for handles of a domain whose actors live elsewhere. */
const HANDLES = '127.0.0.4';

let rig: Rig;
let a: Peer;
let e: Peer;
/** Of A. Alice follows carol, and nobody follows the others. */
let carol: PeerActor;
let stranger: PeerActor;
/** Of E. */
let mallory: PeerActor;
let api: Client;
let reader: Person;

beforeAll(async () => {
  rig = await startRig({ ALLOWED_PRIVATE_ADDRESSES: `${HONEST},${EVIL},${HANDLES}` });
  ({ a, e, carol, mallory } = rig);
  stranger = await a.actor('stranger');
  api = clientOf(rig.server.origin);
  reader = await createPeople(rig.server).signedIn('reader');
  await letFollow(rig, a, carol);
});
afterAll(() => rig.close());
beforeEach(() => empty(rig.server, 'videos'));

const db = () => rig.server.context.db;
const outcome = (actor: PeerActor, activity: { id: string }) => outcomeOf(rig.server, actor, activity);
const pathOf = (uri: string) => new URL(uri).pathname;
const comments = () => db()('comments').orderBy('id').pluck('uri');
const videos = () => db()('videos').orderBy('id').pluck('uri');

function serve<T extends { id: string }>(document: T, peer: Peer): T {
  peer.page(pathOf(document.id), document);
  return document;
}

const replyOf = (author: PeerActor, inReplyTo: string, more: object = {}) =>
  noteOf(author, { inReplyTo, attachment: [], content: '<p>Nice</p>', ...more });

async function search(q: string) {
  const answer = await api.get(`/api/v2/search?resolve=true&q=${encodeURIComponent(q)}`, { as: reader });
  const { accounts = [], statuses = [] } = answer.body;
  return {
    status: answer.status,
    accounts: accounts.map(({ acct }: { acct: string }) => acct),
    statuses: statuses.map(({ uri }: { uri: string }) => uri),
  };
}

/** What became of an activity in the end, after all that it led to. */
async function endOf(actor: PeerActor, activity: { id: string }): Promise<string> {
  await outcome(actor, activity);
  const [row] = await rig.server.context.federation.explain(activity.id);
  return [row?.state, row?.reason].filter(Boolean).join(': ');
}

describe('threads that are not here', () => {
  test('are completed for those whom somebody here follows, the video at the root included', async () => {
    const video = serve(noteOf(stranger), a);
    const first = serve(replyOf(mallory, video.id), e);
    const second = serve(replyOf(stranger, first.id), a);
    const third = replyOf(carol, second.id, { to: [carol.followers], cc: [] });
    expect(await endOf(carol, createOf(carol, third))).toBe('applied');
    expect(await videos()).toEqual([video.id]);
    expect(await comments()).toEqual([first.id, second.id, third.id]);
  });

  test('and for those who name somebody here', async () => {
    const video = serve(noteOf(mallory), e);
    const parent = serve(replyOf(mallory, video.id), e);
    const tag = [{ type: 'Mention', href: rig.alice.account.uri }];
    const named = replyOf(stranger, parent.id, { tag, to: [rig.alice.account.uri], cc: [] });
    expect(await endOf(stranger, createOf(stranger, named))).toBe('applied');
    expect(await comments()).toEqual([parent.id, named.id]);
  });

  test('of others only where they stand under a video that is here', async () => {
    const { uri } = await publish(rig);
    const parent = serve(replyOf(mallory, uri), e);
    const below = replyOf(stranger, parent.id);
    expect(await endOf(stranger, createOf(stranger, below))).toBe('applied');
    expect(await comments()).toEqual([parent.id, below.id]);
    const unknown = serve(noteOf(mallory), e);
    const spam = replyOf(stranger, unknown.id);
    expect(await endOf(stranger, createOf(stranger, spam))).toMatch(/^ignored/);
    expect(await videos()).toEqual([uri]);
  });

  test('stay away where the root is no video, or a server between is blocked', async () => {
    const text = serve(noteOf(stranger, { attachment: [] }), a);
    expect(await endOf(carol, createOf(carol, replyOf(carol, text.id)))).toMatch(/^ignored/);
    const video = serve(noteOf(stranger), a);
    const between = serve(replyOf(mallory, video.id), e);
    const { instances, inTx } = rig.server.context;
    const before = e.asked().length;
    await inTx((tx) => instances.setPolicy(tx, EVIL, { severity: 'suspend' }));
    expect(await endOf(carol, createOf(carol, replyOf(carol, between.id)))).toMatch(/^ignored/);
    await inTx((tx) => instances.removePolicy(tx, EVIL));
    expect(e.asked()).toHaveLength(before);
    expect(await comments()).toEqual([]);
  });

  test('show nothing that its author did not write, and nothing that is not for everybody', async () => {
    const video = serve(noteOf(stranger), a);
    const forged = serve({ ...replyOf(carol, video.id), id: e.url('/forged') }, e);
    expect(await endOf(carol, createOf(carol, replyOf(carol, forged.id)))).toMatch(/^ignored/);
    const secret = serve(replyOf(stranger, video.id, { to: [stranger.followers], cc: [] }), a);
    expect(await endOf(carol, createOf(carol, replyOf(carol, secret.id)))).toMatch(/^ignored/);
    expect(await comments()).toEqual([]);
  });
});

describe('R5 the way up a thread ends', () => {
  test('in a ring', async () => {
    const ids = [1, 2, 3].map((at) => e.url(`/ring/${at}`));
    for (const [at, id] of ids.entries()) {
      serve({ ...replyOf(mallory, ids[(at + 1) % 3] ?? ''), id }, e);
    }
    const before = e.asked().length;
    const comment = replyOf(carol, ids[0] ?? '');
    expect(await endOf(carol, createOf(carol, comment))).toMatch(/^ignored/);
    expect(e.asked().slice(before)).toEqual(['/ring/1', '/ring/2', '/ring/3']);
    // All who come in by the same ring share that one try.
    const next = replyOf(carol, ids[1] ?? '');
    expect(await endOf(carol, createOf(carol, next))).toMatch(/^ignored/);
    expect(e.asked().slice(before)).toHaveLength(3);
  });

  test('after so many steps, however long the chain is', async () => {
    for (let at = 0; at < 5_000; at += 1) {
      const id = e.url(`/chain/${at}`);
      serve({ ...replyOf(mallory, e.url(`/chain/${at + 1}`)), id }, e);
    }
    const before = e.asked().length;
    const comment = replyOf(carol, e.url('/chain/0'));
    expect(await endOf(carol, createOf(carol, comment))).toMatch(/^ignored/);
    expect(e.asked().slice(before)).toHaveLength(readingLimits.maxDepth);
    expect(await endOf(carol, createOf(carol, replyOf(carol, e.url('/chain/10'))))).toMatch(/^ignored/);
    expect(e.asked().slice(before)).toHaveLength(readingLimits.maxDepth);
    expect(await db()('jobs').where({ name: 'thread.fetch' })).toEqual([]);
  });

  test('and the posts of one server start only so many of them', async () => {
    const eve = await e.actor('eve');
    let started = 0;
    for (let at = 0; at <= readingLimits.fetchesPerHost; at += 1) {
      const comment = replyOf(eve, a.url(`/nowhere/${at}`));
      const became = await endOf(eve, createOf(eve, comment));
      if (became === 'ignored: parent-is-asked-for') started += 1;
      else expect(became).toBe('ignored: unknown-parent');
    }
    expect(started).toBeLessThanOrEqual(readingLimits.fetchesPerHost);
    expect(started).toBeGreaterThan(10);
  }, 120_000);
});

describe('R4 an outbox', () => {
  test('without end is read no further than the caps, and nothing of another server counts', async () => {
    const dora = await a.actor('dora');
    const foreign = noteOf(mallory);
    const stolen = noteOf(stranger);
    const page = (at: number) => ({
      ...{ id: `${dora.id}/outbox?${at}`, type: 'OrderedCollectionPage', totalItems: -1 },
      orderedItems: [
        createOf(dora, { ...foreign, attributedTo: dora.id } as never),
        createOf(dora, stolen as never),
        createOf(dora, { ...noteOf(dora), attachment: [] } as never),
      ],
      next: `${dora.id}/outbox?${at + 1}`,
    });
    a.page('/users/dora/outbox', {
      ...{ id: `${dora.id}/outbox`, type: 'OrderedCollection', first: page(0).next },
    });
    for (let at = 1; at < 20; at += 1) a.page(`/users/dora/outbox?${at}`, page(at));
    await letFollow(rig, a, dora);
    await quiet(rig.server);
    expect(a.asked().filter((path) => path.startsWith('/users/dora/outbox'))).toHaveLength(
      readingLimits.maxPages,
    );
    expect(e.asked()).not.toContain(pathOf(foreign.id));
    expect(await videos()).toEqual([]);
  });

  test('that leads to itself or to another server ends there', async () => {
    const emil = await a.actor('emil');
    const note = noteOf(emil);
    a.page('/users/emil/outbox', {
      ...{ id: `${emil.id}/outbox`, type: 'OrderedCollectionPage', orderedItems: [createOf(emil, note)] },
      next: `${emil.id}/outbox`,
    });
    await letFollow(rig, a, emil);
    await quiet(rig.server);
    expect(a.asked().filter((path) => path === '/users/emil/outbox')).toHaveLength(1);
    expect(await videos()).toEqual([note.id]);
  });
});

describe('O3 a pasted address speaks only for its own server', () => {
  test('whatever id, author or actor it claims', async () => {
    const note = noteOf(carol);
    e.page('/claims-id', note);
    e.page('/claims-author', { ...note, id: e.url('/claims-author') });
    e.page('/claims-actor', { ...carol.document, id: carol.id });
    e.page('/redirects', { redirect: note.id });
    serve(note, a);
    for (const path of ['/claims-id', '/claims-author', '/claims-actor', '/redirects']) {
      expect(await search(e.url(path)), path).toEqual({ status: 200, accounts: [], statuses: [] });
    }
    expect(await videos()).toEqual([]);
  });
});

describe('O7 handles of a domain whose actors live on another', () => {
  let handles: Remote;
  const answers = new Map<string, object>();

  beforeAll(async () => {
    handles = await startRemote(HANDLES, (request, response) => {
      const url = new URL(request.path, handles.origin);
      const found = answers.get(url.searchParams.get('resource') ?? '');
      response.writeHead(found ? 200 : 404, { 'content-type': 'application/jrd+json' });
      response.end(JSON.stringify(found ?? {}));
    });
  });
  afterAll(() => handles.close());

  const jrd = (subject: string, href: string) => ({
    subject,
    links: [{ rel: 'self', type: 'application/activity+json', href }],
  });

  /** Lets both servers say of an actor of A that its handle is of the domain for handles. */
  async function split(name: string, peer: Peer = a): Promise<PeerActor> {
    const actor = await peer.actor(name);
    const subject = `acct:${name}@${handles.host}`;
    answers.set(subject, jrd(subject, actor.id));
    const atHome = encodeURIComponent(`acct:${name}@${peer.host}`);
    peer.page(`/.well-known/webfinger?resource=${atHome}`, jrd(subject, actor.id));
    return actor;
  }

  test('are shown by the name that both agree on, and keep it', async () => {
    const fay = await split('fay');
    const acct = `fay@${handles.host}`;
    expect(await search(`@${acct}`)).toMatchObject({ accounts: [acct] });
    expect(await search(`@fay@${a.host}`)).toMatchObject({ accounts: [acct] });
    await rig.server.context.federation.lookup.actor(fay.id, { anew: true });
    expect(await search(fay.id)).toMatchObject({ accounts: [acct] });
  });

  test('also where the actor was known by the other name before', async () => {
    const gus = await split('gus');
    await rig.server.context.federation.lookup.actor(gus.id);
    expect(await search(`@gus@${handles.host}`)).toMatchObject({ accounts: [`gus@${handles.host}`] });
  });

  test('an actor that was given one name there cannot take that of another', async () => {
    const victim = await split('hal');
    expect(await search(`@hal@${handles.host}`)).toMatchObject({ accounts: [`hal@${handles.host}`] });
    const thief = await split('ida', e);
    expect(await search(`@ida@${handles.host}`)).toMatchObject({ accounts: [`ida@${handles.host}`] });
    e.page('/users/ida', { ...thief.document, preferredUsername: 'hal' });
    await rig.server.context.federation.lookup.actor(thief.id, { anew: true });
    const named = await rig.server.context.accounts.byHandle(`hal@${handles.host}`);
    expect(named).toMatchObject({ actorUri: victim.id, state: 'active' });
    expect(await rig.server.context.accounts.byActorUri(thief.id)).toMatchObject({ acct: `hal@${e.host}` });
  });

  test('an actor that goes by another name than its handle is not found', async () => {
    const jan = await split('jan');
    a.page('/users/jan', { ...jan.document, preferredUsername: 'kim' });
    expect(await search(`@jan@${handles.host}`)).toEqual({ status: 200, accounts: [], statuses: [] });
  });
});
