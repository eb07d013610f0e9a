import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { Activity } from '@fedify/vocab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, signUp } from '../../src/setup/demo/client.ts';
import { eventually, publish, quiet } from '../helpers/activities.ts';
import { EVIL } from '../helpers/remote-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { type FedifyApp, startFedifyApp, writer } from './fedify-app.ts';

/**
 * A plain program written with Fedify, which verifies, reads and writes everything by that library alone: it
 * expands JSON-LD, checks signatures strictly, and looks up what is named by id.
 */
let server: TestServer;
let alice: Client;
let app: FedifyApp;
let fay: ReturnType<typeof writer>;

beforeAll(async () => {
  server = await startTestServer({ role: 'all', variables: { REMOTE_VIDEO: 'off' } });
  alice = await signUp(server.origin, 'alice', 'a long password');
  app = await startFedifyApp(EVIL, 'draft-cavage-http-signatures-12');
  fay = writer(app);
});
afterAll(async () => {
  await server.close();
  await app.close();
});

const received = (type: string) => app.received.filter((one) => one.type === type);
const arrives = (type: string, object?: string) =>
  eventually(`${type} arrives`, () =>
    received(type).findLast((one) => object === undefined || (one.object?.id ?? one.object) === object),
  );

/** Sends an activity to alice, and returns what became of it. */
async function sends(activity: Activity): Promise<string> {
  await app.send({ id: alice.account.uri, inbox: `${server.origin}/inbox` }, activity);
  const [row] = await eventually('it was handled', async () => {
    const rows = await server.context.federation.explain(activity.id?.href ?? '');
    return rows[0] && rows[0].state !== 'queued' ? rows : null;
  });
  return row?.reason ?? row?.state ?? 'lost';
}

const act = (path: string, body?: object, method = 'POST') =>
  fetch(`${server.origin}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${alice.token}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  }).then((response) => response.json() as Promise<{ id: string; uri: string }>);

describe('from our server to a Fedify program', () => {
  test('a follow is asked for and accepted', async () => {
    const found = await alice.find(app.handle);
    expect(found).toMatchObject({ display_name: 'Fay of Fedify', uri: app.fayId });
    await alice.follow(found?.id ?? '');
    await eventually('fay accepts', async () => (await alice.relationship(found?.id ?? '')).following);
  });

  test('its follow is accepted, and a video comes with all of its life', async () => {
    expect(await sends(fay.follow(alice.account.uri))).toBe('applied');
    await arrives('Accept');
    const video = await publish({ server, alice }, { caption: 'For fay #fedify', contentWarning: 'Loud' });
    const create = await arrives('Create', video.uri);
    expect(create.object).toMatchObject({
      ...{ id: video.uri, type: 'Note', summary: 'Loud', attributedTo: alice.account.uri },
      attachment: [{ type: 'Document', mediaType: 'video/mp4' }],
    });
    expect(await app.lookup(video.uri)).toMatchObject({ id: new URL(video.uri) });
    await act(`statuses/${video.id}`, { status: 'Edited for fay' }, 'PUT');
    const update = await arrives('Update', video.uri);
    expect(update.object.content).toContain('Edited for fay');
    const comment = await act('statuses', { status: 'Below', in_reply_to_id: video.id });
    const said = await arrives('Create', comment.uri);
    expect(said.object).toMatchObject({ inReplyTo: video.uri });
    await act(`statuses/${video.id}/reblog`);
    expect(await arrives('Announce', video.uri)).toMatchObject({ actor: alice.account.uri });
    await act(`statuses/${comment.id}`, undefined, 'DELETE');
    await arrives('Delete', comment.uri);
    await alice.remove(video.id);
    await arrives('Delete', video.uri);
    await quiet(server);
    expect(new Set(await server.context.db('deliveries').pluck('state'))).toEqual(new Set(['delivered']));
  });
});

describe('from a Fedify program to our server', () => {
  test('a video is shown, commented on, liked, edited and deleted', async () => {
    const note = fay.note('<p>From fay</p>', { attachments: [fay.clip()] });
    expect(await sends(fay.create(note))).toBe('applied');
    const uri = note.id?.href ?? '';
    const shown = async () => (await alice.home()).find((one) => one.uri === uri);
    const status = await shown();
    expect(status).toMatchObject({
      content: '<p>From fay</p>',
      media_attachments: [{ description: 'Waves', remote_url: `${app.origin}/clip.mp4` }],
    });
    const comment = await act('statuses', { status: 'Nice', in_reply_to_id: status?.id });
    expect((await arrives('Create', comment.uri)).object).toMatchObject({ inReplyTo: uri });
    await act(`statuses/${status?.id}/favourite`);
    await arrives('Like', uri);
    await act(`statuses/${status?.id}/unfavourite`);
    await eventually('the Undo arrives', () => received('Undo').some((one) => one.object?.type === 'Like'));
    expect(await sends(fay.update(fay.edited(note, '<p>Edited</p>')))).toBe('applied');
    expect((await shown())?.content).toBe('<p>Edited</p>');
    expect(await sends(fay.remove(note))).toBe('applied');
    expect(await shown()).toBeUndefined();
  });

  test('it comments on, likes and shares our video, and takes it all back', async () => {
    const video = await publish({ server, alice });
    const counts = async () => {
      const { replies_count, favourites_count, reblogs_count } = await alice.status(video.id);
      return [replies_count, favourites_count, reblogs_count];
    };
    const reply = fay.note('<p>Hello</p>', { replyTarget: new URL(video.uri) });
    const [like, share] = [fay.like(video.uri), fay.announce(video.uri)];
    for (const activity of [fay.create(reply), like, share]) expect(await sends(activity)).toBe('applied');
    expect(await counts()).toEqual([1, 1, 1]);
    expect(await sends(fay.update(fay.edited(reply, '<p>Hello again</p>')))).toBe('applied');
    const kept = await server.context.comments.internalByUri(reply.id?.href ?? '');
    expect(kept?.contentHtml).toBe('<p>Hello again</p>');
    for (const activity of [fay.undo(like), fay.undo(share), fay.remove(reply)]) {
      expect(await sends(activity)).toBe('applied');
    }
    expect(await counts()).toEqual([0, 0, 0]);
  });
});

test('a Fedify program that signs by RFC 9421 first is understood at once', async () => {
  const newer = await startFedifyApp(EVIL, 'rfc9421');
  // Refused, it would sign the older way and be understood after all.
  const knocks: (readonly string[])[] = [];
  const listen = (message: unknown) => {
    const { request } = message as { request: IncomingMessage };
    const isToUs = request.headers.host === new URL(server.origin).host && request.method === 'POST';
    if (isToUs && request.url === '/inbox') knocks.push(Object.keys(request.headers));
  };
  subscribe('http.server.request.start', listen);
  try {
    const follow = writer(newer).follow(alice.account.uri);
    await newer.send({ id: alice.account.uri, inbox: `${server.origin}/inbox` }, follow);
    await eventually('it is told of the Accept', () => newer.received.some((one) => one.type === 'Accept'));
    expect(await server.context.federation.explain(follow.id?.href ?? '')).toMatchObject([
      { state: 'applied' },
    ]);
    expect(knocks).toEqual([expect.arrayContaining(['signature', 'signature-input', 'content-digest'])]);
  } finally {
    unsubscribe('http.server.request.start', listen);
    await newer.close();
  }
});
