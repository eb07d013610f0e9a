import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { liveLimits } from '../../config/live-limits.ts';
import { emitter } from '../../src/db/outbox.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { engagementEvents } from '../../src/modules/engagement/index.ts';
import { videoEvents } from '../../src/modules/videos/index.ts';
import { eventually } from '../helpers/chaos.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { createDeeds, settle } from '../helpers/news.ts';
import { createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

interface Said {
  readonly stream: string[];
  readonly event: string;
  readonly payload: string;
  readonly code?: string;
}

let server: TestServer;
let people: People;
let videos: VideoFactory;
let deeds: ReturnType<typeof createDeeds>;
const open = new Set<WebSocket>();

beforeAll(async () => {
  server = await startTestServer();
  people = createPeople(server);
  videos = createVideoFactory(server.context);
  deeds = createDeeds(server.context);
});
afterEach(() => {
  for (const socket of open) socket.terminate();
  open.clear();
});
afterAll(() => server?.close());

const streamingUrl = (query = '') => `${server.origin.replace('http', 'ws')}/api/v1/streaming${query}`;

async function connect(who: Person, query = '?stream=user') {
  const socket = new WebSocket(streamingUrl(query), { headers: { authorization: `Bearer ${who.token}` } });
  open.add(socket);
  const heard: Said[] = [];
  socket.on('message', (data) => heard.push(JSON.parse(String(data))));
  const closed = once(socket, 'close');
  await once(socket, 'open');
  return { socket, heard, closed, events: () => heard.map(({ event }) => event) };
}

/** The status of the answer where no connection comes about. */
async function refusal(query: string, options: WebSocket.ClientOptions = {}, protocols: string[] = []) {
  const socket = new WebSocket(streamingUrl(query), protocols, options);
  socket.on('error', () => undefined);
  const [, answer] = await once(socket, 'unexpected-response');
  socket.terminate();
  return answer.statusCode;
}

async function tell(name: 'video.published' | 'video.updated', videoId: VideoId): Promise<void> {
  const { inTx, ids } = server.context;
  await inTx((tx) => emitter(videoEvents, ids)(tx, name, { videoId }));
  await settle(server.context);
}

async function emitShare({ id: accountId }: Person, videoId: VideoId): Promise<void> {
  const { inTx, ids } = server.context;
  const event = { shareId: null, accountId, videoId, uri: 'https://x.test/1' };
  await inTx((tx) => emitter(engagementEvents, ids)(tx, 'share.added', event));
  await settle(server.context);
}

/** All that was told before has arrived when a like of somebody's own video has. */
let serial = 0;
async function caughtUp(who: Person, heard: readonly Said[]): Promise<void> {
  const fan = await people.signedIn(`marker_${++serial}`);
  const own = await videos.video(who.account);
  const before = heard.filter(({ event }) => event === 'notification').length;
  await deeds.like(fan.account, own);
  await eventually('the mark', () => heard.filter(({ event }) => event === 'notification').length > before);
}

describe('streams', () => {
  test('tell followers of new videos, edits, deletions and notifications, by WebSocket and as events', async () => {
    const [star, fan] = [await people.signedIn('star'), await people.signedIn('fan')];
    await people.follow(fan.account, star.account);
    const { heard, events } = await connect(fan);
    const answer = await fetch(`${server.origin}/api/v1/streaming/user?access_token=${fan.token}`);
    expect(answer.headers.get('content-type')).toMatch('text/event-stream');
    const id = await videos.video(star.account, { visibility: 'followers', caption: 'fresh' });
    await tell('video.published', id);
    await eventually('an update', () => events().includes('update'));
    const [update] = heard;
    expect(update?.stream).toEqual(['user']);
    expect(JSON.parse(update?.payload ?? '')).toMatchObject({ id, content: '<p>fresh</p>' });
    expect(JSON.parse(update?.payload ?? '')).not.toHaveProperty('favourited');
    await tell('video.updated', id);
    await deeds.follow(star.account, fan.account);
    await eventually('three', () => events().length === 3);
    await server.context.inTx((tx) => server.context.videos.remove(tx, id, star.id));
    await settle(server.context);
    await eventually('all', () => events().length === 4);
    expect(events()).toEqual(['update', 'status.update', 'notification', 'delete']);
    expect(heard[3]?.payload).toBe(id);
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('event: delete')) text += (await reader?.read())?.value ?? '';
    expect(text).toContain(`event: update\ndata: {"id":"${id}"`);
    expect(text).toContain(`event: delete\ndata: ${id}\n\n`);
    await reader?.cancel();
  });

  test('tell apps of no types that only this server has', async () => {
    const author = await people.signedIn('maker');
    const page = await connect(author);
    const { db, ids } = server.context;
    const app_id = ids.next();
    const about = { client_id: 'x', secret_hash: Buffer.alloc(1), name: 'An app' };
    await db('apps').insert({ id: app_id, ...about, redirect_uris: [], scopes: [] });
    const token = await people.tokenOf(author.account);
    const newest = await db('sessions').where({ account_id: author.id }).orderBy('id', 'desc').first('id');
    await db('sessions').where({ id: newest.id }).update({ app_id });
    const app = await connect({ ...author, token });
    await tell('video.published', await videos.video(author.account));
    const typesOf = (heard: readonly Said[]) =>
      heard.filter(({ event }) => event === 'notification').map(({ payload }) => JSON.parse(payload).type);
    await eventually('the page is told', () => typesOf(page.heard).includes('vireo.published'));
    await caughtUp(author, app.heard);
    expect(typesOf(app.heard)).toEqual(['favourite']);
  });

  test('are taken up and left on one connection: public, local, hashtag, list', async () => {
    const [author, reader] = [await people.signedIn('author'), await people.signedIn('reader')];
    const { socket, heard } = await connect(reader, '');
    const order = (type: string, stream: string, more: object = {}) =>
      socket.send(JSON.stringify({ type, stream, ...more }));
    order('subscribe', 'public:local');
    order('subscribe', 'hashtag', { tag: 'Cats' });
    order('subscribe', 'public:remote');
    order('subscribe', 'nonsense');
    order('subscribe', 'list', { list: '123' });
    socket.send('{');
    await eventually('the refusals', () => heard.length === 3);
    expect(heard.map(({ code }) => code)).toEqual(['not-found', 'not-found', 'validation-failed']);
    const { db } = server.context;
    const id = await videos.video(author.account);
    await db('video_tags').insert({ tag: 'cats', video_id: id });
    await tell('video.published', id);
    await eventually('two', () => heard.length === 5);
    expect(heard.slice(3).map(({ stream }) => stream)).toEqual([['public:local'], ['hashtag', 'cats']]);
    order('unsubscribe', 'public:local');
    order('subscribe', 'nonsense');
    await eventually('the mark', () => heard.length === 6);
    await tell('video.updated', id);
    await eventually('one', () => heard.length === 7);
    expect(heard[6]?.stream).toEqual(['hashtag', 'cats']);
  });

  test('tell at home of what the followed pass on and answer, of followed hashtags, and of it all being taken back', async () => {
    const [friend, other] = [await people.signedIn('friend'), await people.signedIn('other')];
    const [stranger, fan] = [await people.signedIn('unknown'), await people.signedIn('listener')];
    for (const one of [friend, other]) await people.follow(fan.account, one.account);
    const { heard } = await connect(fan);
    const strange = await videos.video(stranger.account);
    await deeds.share(friend.account, strange);
    // Once is enough, and of the followed their videos are told, not that they are passed on.
    await deeds.share(other.account, strange);
    const known = await videos.video(other.account);
    await deeds.share(friend.account, known);
    const answer = await deeds.comment(friend.account, known, 'Well done');
    // Who may hear is asked when it is told, so what follows waits for that.
    await eventually('both', () => heard.length === 2);
    // To somebody whom the fan does not follow.
    await deeds.comment(friend.account, strange, 'Who are you?');
    await server.context.inTx((tx) => server.context.comments.remove(tx, answer as never, friend.id));
    await deeds.unshare(friend.account, strange);
    const { db, ids } = server.context;
    await db('tag_follows').insert({ id: ids.next(), account_id: fan.id, tag: 'dogs' });
    const tagged = await videos.video(stranger.account);
    const untagged = await videos.video(stranger.account);
    await db('video_tags').insert({ tag: 'dogs', video_id: tagged });
    for (const id of [untagged, tagged]) await tell('video.published', id);
    await eventually('all', () => heard.length >= 5);
    await caughtUp(fan, heard);
    const [shared, said, unsaid, unshared, withTag, mark] = heard;
    expect(heard.length).toBe(6);
    expect(mark?.event).toBe('notification');
    expect(shared?.event).toBe('update');
    const boost = JSON.parse(shared?.payload ?? '');
    expect(boost).toMatchObject({ account: { id: friend.id }, reblog: { id: strange, reblog: null } });
    expect(boost.id).not.toBe(strange);
    expect(boost.reblog).not.toHaveProperty('favourited');
    expect(said).toMatchObject({ stream: ['user'], event: 'update' });
    expect(JSON.parse(said?.payload ?? '')).toMatchObject({ id: answer, in_reply_to_id: known });
    expect(unsaid).toMatchObject({ event: 'delete', payload: answer });
    expect(unshared).toMatchObject({ event: 'delete', payload: boost.id });
    expect(JSON.parse(withTag?.payload ?? '')).toMatchObject({ id: tagged });
  });

  test('tell that filters have changed', async () => {
    const who = await people.signedIn('filtering');
    const { heard } = await connect(who);
    const { socket: _, heard: others } = await connect(await people.signedIn('unfiltered'));
    const made = await fetch(`${server.origin}/api/v2/filters`, {
      method: 'POST',
      headers: { ...auth(who).headers, 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'No cats', context: ['home'] }),
    });
    expect(made.status).toBe(200);
    await settle(server.context);
    await eventually('the news', () => heard.length > 0);
    expect(heard).toEqual([{ stream: ['user'], event: 'filters_changed' }]);
    expect(others).toEqual([]);
  });

  test('A4 A5 are open to nobody without a token, the scope, or from another site', async () => {
    const who = await people.signedIn('somebody');
    expect(await refusal('?stream=user')).toBe(401);
    expect(await refusal(`?stream=user&access_token=${who.token}x`)).toBe(401);
    expect(await refusal('?stream=nonsense', { headers: { authorization: `Bearer ${who.token}` } })).toBe(
      404,
    );
    const cookie = `vireo-session=${await people.tokenOf(who.account, 'cookie')}`;
    expect(await refusal('?stream=user', { headers: { cookie, origin: 'https://evil.test' } })).toBe(403);
    await server.context
      .db('sessions')
      .where({ account_id: who.id })
      .update({ scopes: ['write'] });
    expect(await refusal('?stream=user', { headers: { authorization: `Bearer ${who.token}` } })).toBe(403);
    await server.context
      .db('sessions')
      .where({ account_id: who.id })
      .update({ scopes: ['read'] });
    const socket = new WebSocket(streamingUrl('?stream=user'), [who.token]);
    open.add(socket);
    await once(socket, 'open');
    expect((await fetch(`${server.origin}/api/v1/streaming/user`)).status).toBe(401);
    expect(await (await fetch(`${server.origin}/api/v1/streaming/health`)).text()).toBe('OK');
    expect((await fetch(`${server.origin}/api/v1/streaming?stream=user`, auth(who))).status).toBe(426);
  });

  test('R6 no more than so many are open for one account', async () => {
    const who = await people.signedIn('greedy');
    for (let n = 0; n < liveLimits.perAccount; n += 1) await connect(who);
    const { closed } = await connect(who);
    expect((await closed)[0]).toBe(1008);
  });
});

const auth = ({ token }: Person) => ({ headers: { authorization: `Bearer ${token}` } });

describe('P1 what nobody hears of', () => {
  test('videos that one may not see', async () => {
    const [star, stranger] = [await people.signedIn('private'), await people.signedIn('stranger')];
    const { heard } = await connect(stranger);
    const { heard: all } = await connect(stranger, '?stream=public');
    for (const visibility of ['followers', 'direct', 'unlisted'] as const) {
      const id = await videos.video(star.account, { visibility });
      await tell('video.published', id);
      if (visibility === 'unlisted') continue;
      await server.context.inTx((tx) => server.context.videos.remove(tx, id, star.id));
      await settle(server.context);
    }
    await caughtUp(stranger, heard);
    expect(heard.filter(({ event }) => event !== 'notification')).toEqual([]);
    expect(all).toEqual([]);
  });

  test('what comes of somebody who is blocked, muted or not followed any more', async () => {
    const [star, fan] = [await people.signedIn('fallen'), await people.signedIn('fan2')];
    await people.follow(fan.account, star.account);
    const { heard } = await connect(fan);
    // For others by name: following its author is not enough.
    await tell('video.published', await videos.video(star.account, { visibility: 'direct' }));
    await caughtUp(fan, heard);
    await server.context.db('account_mutes').insert({
      ...{ id: server.context.ids.next(), account_id: fan.id, target_id: star.id, notifications: true },
    });
    await tell('video.published', await videos.video(star.account));
    await caughtUp(fan, heard);
    await server.context.db('account_mutes').delete();
    await deeds.block(star.account, fan.account);
    await tell('video.published', await videos.video(star.account));
    await caughtUp(fan, heard);
    expect(heard.filter(({ event }) => event === 'update')).toEqual([]);
  });
});

describe('P1 what nobody hears of of what others pass on and answer', () => {
  test('neither shares by people, nor of videos of people, whom one does not see or wants to', async () => {
    const [friend, author] = [await people.signedIn('sharer'), await people.signedIn('shared')];
    const fan = await people.signedIn('shown');
    await people.follow(fan.account, friend.account);
    const { heard } = await connect(fan);
    const { db, ids } = server.context;
    const mute = (whom: Person) =>
      db('account_mutes').insert({
        ...{ id: ids.next(), account_id: fan.id, target_id: whom.id, notifications: true },
      });
    // Who may hear is asked when it is told, so what follows waits for that.
    const share = async () => {
      await deeds.share(friend.account, await videos.video(author.account));
      await caughtUp(fan, heard);
    };
    const updates = () => heard.filter(({ event }) => event === 'update').length;
    for (const whom of [friend, author]) {
      await mute(whom);
      await share();
      await db('account_mutes').delete();
    }
    await db('follows').where({ follower_id: fan.id }).update({ reblogs: false });
    await share();
    await db('follows').where({ follower_id: fan.id }).update({ reblogs: true });
    // The video can be narrowed after it was passed on.
    const hidden = await videos.video(author.account);
    await db('shares').insert({
      ...{ id: ids.next(), account_id: friend.id, video_id: hidden, uri: 'https://x.test/1' },
    });
    await db('videos').where({ id: hidden }).update({ visibility: 'followers' });
    await emitShare(friend, hidden);
    await caughtUp(fan, heard);
    await deeds.block(author.account, fan.account);
    await share();
    expect(updates()).toBe(0);
    await db('account_blocks').delete();
    await share();
    expect(updates()).toBe(1);
  });

  test('nor comments that are for others, or stand under what one may not see', async () => {
    const [friend, author] = [await people.signedIn('talker'), await people.signedIn('host')];
    const fan = await people.signedIn('eavesdropper');
    for (const one of [friend, author]) await people.follow(fan.account, one.account);
    const { heard } = await connect(fan);
    const open = await videos.video(author.account);
    const closed = await videos.video(author.account);
    await server.context.db('videos').where({ id: closed }).update({ visibility: 'direct' });
    await deeds.comment(friend.account, open, 'Psst', { visibility: 'direct', mentions: [author.account] });
    const under = await deeds.comment(friend.account, closed, 'Between us', { mentions: [author.account] });
    await caughtUp(fan, heard);
    const { inTx, comments } = server.context;
    await inTx((tx) => comments.remove(tx, under as never, friend.id));
    await caughtUp(fan, heard);
    expect(heard.filter(({ event }) => event === 'update')).toEqual([]);
    await deeds.comment(friend.account, open, 'For all');
    await eventually('the comment', () => heard.some(({ event }) => event === 'update'));
  });
});

/** Milliseconds from now on as this process has them: while a busy machine keeps it waiting, none pass. */
function ownTime(): () => number {
  let ms = 0;
  const timer = setInterval(() => {
    ms += 10;
  }, 10);
  return () => {
    clearInterval(timer);
    return ms;
  };
}

describe('P6 a stream ends within a second', () => {
  test.each<[string, (who: Person) => Promise<unknown>]>([
    [
      'of signing out',
      (who) => fetch(`${server.origin}/api/v1/sessions/current`, { method: 'DELETE', ...auth(who) }),
    ],
    ['of a suspension', (who) => people.suspend(who.account)],
    [
      'of a new password',
      (who) => server.context.inTx((tx) => server.context.auth.setPassword(tx, who.id, 'x')),
    ],
  ])('%s', async (name, cut) => {
    const who = await people.signedIn(`cut_${name.replaceAll(' ', '_')}`.slice(0, 30));
    const { closed } = await connect(who);
    const events = await fetch(`${server.origin}/api/v1/streaming/user`, auth(who));
    await cut(who);
    const passed = ownTime();
    const [code] = await closed;
    await events.text();
    expect(code).toBe(1001);
    expect(passed()).toBeLessThan(1_000);
  });

  test('and is silent at once where the scope is taken away', async () => {
    const [who, fan] = [await people.signedIn('narrowed'), await people.signedIn('liker')];
    const { heard } = await connect(who);
    const own = await videos.video(who.account);
    await server.context
      .db('sessions')
      .where({ account_id: who.id })
      .update({ scopes: ['read:statuses'] });
    await deeds.like(fan.account, own);
    await tell('video.published', own);
    await eventually('the update', () => heard.length > 0);
    expect(heard.map(({ event }) => event)).toEqual(['update']);
  });
});
