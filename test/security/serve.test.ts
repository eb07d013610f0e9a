import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createOf,
  letFollow,
  noteOf,
  outcomeOf,
  PUBLIC,
  publish,
  quiet,
  type Rig,
  startRig,
} from '../helpers/activities.ts';
import { send } from '../helpers/peer.ts';
import type { TestServer } from '../helpers/server.ts';

let rig: Rig;
let server: TestServer;

beforeAll(async () => {
  rig = await startRig();
  ({ server } = rig);
});
afterAll(() => rig.close());

const ACTIVITY = 'application/activity+json';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: whatever our server sent; tests look into it.
  readonly document: any;
}

/** What a program gets that asks without signing in. */
async function get(url: string, headers: Record<string, string> = { accept: ACTIVITY }): Promise<Answer> {
  const response = await fetch(new URL(url, server.origin), { headers, redirect: 'manual' });
  const document = await response.json().catch(() => null);
  return { status: response.status, headers: response.headers, document };
}

const outboxPage = () => get(`${rig.alice.account.uri}/outbox?page=true`);

describe('P1 videos for followers', () => {
  test('are nowhere to be had by others; public and unlisted ones are', async () => {
    const [open, unlisted, followers] = [
      await publish(rig),
      await publish(rig, { visibility: 'unlisted' }),
      await publish(rig, { visibility: 'followers' }),
    ];
    const status = async ({ uri }: { uri: string }) => (await get(uri)).status;
    expect([await status(open), await status(unlisted), await status(followers)]).toEqual([200, 200, 404]);

    const items = (await outboxPage()).document.orderedItems.map(
      (create: { object: { id: string } }) => create.object.id,
    );
    expect(items).toEqual([unlisted.uri, open.uri]);
    expect((await get(`${rig.alice.account.uri}/outbox`)).document.totalItems).toBe(2);

    const { id } = rig.alice.account;
    expect((await get(`/api/v1/statuses/${followers.id}`)).status).toBe(404);
    const ofAccount = (await get(`/api/v1/accounts/${id}/statuses`)).document.map(
      (one: { id: string }) => one.id,
    );
    expect(ofAccount).toEqual([unlisted.id, open.id]);
    const everywhere = (await get('/api/v1/timelines/public')).document.map((one: { id: string }) => one.id);
    expect(everywhere).toEqual([open.id]);
    expect((await get(`/api/v1/accounts/${id}`)).document.statuses_count).toBe(2);
  });

  test('look the same as absent ones, and no cache keeps that', async () => {
    const hidden = await get((await publish(rig, { visibility: 'followers' })).uri);
    const absent = await get(`${server.origin}/ap/videos/1`);
    for (const answer of [hidden, absent]) {
      expect(answer.status).toBe(404);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
    expect(hidden.document).toEqual(absent.document);
  });
});

describe('what is gone', () => {
  test('P5 a deleted video leaves a Tombstone with status 410, and nothing of its content', async () => {
    const video = await publish(rig, { caption: 'A secret that was taken back' });
    await rig.alice.remove(video.id);
    const { status, document } = await get(video.uri);
    expect(status).toBe(410);
    expect(document).toEqual({
      '@context': 'https://www.w3.org/ns/activitystreams',
      id: video.uri,
      type: 'Tombstone',
      deleted: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(JSON.stringify((await outboxPage()).document)).not.toContain('secret');
    expect((await get(`/api/v1/statuses/${video.id}`)).status).toBe(410);
  });

  test('an upload that was never published leaves nothing', async () => {
    const video = await publish(rig);
    await server.context.db('videos').where({ id: video.id }).update({ state: 'received' });
    expect((await get(video.uri)).status).toBe(404);
    await rig.alice.remove(video.id);
    expect((await get(video.uri)).status).toBe(404);
  });

  test('what people see already while other servers are not told yet is to be had later, and not absent', async () => {
    const [open, hidden] = [await publish(rig), await publish(rig, { visibility: 'followers' })];
    const change = (more: object) =>
      server.context.db('videos').whereIn('id', [open.id, hidden.id]).update(more);
    await change({ unannounced: true });
    // Lists that other servers read have it by now.
    const listed = (await get('/api/v1/timelines/public')).document.map((one: { uri: string }) => one.uri);
    expect(listed).toContain(open.uri);
    const soon = await get(open.uri);
    expect([soon.status, soon.headers.get('cache-control')]).toEqual([503, 'no-store']);
    expect(Number(soon.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(soon.document).not.toHaveProperty('id');
    const page = await get(open.uri, { accept: 'text/html' });
    expect([page.status, page.headers.get('location')]).toEqual([303, expect.stringContaining(open.id)]);
    expect((await get(hidden.uri)).status).toBe(404);
    for (const state of ['held', 'draft']) {
      await change({ state });
      expect((await get(open.uri)).status, state).toBe(404);
    }
    await change({ state: 'published', unannounced: false });
    expect((await get(open.uri)).status).toBe(200);
  });

  test('nobody elsewhere can have ours answered as deleted', async () => {
    const { a, carol } = rig;
    await letFollow(rig, a, carol);
    const video = await publish(rig);
    const deletion = {
      id: `${carol.id}#d`,
      type: 'Delete',
      actor: carol.id,
      object: video.uri.replace('http', 'HTTP'),
    };
    expect(await outcomeOf(server, carol, deletion)).toMatch(/^refused/);
    expect((await get(video.uri)).status).toBe(200);
  });

  test('a video of another server is not served under an id of ours', async () => {
    const { carol } = rig;
    const note = noteOf(carol);
    expect(await outcomeOf(server, carol, createOf(carol, note))).toBe('applied');
    const video = await server.context.videos.internalByUri(note.id);
    expect((await get(`${server.origin}/ap/videos/${video?.id}`)).status).toBe(404);
  });

  test('S15 a suspended account is not shown, nor what it made', async () => {
    const video = await publish(rig);
    const { uri, username } = rig.alice.account;
    const row = server.context.db('accounts').where({ actor_uri: uri });
    const addresses = [
      uri,
      `${uri}/outbox`,
      `${uri}/outbox?page=true`,
      `${uri}/followers`,
      `${uri}/following`,
      video.uri,
      `${server.origin}/.well-known/webfinger?resource=acct:${username}@${new URL(server.origin).host}`,
    ];
    const statuses = async () => Promise.all(addresses.map(async (address) => (await get(address)).status));
    expect(await statuses()).toEqual(addresses.map(() => 200));
    await row.clone().update({ state: 'suspended' });
    const shown = await statuses();
    const { document: actor } = await get(uri);
    await row.update({ state: 'active' });
    // Its document goes on naming the key, and says that it is suspended (ADR 0043).
    expect(shown).toEqual(addresses.map((address) => (address === uri ? 200 : 404)));
    expect(actor).toMatchObject({ suspended: true, name: username, publicKey: { owner: uri } });
    expect(actor).not.toHaveProperty('summary');
    expect(actor).not.toHaveProperty('icon');
  });

  test('there are no collections of nobody, nor of the server itself', async () => {
    for (const owner of ['1', 'x', 'instance']) {
      for (const collection of ['followers', 'following', 'outbox']) {
        expect([owner, (await get(`/ap/users/${owner}/${collection}`)).status]).toEqual([owner, 404]);
      }
    }
  });
});

describe('documents', () => {
  test('are for programs; people are led to the page; caches can tell', async () => {
    const video = await publish(rig);
    for (const accept of [ACTIVITY, 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"']) {
      const answer = await get(video.uri, { accept });
      expect([answer.status, answer.headers.get('vary')]).toEqual([200, 'Accept, Signature']);
      expect(answer.headers.get('content-type')).toBe(`${ACTIVITY}; charset=utf-8`);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
    for (const accept of ['text/html', '*/*', 'application/json', 'application/ld+json']) {
      const answer = await get(video.uri, { accept });
      expect([answer.status, answer.headers.get('vary')]).toEqual([303, 'Accept, Signature']);
      expect(answer.headers.get('location')).toBe(`${server.origin}/@alice/${video.id}`);
    }
    const page = await get(`/@alice/${video.id}`);
    expect([page.status, page.headers.get('location')]).toEqual([302, video.uri]);
  });

  test('W4 speak of our own origin, whatever host the request names', async () => {
    await publish(rig);
    const { uri, username } = rig.alice.account;
    const paths = [
      new URL(uri).pathname,
      `${new URL(uri).pathname}/outbox?page=true`,
      `${new URL(uri).pathname}/followers`,
      '/actor',
      '/.well-known/nodeinfo',
      '/.well-known/host-meta',
      `/.well-known/webfinger?resource=acct:${username}@${new URL(server.origin).host}`,
    ];
    for (const path of paths) {
      const headers = ['host', 'x-forwarded-host'].map((name) => [name, 'evil.test'] as const);
      const request = { path, headers: [...headers, ['accept', ACTIVITY] as const], body: Buffer.alloc(0) };
      const { status, body: text } = await send(server.origin, { ...request, method: 'GET' });
      expect([path, status]).toEqual([path, 200]);
      expect(text).not.toContain('evil.test');
      expect(text).toContain(server.origin);
    }
  });

  test('of keys can be had without a signature, so that two careful servers can meet', async () => {
    const actor = (await get('/actor')).document;
    expect(actor).toMatchObject({ id: `${server.origin}/actor`, type: 'Application' });
    expect(actor.publicKey).toMatchObject({ id: `${server.origin}/actor#main-key`, owner: actor.id });
    const person = (await get(rig.alice.account.uri)).document;
    expect(person.publicKey).toMatchObject({
      owner: person.id,
      publicKeyPem: expect.stringContaining('PUBLIC KEY'),
    });
    expect(JSON.stringify([actor, person])).not.toContain('PRIVATE');
    expect(person).toMatchObject({
      type: 'Person',
      preferredUsername: 'alice',
      inbox: `${person.id}/inbox`,
      url: `${server.origin}/@alice`,
      endpoints: { sharedInbox: `${server.origin}/inbox` },
    });
  });

  test('of the handles lead to actors and back', async () => {
    const host = new URL(server.origin).host;
    for (const [resource, actor] of [
      [`acct:alice@${host}`, rig.alice.account.uri],
      [`acct:ALICE@${host}`, rig.alice.account.uri],
      [rig.alice.account.uri, rig.alice.account.uri],
      [`${server.origin}/@alice`, rig.alice.account.uri],
      [`acct:${host}@${host}`, `${server.origin}/actor`],
    ] as const) {
      const { status, document } = await get(
        `/.well-known/webfinger?resource=${encodeURIComponent(resource)}`,
      );
      expect([resource, status]).toEqual([resource, 200]);
      const self = document.links.find(({ rel }: { rel: string }) => rel === 'self');
      expect(self).toMatchObject({ type: ACTIVITY, href: actor });
    }
    for (const resource of [
      `acct:nobody@${host}`,
      'acct:alice@evil.test',
      'acct:instance.actor@evil.test',
      'x',
    ]) {
      const { status } = await get(`/.well-known/webfinger?resource=${encodeURIComponent(resource)}`);
      expect([400, 404]).toContain(status);
    }
  });

  test('of the outbox are pages of the very activities that were sent', async () => {
    const { a, carol } = rig;
    await outcomeOf(server, carol, {
      id: `${carol.id}/f/1`,
      type: 'Follow',
      actor: carol.id,
      object: rig.alice.account.uri,
    } as { id: string });
    const video = await publish(rig, { caption: 'Sent as it is #served' });
    await quiet(server);
    const sent = a.received.findLast(({ activity }) => activity.type === 'Create')?.activity;
    expect(sent).toMatchObject({ actor: rig.alice.account.uri, to: [PUBLIC], object: { id: video.uri } });
    const { document } = await outboxPage();
    expect(document.orderedItems[0]).toEqual(sent);
    expect((await get(video.uri)).document).toEqual({ '@context': sent['@context'], ...sent.object });
    for (let made = 0; made < 21; made += 1) await publish(rig);
    const first = (await outboxPage()).document;
    expect(first.orderedItems).toHaveLength(20);
    const second = (await get(first.next)).document;
    expect(second).toMatchObject({ id: first.next, partOf: `${rig.alice.account.uri}/outbox` });
    const ids = [...first.orderedItems, ...second.orderedItems].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
