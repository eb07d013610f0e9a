import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { CommentId, VideoId } from '../../src/lib/ids.ts';
import { eventually } from '../helpers/chaos.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { settle } from '../helpers/news.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

interface Told {
  readonly event: string;
  readonly data: string;
}

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;
let author: Person;
let bob: Person;
let eve: Person;
const open = new Set<AbortController>();

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
  author = await people.signedIn('author');
  bob = await people.signedIn('bob');
  eve = await people.signedIn('eve');
});
afterEach(() => {
  for (const one of open) one.abort();
  open.clear();
});
afterAll(() => server?.close());

const ask = (video: string, as: Person | null, signal?: AbortSignal) =>
  fetch(`${server.origin}/api/v1/streaming/video/comments?video=${video}`, {
    headers: as ? { authorization: `Bearer ${as.token}` } : {},
    ...(signal ? { signal } : {}),
  });

/** What somebody who has the comments of a video open is told. */
async function listen(video: VideoId, as: Person): Promise<Told[]> {
  const stop = new AbortController();
  open.add(stop);
  const answer = await ask(video, as, stop.signal);
  expect(answer.status).toBe(200);
  const told: Told[] = [];
  const read = async () => {
    let text = '';
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) {
        const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(part) ?? [];
        if (event !== undefined && data !== undefined) told.push({ event, data });
      }
    }
  };
  read().catch(() => undefined);
  return told;
}

async function say(as: Person, video: VideoId, body: object): Promise<CommentId> {
  const answer = await client.post(`/api/v1/videos/${video}/comments`, { as, body });
  expect(answer.status, answer.text).toBe(200);
  await settle(server.context);
  return answer.body.id;
}

const idsOf = (told: readonly Told[]) =>
  told.map(({ event, data }) => `${event} ${event === 'delete' ? data : JSON.parse(data).id}`);

test('comments of a video are told as they come, change and go, to who looks at that video alone', async () => {
  const [video, other] = [await videos.video(author.account), await videos.video(author.account)];
  const told = await listen(video, eve);
  const elsewhere = await listen(other, eve);
  const id = await say(bob, video, { text: 'First' });
  const answer = await say(author, video, { text: 'Thanks', parent_id: id });
  await client.put(`/api/v1/statuses/${id}`, { as: bob, body: { status: 'Changed' } });
  await settle(server.context);
  // A change is told as it is when it is told: of what is gone by then, nothing is.
  await eventually('the change', () => told.length === 3);
  await client.delete(`/api/v1/statuses/${id}`, { as: bob });
  await settle(server.context);
  await eventually('all four', () => told.length === 4);
  expect(idsOf(told)).toEqual([`update ${id}`, `update ${answer}`, `status.update ${id}`, `delete ${id}`]);
  expect(JSON.parse(told[0]?.data ?? '')).toMatchObject({ content: '<p>First</p>', in_reply_to_id: video });
  // It is the same for everybody: nothing in it is of one viewer.
  expect(JSON.parse(told[0]?.data ?? '')).not.toHaveProperty('favourited');
  const last = await say(bob, other, { text: 'There' });
  await eventually('the other one', () => elsewhere.length === 1);
  expect(idsOf(elsewhere)).toEqual([`update ${last}`]);
  expect(told).toHaveLength(4);
});

test('P1 nobody is told of a comment that is out of sight: blocked, for followers, or hidden', async () => {
  const video = await videos.video(author.account);
  const fan = await people.signedIn('fan');
  await people.follow(fan.account, bob.account);
  const victim = await people.signedIn('victim');
  await client.post(`/api/v1/accounts/${bob.id}/block`, { as: victim });
  const [eves, fans, victims] = [
    await listen(video, eve),
    await listen(video, fan),
    await listen(video, victim),
  ];
  // Each is told as it is when it is told: one thing after the other.
  const secret = await say(bob, video, { text: 'For friends', visibility: 'private' });
  await eventually('the fan to hear', () => fans.length === 1);
  await client.delete(`/api/v1/statuses/${secret}`, { as: bob });
  await settle(server.context);
  await eventually('the fan to hear that it is gone', () => fans.length === 2);
  const hidden = await say(bob, video, { text: 'Rude' });
  await eventually('those who may to hear', () => eves.length === 1 && fans.length === 3);
  await client.post(`/api/v1/videos/${video}/comments/${hidden}/hide`, { as: author });
  await client.put(`/api/v1/statuses/${hidden}`, { as: bob, body: { status: 'Ruder' } });
  await settle(server.context);
  const mark = await say(author, video, { text: 'All of you' });
  for (const told of [eves, fans, victims]) {
    await eventually('the last one', () => idsOf(told).includes(`update ${mark}`));
  }
  const rest = [`delete ${hidden}`, `update ${mark}`];
  expect(idsOf(eves)).toEqual([`update ${hidden}`, ...rest]);
  expect(idsOf(fans)).toEqual([`update ${secret}`, `delete ${secret}`, `update ${hidden}`, ...rest]);
  // An id that they were never told is all there is.
  expect(idsOf(victims)).toEqual(rest);
});

test('what its author hides below a video goes and comes back, with its answers, for those who have it open', async () => {
  const video = await videos.video(author.account);
  const rude = await say(bob, video, { text: 'Rude' });
  const answer = await say(author, video, { text: 'Not here', parent_id: rude });
  const [eves, bobs] = [await listen(video, eve), await listen(video, bob)];
  await client.post(`/api/v1/videos/${video}/comments/${rude}/hide`, { as: author });
  await settle(server.context);
  await eventually('eve to hear of both', () => eves.length === 2);
  expect(idsOf(eves)).toEqual([`delete ${rude}`, `delete ${answer}`]);
  await client.post(`/api/v1/videos/${video}/comments/${rude}/unhide`, { as: author });
  await settle(server.context);
  await eventually('both to be back', () => eves.length === 4 && bobs.length > 1);
  expect(idsOf(eves).slice(2)).toEqual([`update ${rude}`, `update ${answer}`]);
  // To whoever wrote it, it was never gone.
  expect(idsOf(bobs)).toEqual([`delete ${answer}`, `update ${rude}`, `update ${answer}`]);
});

test('P2 nobody listens at a video that is out of sight, or without an account', async () => {
  const secret = await videos.video(author.account, { visibility: 'followers' });
  expect((await ask(secret, eve)).status).toBe(404);
  expect((await ask('1', eve)).status).toBe(404);
  expect((await ask('x', eve)).status).toBe(404);
  expect((await ask(await videos.video(author.account), null)).status).toBe(401);
  await listen(secret, author);
});
