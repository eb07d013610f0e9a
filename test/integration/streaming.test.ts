import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import WebSocket from 'ws';
import { liveLimits } from '../../config/live-limits.ts';
import { emitter } from '../../src/db/outbox.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { videoEvents } from '../../src/modules/videos/index.ts';
import { eventually } from '../helpers/chaos.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { settle } from '../helpers/news.ts';
import { createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
/** Those that are not closed yet. */
const running: TestServer[] = [];
let people: People;
const open = new Set<WebSocket>();

async function start(): Promise<void> {
  server = await startTestServer();
  running.push(server);
  people = createPeople(server);
}
afterEach(async () => {
  for (const socket of open) socket.terminate();
  open.clear();
  await stop();
});

async function stop(): Promise<void> {
  for (const one of running.splice(0)) await one.close();
}

async function connect({ token }: Person) {
  const url = `${server.origin.replace('http', 'ws')}/api/v1/streaming?stream=user`;
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } });
  open.add(socket);
  const heard: string[] = [];
  socket.on('message', (data) => heard.push(JSON.parse(String(data)).event));
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  await once(socket, 'open');
  return { socket, heard, closed };
}

const eventsOf = ({ token }: Person) =>
  fetch(`${server.origin}/api/v1/streaming/user`, { headers: { authorization: `Bearer ${token}` } });

async function tellOfEdit(videoId: VideoId): Promise<void> {
  const { inTx, ids } = server.context;
  await inTx((tx) => emitter(videoEvents, ids)(tx, 'video.updated', { videoId }));
  await settle(server.context);
}

test('R1 who does not take what is sent is cut off, and others are told of everything', {
  timeout: 120_000,
}, async () => {
  await start();
  const [author, slow] = [await people.signedIn('author'), await people.signedIn('slow')];
  await people.follow(slow.account, author.account);
  const id = await createVideoFactory(server.context).video(author.account);
  // More than the buffers of two sockets take in a few rounds.
  const html = 'x'.repeat(8 * liveLimits.maxBufferedBytes);
  await server.context.db('videos').where({ id }).update({ caption_html: html });
  // Nothing else may be told right behind what is so large.
  await settle(server.context);
  const quick = await connect(author);
  const stuck = await connect(slow);
  const events = await eventsOf(slow);
  stuck.socket.pause();
  let rounds = 0;
  const hears = (one: typeof quick, most: number) => one.heard.length >= most;
  for (; rounds < 4; rounds += 1) {
    await tellOfEdit(id);
    await eventually('the round', () => hears(quick, rounds + 1));
  }
  stuck.socket.resume();
  expect((await stuck.closed)[0]).toBe(1006);
  expect(stuck.heard.length).toBeLessThan(rounds);
  await expect(events.text()).rejects.toThrow();
  expect(quick.socket.readyState).toBe(WebSocket.OPEN);
});

test('R6 no more than so many are open for one network', async () => {
  await start();
  const each = liveLimits.perAccount;
  for (let n = 0; n < liveLimits.perNetwork / each; n += 1) {
    const who = await people.signedIn(`guest_${n}`);
    for (let m = 0; m < each; m += 1) await connect(who);
  }
  const late = await people.signedIn('late');
  expect((await (await connect(late)).closed)[0]).toBe(1008);
  const answer = await eventsOf(late);
  expect([answer.status, (await answer.json()).code]).toEqual([429, 'too-many-streams']);
  // Who leaves makes room.
  for (const socket of [...open].slice(0, 1)) socket.close();
  await eventually('room', async () => {
    const tried = await eventsOf(late);
    await tried.body?.cancel();
    return tried.status === 200;
  });
});

test('a server that stops says so, and does not wait for those who listen', async () => {
  await start();
  const who = await people.signedIn('guest');
  const socket = await connect(who);
  const mute = await connect(who);
  mute.socket.pause();
  const events = await eventsOf(who);
  const from = performance.now();
  await stop();
  const took = performance.now() - from;
  expect((await socket.closed)[0]).toBe(1001);
  await events.text();
  // Open requests would get five seconds.
  expect(took).toBeLessThan(4_000);
});
