import { mkdir, readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { classifierLimits } from '../../config/classifier-limits.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { signatureOf } from '../../src/modules/classifier/index.ts';
import { signIn, type Client as Uploader } from '../../src/setup/demo/client.ts';
import { createGate, eventually, hurryPurges, openGates, workLeft } from '../helpers/chaos.ts';
import { type ClassifierProcess, startClassifierProcess } from '../helpers/classifier-process.ts';
import { empty } from '../helpers/emptying.ts';
import { clip } from '../helpers/media-samples.ts';
import { type Client, clientOf, createPeople, PASSWORD, type Person } from '../helpers/people.ts';
import { serveFiles } from '../helpers/remote-files.ts';
import { EVIL, type Remote, type SeenRequest, startRemote } from '../helpers/remote-http.ts';
import { receivePost } from '../helpers/remote-posts.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** A service of the admin says what videos show, before others see them. */
const SLOW_MS = 120_000;
const SECRET = 'a-secret-of-both-sides';

let server: TestServer;
/** The process of the docs, and what stands in front of it so that tests see and spoil what is said. */
let classifier: ClassifierProcess;
let front: Remote;
let origin: Remote;
let client: Client;
let boss: Person;
let uploader: Uploader;
let source: string;
let answer: (response: ServerResponse, request: SeenRequest) => unknown;

/** What the process says. */
async function ask(response: ServerResponse, { headers, body }: SeenRequest): Promise<void> {
  const said = await fetch(classifier.url, {
    method: 'POST',
    headers: { 'vireo-signature': String(headers['vireo-signature']) },
    body: new Uint8Array(body),
  });
  response.writeHead(said.status).end(await said.text());
}

beforeAll(async () => {
  front = await startRemote('127.0.0.1', (request, response) => answer(response, request));
  server = await startTestServer({
    role: 'all',
    variables: { CLASSIFIER_URL: front.url('/v1/videos'), CLASSIFIER_SECRET: SECRET },
  });
  client = clientOf(server.origin);
  const people = createPeople(server);
  boss = await people.signedIn('boss', 'admin');
  await people.signedIn('alice');
  uploader = await signIn(server.origin, 'alice', PASSWORD);
  const folder = join(server.dataDir, 'classifier');
  await mkdir(folder);
  classifier = await startClassifierProcess(folder, SECRET);
  source = await clip(folder, 'clip.mp4', { seconds: 2, size: '64x64', rate: 5 });
  const files = new Map([['/far.mp4', await readFile(source)]]);
  origin = await startRemote(EVIL, serveFiles(files));
}, SLOW_MS);

afterAll(async () => {
  await classifier?.close();
  await server?.close();
  await front?.close();
  await origin?.close();
});

beforeEach(() => {
  answer = ask;
  front.seen.length = 0;
});
afterEach(async () => {
  openGates();
  const { db } = server.context;
  await empty(server, 'jobs', 'content_rules', 'held_posts', 'settings');
  await db('rules_version').increment('version', 1);
  await server.context.settings.refresh();
});

async function rule(action: string, more: object = {}, scope = 'everybody'): Promise<string> {
  const when = { labels: [{ name: 'gore', score: 0.8 }], ...more };
  const body = { name: `To ${action}`, action, when, scope };
  const made = await client.post('/api/v1/admin/rules', { as: boss, body });
  expect(made.status, made.text).toBe(200);
  return made.body.id;
}
const upload = async (caption: string) =>
  (await uploader.upload(source, { filename: 'clip.mp4', caption })) as VideoId;
const rowOf = (id: string) => server.context.db('videos').where({ id }).first();
const verdictOf = (id: string) => server.context.db('classifier_verdicts').where({ video_id: id }).first();
const held = async () => (await client.get('/api/v1/admin/held', { as: boss })).body;

const isSeen = async (id: string) => (await client.get(`/api/v1/videos/${id}`)).status === 200;
const published = async (id: string) =>
  (await server.context.db('notifications').where({ video_id: id, type: 'vireo.published' })).length;

/** Tries again now what would be tried in a while. */
async function hurry(): Promise<void> {
  const { db } = server.context;
  await hurryPurges(db);
  await db('jobs')
    .where({ name: 'media.classify', state: 'pending', lease_owner: null })
    .where('run_at', '>', db.fn.now())
    .update({ run_at: db.fn.now(), run: db.raw('run + 1') });
}
const done = () =>
  eventually(
    'all is done',
    async () => {
      await hurry();
      return (await workLeft(server.context.db)) === 0;
    },
    SLOW_MS,
  );
const asked = (id: VideoId) =>
  eventually('it was asked', () => front.seen.find(({ body }) => body.includes(`"id":"${id}"`)), SLOW_MS);

describe('a video', { timeout: SLOW_MS }, () => {
  test('with a label that a rule names is held; the moderator sees the label, and lets it out once', async () => {
    await rule('hold');
    const fetched: number[] = [];
    answer = async (response, request) => {
      const { media } = JSON.parse(request.body.toString());
      for (const url of [media.poster_url, media.video_url, media.frames.url]) {
        fetched.push((await fetch(url)).status);
        fetched.push((await fetch(url.replace(/\/s\/[^/]+/, ''))).status);
      }
      await ask(response, request);
    };
    const id = await upload('Much gore');
    await done();
    expect(front.seen).toHaveLength(1);
    const [seen] = front.seen;
    const [, seconds] = /^t=(\d+),/.exec(String(seen?.headers['vireo-signature'])) ?? [];
    const body = seen?.body.toString() ?? '';
    expect(seen?.headers['vireo-signature']).toBe(signatureOf(SECRET, Number(seconds), body));
    const question = JSON.parse(body);
    expect(question).toMatchObject({
      version: 1,
      server: server.origin,
      video: { id, local: true, width: 64, height: 64, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      texts: { caption: 'Much gore' },
      media: { frames: { columns: 2, rows: 1, count: 2 } },
    });
    expect(question.video.duration_seconds).toBeCloseTo(2, 0);
    expect(body).not.toContain('alice');
    expect(fetched).toEqual([200, 404, 200, 404, 200, 404]);
    // It fetched the sheet, or it would not say that it saw it.
    const [waiting] = await held();
    expect(waiting).toMatchObject({
      ...{ kind: 'video', target_id: id, rule: 'To hold', note: 'gore 0.93' },
      labels: [
        { name: 'seen', score: 1 },
        { name: 'gore', score: 0.93 },
      ],
    });
    expect(await isSeen(id)).toBe(false);
    expect(await published(id)).toBe(0);
    const release = () => client.post(`/api/v1/admin/held/${waiting.id}/release`, { as: boss, body: {} });
    expect((await release()).status).toBe(200);
    await done();
    expect(await isSeen(id)).toBe(true);
    expect(await published(id)).toBe(1);
    expect(await rowOf(id)).toMatchObject({ state: 'published', hold: false, unannounced: false });
  });

  test('waits for the answer, and is published by it', async () => {
    await rule('hold');
    const gate = createGate();
    answer = async (response, request) => {
      await gate.pass();
      await ask(response, request);
    };
    const id = await upload('A lake');
    await gate.reached;
    await eventually('all else is made', async () => (await rowOf(id)).media_state === 'ready', SLOW_MS);
    expect(await isSeen(id)).toBe(false);
    expect(await held()).toEqual([]);
    expect(await published(id)).toBe(0);
    gate.open();
    await done();
    expect(await isSeen(id)).toBe(true);
    expect(await published(id)).toBe(1);
    expect(await verdictOf(id)).toMatchObject({ state: 'answered', labels: [{ name: 'seen', score: 1 }] });
    expect(front.seen).toHaveLength(1);
  });

  test('is published before it where no rule depends on it; one that reports hears of it later', async () => {
    await rule('report');
    const gate = createGate();
    answer = async (response, request) => {
      await gate.pass();
      await ask(response, request);
    };
    const id = await upload('Some gore');
    await gate.reached;
    expect(await isSeen(id)).toBe(true);
    gate.open();
    await done();
    const [report] = await server.context.db('reports').whereRaw('? = any(video_ids)', [id]);
    expect(report).toMatchObject({ comment: 'Rule “To report”: gore 0.93' });
    const evidence = await client.get(`/api/v1/admin/reports/${report.id}/evidence`, { as: boss });
    expect(evidence.body[0].labels).toContainEqual({ name: 'gore', score: 0.93 });
  });

  test('is refused, marked or limited as the rule says; all that it names has to be so', async () => {
    const { db } = server.context;
    await rule('reject', { words: ['worst'] });
    await rule('sensitive');
    await rule('limit');
    const worst = await upload('The worst gore');
    await done();
    expect(await rowOf(worst)).toMatchObject({ state: 'rejected', media_reason: 'not-allowed' });
    const bad = await upload('Bad gore');
    await done();
    expect(await rowOf(bad)).toMatchObject({ state: 'published', sensitive: true });
    expect(await db('measures').where({ target_id: bad }).pluck('measure')).toEqual(['no-discovery']);
    const good = await upload('The worst lake');
    await done();
    expect(await rowOf(good)).toMatchObject({ state: 'published', sensitive: false });
  });

  test('that a moderator released meanwhile stays; the staff hears of what it shows', async () => {
    await rule('hold');
    const gate = createGate();
    answer = async (response, request) => {
      await gate.pass();
      await ask(response, request);
    };
    const id = await upload('More gore');
    await gate.reached;
    await eventually('all else is made', async () => (await rowOf(id)).media_state === 'ready', SLOW_MS);
    await server.context.inTx((tx) => server.context.videos.release(tx, id));
    gate.open();
    await done();
    expect(await isSeen(id)).toBe(true);
    expect(await held()).toEqual([]);
    expect(await server.context.db('reports').whereRaw('? = any(video_ids)', [id])).toHaveLength(1);
  });

  test('that a rule about its text holds, too, waits for the moderator', async () => {
    await rule('hold');
    await client.post('/api/v1/admin/rules', {
      as: boss,
      body: { name: 'Lakes', action: 'hold', when: { words: ['lake'] } },
    });
    const id = await upload('A lake');
    await done();
    expect(await held()).toMatchObject([{ target_id: id, rule: 'Lakes', labels: [{ name: 'seen' }] }]);
    expect(await isSeen(id)).toBe(false);
  });
});

describe('without an answer', { timeout: SLOW_MS }, () => {
  const setting = async (settings: Record<string, string>) => {
    const set = await client.patch('/api/v1/admin/settings', { as: boss, body: { settings } });
    expect(set.status, set.text).toBe(200);
  };

  test('it is asked six times; then a moderator decides', async () => {
    await rule('hold');
    answer = (response) => response.writeHead(503).end();
    const id = await upload('A lake');
    await done();
    expect(front.seen).toHaveLength(6);
    const ids = front.seen.map(({ body }) => JSON.parse(body.toString()).id);
    expect(new Set(ids).size).toBe(1);
    expect(await held()).toMatchObject([
      { target_id: id, cause: 'classifier', note: 'The classifier answered with status 503.', labels: [] },
    ]);
    expect(await isSeen(id)).toBe(false);
  });

  test('it is published, where the staff has set that', async () => {
    await rule('hold');
    await setting({ CLASSIFIER_WHEN_DOWN: 'publish' });
    answer = (response) => response.writeHead(503).end();
    const id = await upload('A lake');
    await done();
    expect(await isSeen(id)).toBe(true);
    expect(await published(id)).toBe(1);
    expect(await verdictOf(id)).toMatchObject({ state: 'failed' });
  });

  test.each<[string, (response: ServerResponse) => unknown, RegExp]>([
    ['garbage', (response) => response.end('<html>'), /docs\/classifier\.md/],
    ['another answer', (response) => response.end('{"labels":[{"name":"Gore","score":2}]}'), /labels\.0/],
    [
      'too much',
      (response) => response.end(`"${'x'.repeat(classifierLimits.maxAnswerBytes)}"`),
      /classifier/,
    ],
    ['a redirect', (response) => response.writeHead(302, { location: '/else' }).end(), /302/],
    ['a refusal', (response) => response.writeHead(401).end(), /401/],
  ])('%s is not asked for again', async (_what, how, said) => {
    await rule('hold');
    answer = how;
    const id = await upload('A lake');
    await done();
    expect(front.seen).toHaveLength(1);
    expect(await held()).toMatchObject([
      { target_id: id, cause: 'classifier', note: expect.stringMatching(said) },
    ]);
  });

  test('in time, it is asked again', async () => {
    await rule('hold');
    await setting({ CLASSIFIER_TIMEOUT_SECONDS: '1' });
    answer = () => undefined;
    const id = await upload('A lake');
    await asked(id);
    answer = ask;
    const job = () =>
      server.context
        .db('jobs')
        .where({ key: `media.classify:${id}` })
        .first();
    await eventually('nobody waits any more', async () => (await job()).last_error !== null, SLOW_MS);
    // Now it has as long as it takes.
    await setting({ CLASSIFIER_TIMEOUT_SECONDS: '120' });
    await done();
    expect(front.seen).toHaveLength(2);
    expect(await isSeen(id)).toBe(true);
  });

  test('because its job is gone, a moderator decides in the end', async () => {
    await rule('hold');
    const { db, inTx, videos } = server.context;
    answer = () => undefined;
    const id = await upload('A lake');
    await asked(id);
    await eventually('all else is made', async () => (await rowOf(id)).media_state === 'ready', SLOW_MS);
    expect(await inTx((tx) => videos.endAbandonedQuestions(tx))).toBe(0);
    const long = new Date(Date.now() - classifierLimits.abandonedMs - 1_000);
    await db('classifier_verdicts').where({ video_id: id }).update({ asked_at: long });
    expect(await inTx((tx) => videos.endAbandonedQuestions(tx))).toBe(0);
    await db('jobs')
      .where({ key: `media.classify:${id}` })
      .delete();
    expect(await inTx((tx) => videos.endAbandonedQuestions(tx))).toBe(1);
    expect(await held()).toMatchObject([{ target_id: id, cause: 'classifier' }]);
  });

  test('the process refuses what is not signed with its secret, or was signed long ago', async () => {
    const body = '{"version":1,"texts":{"caption":""},"media":{"frames":null}}';
    const now = Math.floor(Date.now() / 1_000);
    const say = async (signature: string) =>
      (await fetch(classifier.url, { method: 'POST', headers: { 'vireo-signature': signature }, body }))
        .status;
    expect(await say(signatureOf(SECRET, now, body))).toBe(200);
    expect(await say(signatureOf('another secret', now, body))).toBe(401);
    expect(await say(signatureOf(SECRET, now, `${body} `))).toBe(401);
    expect(await say(signatureOf(SECRET, now - 301, body))).toBe(401);
  });

  test('the page of the docs has a right signature, and a wrong one', async () => {
    const page = await readFile(join(import.meta.dirname, '../../docs/classifier.md'), 'utf8');
    const of = (word: string) => new RegExp(`^${word} +(t=\\d+,v1=[0-9a-f]{64})`, 'm').exec(page)?.[1];
    const seconds = (signature: string | undefined) => Number(/t=(\d+)/.exec(signature ?? '')?.[1]);
    const right = (signature: string | undefined) =>
      signatureOf('0123456789abcdef', seconds(signature), '{"version":1}');
    expect(of('good')).toBe(right(of('good')));
    expect(of('wrong')).not.toBe(right(of('wrong')));
  });
});

describe('a copy of a video of another server', { timeout: SLOW_MS }, () => {
  let posts = 0;
  async function arrived(): Promise<VideoId> {
    posts += 1;
    const post = {
      origin: origin.origin,
      author: `u${posts}`,
      number: posts,
      sourceUrl: origin.url('/far.mp4'),
    };
    return receivePost(server.context, post);
  }

  test('is kept from all until the answer is there, once', async () => {
    const { context } = server;
    await rule('hold', {}, 'federated');
    const gate = createGate();
    answer = async (response, request) => {
      await gate.pass();
      await ask(response, request);
    };
    const id = await arrived();
    await eventually('it is known', async () => (await rowOf(id)).state === 'published');
    await context.inTx((tx) => context.videos.opened(tx, id));
    await gate.reached;
    expect(await rowOf(id)).toMatchObject({ state: 'held', media_state: 'ready' });
    expect(await isSeen(id)).toBe(false);
    gate.open();
    await done();
    expect(await isSeen(id)).toBe(true);
    const evicted = await context.inTx((tx) => context.videos.storageUse.evict(tx, id));
    expect(evicted.ok).toBe(true);
    await context.inTx((tx) => context.videos.opened(tx, id));
    await done();
    expect(await rowOf(id)).toMatchObject({ state: 'published', media_state: 'ready' });
    expect(front.seen).toHaveLength(1);
  });

  test('with such a label waits for a moderator', async () => {
    const { context } = server;
    await rule('hold', {}, 'federated');
    answer = (response) =>
      response.end('{"labels":[{"name":"gore","score":0.8},{"name":"gore","score":0.1}]}');
    const id = await arrived();
    await context.inTx((tx) => context.videos.opened(tx, id));
    await done();
    const [waiting] = await held();
    expect(waiting).toMatchObject({ target_id: id, labels: [{ name: 'gore', score: 0.8 }] });
    await client.post(`/api/v1/admin/held/${waiting.id}/release`, { as: boss, body: {} });
    await done();
    expect(await isSeen(id)).toBe(true);
    const told = await context.db('events').where({ name: 'video.discovered' });
    expect(told).toEqual([]);
  });

  test('of a server that no such rule is for is not held', async () => {
    const { context } = server;
    await rule('hold', {}, 'local');
    answer = () => undefined;
    const id = await arrived();
    await context.inTx((tx) => context.videos.opened(tx, id));
    await asked(id);
    expect(await isSeen(id)).toBe(true);
  });
});

describe('rules about labels', () => {
  test('are tried on what is known, and cannot ask how often', async () => {
    const { db, ids } = server.context;
    const video = await db('videos').where({ state: 'published' }).first('id');
    await db('classifier_verdicts').where({ video_id: video.id }).delete();
    await db('classifier_verdicts').insert({
      ...{ id: ids.next<'verdict'>(), video_id: video.id, state: 'answered' },
      labels: JSON.stringify([{ name: 'rare', score: 0.5 }]),
    });
    const found = async (score: number) =>
      (
        await client.post('/api/v1/admin/rules/test', {
          as: boss,
          body: { when: { labels: [{ name: 'rare', score }] } },
        })
      ).body;
    expect(await found(0.5)).toMatchObject({
      ...{ found: 1, matches: [{ target: { kind: 'video', id: video.id }, excerpt: 'rare 0.5' }] },
    });
    expect((await found(0.51)).found).toBe(0);
    const when = { labels: [{ name: 'gore', score: 1 }], rate: { count: 1, minutes: 1 } };
    const made = await client.post('/api/v1/admin/rules', {
      as: boss,
      body: { name: 'x', action: 'hold', when },
    });
    expect(made.status).toBe(422);
  });
});
