import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mediaKey, originalKey } from '../../media/keys.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { eventually, holdWrites } from '../helpers/chaos.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { jobRun } from '../helpers/job-run.ts';
import { mp4Costume } from '../helpers/media-samples.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { heardIn, printOfSound } from '../helpers/sounds.ts';
import { orphanKeys } from '../helpers/storage-rig.ts';
import { storeWatched } from '../helpers/watched.ts';
import { unzip } from '../helpers/zip.ts';

let server: TestServer;
let people: People;
let client: Client;
let names = 0;
let alice: Person;

beforeAll(async () => {
  // Without a worker: each test runs the jobs itself.
  server = await startTestServer({ variables: { ARCHIVE_DAYS_BETWEEN: '3', ARCHIVE_DAYS_KEPT: '2' } });
  people = createPeople(server);
  client = clientOf(server.origin);
});

beforeEach(async () => {
  names += 1;
  alice = await people.signedIn(`alice${names}`);
});

afterAll(() => server.close());

const ARCHIVE = '/api/v1/exports/archive';
const ask = (as = alice) => client.post(ARCHIVE, { as });
const look = (as = alice) => client.get(ARCHIVE, { as });
const db = () => server.context.db;

/** What lies in storage for the archives of somebody. */
async function objects(of = alice): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of server.context.storage.list(`archives/${of.id}/`)) found.push(key);
  return found;
}

/** Runs a pending job once, as a worker does, and gives whether it is done. */
async function work(name: 'accounts.archive' | 'archives.purge'): Promise<boolean> {
  const { handlers, inTx } = server.context;
  const job = await db()('jobs').where({ name, state: 'pending' }).orderBy('id', 'desc').first();
  if (!job) return true;
  const handler = handlers[name] as (
    payload: unknown,
    run: unknown,
  ) => ReturnType<(typeof handlers)[typeof name]>;
  const finish = await handler(job.payload, jobRun());
  return inTx(async (tx) => {
    const again = finish ? await finish(tx) : null;
    if (again === null) await tx('jobs').where({ id: job.id }).delete();
    return again === null;
  });
}

async function made(of = alice): Promise<string> {
  const asked = await ask(of);
  expect(asked.status).toBe(200);
  expect(await work('accounts.archive')).toBe(true);
  await work('archives.purge');
  return asked.body.id;
}

async function fetchAll(as = alice, headers: Record<string, string> = {}) {
  const answer = await fetch(`${server.origin}${ARCHIVE}/download`, {
    headers: { authorization: `Bearer ${as.token}`, ...headers },
  });
  return { answer, bytes: Buffer.from(await answer.arrayBuffer()) };
}

async function unpacked(as = alice): Promise<Map<string, Buffer>> {
  await made(as);
  return unzip((await fetchAll(as)).bytes);
}

const jsonOf = (files: Map<string, Buffer>, name: string) => JSON.parse(String(files.get(name)));

/** A video whose objects are really stored, with or without the file as it was uploaded. */
async function storedVideo(
  of: Person,
  facts: { caption: string; original?: Buffer; visibility?: 'followers' },
) {
  const { storage } = server.context;
  const { caption, original, visibility } = facts;
  const id = await createVideoFactory(server.context).video(of.account, {
    ...{ caption, assets: [], state: 'published' },
    ...(visibility && { visibility }),
  });
  const add = async (role: string, suffix: string, bytes: Buffer, more: object = {}) => {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const key = mediaKey(id, sha256, suffix);
    const content_type = suffix.endsWith('mp4')
      ? 'video/mp4'
      : suffix.endsWith('vtt')
        ? 'text/vtt'
        : 'image/jpeg';
    await storage.putBytes(key, bytes, { contentType: content_type });
    await db()('video_assets').insert({
      ...{ key, video_id: id, role, content_type, bytes: bytes.length, sha256, ...more },
    });
  };
  await add('mp4', '360.mp4', Buffer.from(`small ${id}`), { height: 640, width: 360 });
  await add('mp4', '720.mp4', Buffer.from(`large ${id}`), { height: 1280, width: 720 });
  await add('poster', 'poster.jpg', Buffer.from(`poster ${id}`), { height: 1280, width: 720 });
  await add('captions', 'captions-en.vtt', Buffer.from('WEBVTT\n'), { language: 'en', label: 'English' });
  if (original) {
    await storage.putBytes(originalKey(id), original, { contentType: 'application/octet-stream' });
    await db()('videos')
      .where({ id })
      .update({ original_key: originalKey(id), alt_text: 'A cat.' });
  }
  return id;
}

describe('an archive', () => {
  test('holds everything of the account, and of others nothing but addresses', async () => {
    const bob = await people.signedIn(`bob${names}`);
    const { inTx, engagement, videos } = server.context;
    const original = Buffer.concat([mp4Costume, Buffer.alloc(200_000, 1)]);
    const kept = await storedVideo(alice, { caption: 'Mine, whole #cats', original });
    const made_ = await storedVideo(alice, { caption: 'For few', visibility: 'followers' });
    const bobs = await storedVideo(bob, { caption: 'Words of Bob' });
    const say = { as: alice, body: { status: 'Alice answers', in_reply_to_id: bobs } };
    expect((await client.post('/api/v1/statuses', say)).status).toBe(200);
    const video = await videos.internal(bobs);
    if (!video) throw new Error('The video is gone.');
    await inTx(async (tx) => {
      await engagement.like(tx, alice.account, { videoId: bobs });
      await engagement.share(tx, alice.account, video);
    });
    await client.post(`/api/v1/statuses/${bobs}/bookmark`, { as: alice });
    await client.post('/api/v1/tags/sea/follow', { as: alice });
    await client.post('/api/v2/filters', {
      as: alice,
      body: { title: 'No spoilers', context: ['home'], keywords_attributes: [{ keyword: 'ending' }] },
    });
    await people.follow(alice.account, bob.account);
    const event = { id: randomUUID(), video_id: kept, type: 'view' };
    expect((await client.post('/api/v1/events', { as: bob, body: { events: [event] } })).status).toBe(200);
    await storeWatched(server.context);
    await server.context.analytics.fold();
    const heard = await heardIn(server.context, kept, printOfSound(1));
    await client.patch(`/api/v1/sounds/${heard}`, { as: alice, body: { rights: { holder: 'Alice' } } });
    const list = await client.post('/api/v1/lists', { as: alice, body: { title: 'Friends' } });
    await client.post(`/api/v1/lists/${list.body.id}/accounts`, {
      as: alice,
      body: { account_ids: [bob.id] },
    });
    await db()('users').where({ account_id: alice.id }).update({ email: 'alice@mail.example' });

    const files = await unpacked();
    const outbox = jsonOf(files, 'outbox.json');
    expect(outbox).toMatchObject({ type: 'OrderedCollection', totalItems: 4 });
    const items = outbox.orderedItems;
    const types = items.map((item: { type: string }) => item.type).sort();
    expect(types).toEqual(['Announce', 'Create', 'Create', 'Create']);
    const of = (text: string) =>
      items.find((item: { object: { content?: string } }) => item.object.content?.includes(text));
    expect(of('Mine, whole').object.soundHolder).toBe('Alice');
    expect(of('Mine, whole').object.attachment).toEqual([
      {
        ...{ type: 'Document', mediaType: 'video/mp4', url: `media/${kept}/original.mp4`, name: 'A cat.' },
        icon: { type: 'Image', mediaType: 'image/jpeg', url: `media/${kept}/poster.jpg` },
      },
      expect.objectContaining({ url: `media/${kept}/captions-en.vtt`, hreflang: 'en' }),
    ]);
    expect(of('For few').object.attachment[0].url).toBe(`media/${made_}/video.mp4`);
    expect(of('Alice answers').object.inReplyTo).toBe(video.uri);
    // Every file that is named is there, and no other media.
    const named = items.flatMap(
      (item: { object: { attachment?: { url: string; icon?: { url: string } }[] } }) =>
        (item.object.attachment ?? []).flatMap(({ url, icon }) => [url, ...(icon ? [icon.url] : [])]),
    );
    const media = [...files.keys()].filter((path) => path.startsWith('media/'));
    expect(media.sort()).toEqual([...named].sort());
    expect(files.get(`media/${kept}/original.mp4`)?.equals(original)).toBe(true);
    expect(String(files.get(`media/${made_}/video.mp4`))).toBe(`large ${made_}`);

    expect(jsonOf(files, 'likes.json').orderedItems).toEqual([video.uri]);
    expect(jsonOf(files, 'bookmarks.json').orderedItems).toEqual([video.uri]);
    expect(String(files.get('bookmarks.csv'))).toBe(`${video.uri}\n`);
    const [header, ...days] = String(files.get('analytics.csv')).trim().split('\n');
    expect(header).toMatch(/^date,video,views,viewers,/);
    expect(days.filter((day) => day.includes(`,${kept},1,1,`))).toHaveLength(1);
    expect(String(files.get('following.csv'))).toContain(`bob${names}@`);
    expect(jsonOf(files, 'lists.json')).toEqual([
      { title: 'Friends', replies_policy: 'list', exclusive: false, accounts: [bob.account.actorUri] },
    ]);
    expect(jsonOf(files, 'filters.json')).toMatchObject([{ title: 'No spoilers' }]);
    expect(jsonOf(files, 'settings.json')).toMatchObject({
      account: { username: alice.account.username, email: 'alice@mail.example' },
      ...{ followed_tags: ['sea'], muted_tags: [], featured_tags: [] },
    });
    expect(jsonOf(files, 'actor.json')).toMatchObject({ id: alice.account.actorUri, outbox: 'outbox.json' });
    const everything = [...files.values()].map(String).join('\n');
    expect(everything).not.toContain('Words of Bob');
    expect(everything).not.toContain(`large ${bobs}`);
  });

  test('says what a comment answered, also where that is out of sight now', async () => {
    const video = await createVideoFactory(server.context).video(alice.account);
    const bob = await people.signedIn(`bob${names}`);
    const say = (as: Person, text: string, parent_id?: string) =>
      client.post(`/api/v1/videos/${video}/comments`, { as, body: { text, parent_id } });
    const asked = (await say(bob, 'Why?')).body;
    const answer = await say(alice, 'Because.', asked.id);
    expect(answer.status, answer.text).toBe(200);
    expect((await client.post(`/api/v1/accounts/${bob.id}/block`, { as: alice })).status).toBe(200);
    const outbox = JSON.parse((await unpacked()).get('outbox.json')?.toString() ?? '');
    const created = outbox.orderedItems.find(
      ({ object }: { object: { content?: string } }) => object.content === '<p>Because.</p>',
    );
    expect(created.object.inReplyTo).toBe(server.context.urls.comment(asked.id));
  });

  test('holds no secret', async () => {
    await made();
    const { bytes } = await fetchAll();
    const text = [...(await unzip(bytes)).values()].map(String).join('\n');
    const user = await db()('users').where({ account_id: alice.id }).first();
    const keys = await db()('actor_keys').where({ account_id: alice.id });
    const sessions = await db()('sessions').where({ account_id: alice.id });
    const secrets = [
      alice.token,
      user.password_hash,
      ...keys.map(({ private_key_sealed }) => private_key_sealed),
      ...sessions.map(({ token_hash }) => token_hash),
    ].filter((secret) => secret !== null && secret !== undefined);
    expect(secrets.length).toBeGreaterThan(3);
    for (const secret of secrets) {
      for (const form of [
        String(secret),
        Buffer.from(secret).toString('hex'),
        Buffer.from(secret).toString('base64'),
      ]) {
        expect(text).not.toContain(form);
      }
    }
  });

  test('of more than one page of posts holds them all, the newest first', async () => {
    const { video } = createVideoFactory(server.context);
    const ids: VideoId[] = [];
    for (let n = 0; n < 95; n += 1) ids.push(await video(alice.account, { assets: ['mp4'] }));
    const outbox = jsonOf(await unpacked(), 'outbox.json');
    const uris = outbox.orderedItems.map((item: { object: { id: string } }) => item.object.id);
    expect(uris).toEqual(ids.reverse().map((id) => server.context.urls.video(id)));
  });
});

describe('making it', () => {
  test('is one at a time, once in some days, and told step by step', async () => {
    expect((await look()).body).toMatchObject({ code: 'not-found' });
    const asked = await ask();
    expect(asked.body).toMatchObject({ state: 'waiting', percent: 0, size: null, download_url: null });
    expect((await ask()).body).toMatchObject({ status: 409, code: 'archive-running' });
    expect((await fetchAll()).answer.status).toBe(404);
    await work('accounts.archive');
    const ready = (await look()).body;
    expect(ready).toMatchObject({ id: asked.body.id, state: 'ready', percent: 100, stage: null });
    expect(Date.parse(ready.expires_at) - Date.now()).toBeGreaterThan(1.9 * 86_400_000);
    expect(ready.size).toBe((await fetchAll()).bytes.length);
    const again = await ask();
    expect(again.body).toMatchObject({ status: 429, code: 'archive-too-soon' });
    const wait = Number(again.headers['retry-after']);
    expect(wait).toBeGreaterThan(2.9 * 86_400);
    expect(wait).toBeLessThanOrEqual(3 * 86_400);
    await db()('archives')
      .where({ account_id: alice.id })
      .update({ created_at: db().raw(`now() - interval '3 days 1 second'`) });
    expect((await ask()).status).toBe(200);
    // What was there stays until the new one is.
    expect((await fetchAll()).answer.status).toBe(200);
    expect(await objects()).toHaveLength(1);
    await work('accounts.archive');
    await work('archives.purge');
    expect(await objects()).toHaveLength(1);
    expect(await db()('archives').where({ account_id: alice.id, state: 'ready' })).toHaveLength(1);
  });

  test('twice at one moment is once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask()));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
  });

  test('that a worker died over leaves nothing, and is done again', async () => {
    await ask();
    const { workDir: dir, left } = { workDir: join(server.dataDir, 'work'), left: 'archive.zip' };
    const { id } = (await look()).body;
    // As a kill leaves it: half a file, and no word in the database.
    await mkdir(join(dir, `archive-${id}-dead`), { recursive: true });
    await writeFile(join(dir, `archive-${id}-dead`, left), 'half');
    const held = await holdWrites(server.context.databaseUrl, {
      ...{ table: 'archives', on: 'update', condition: `new.state = 'ready'` },
    });
    const dying = work('accounts.archive').catch((error: Error) => error);
    await held.reached();
    // Stored already, and nobody is offered it.
    expect(await objects()).toHaveLength(1);
    expect((await look()).body).toMatchObject({ state: 'working', download_url: null });
    expect((await fetchAll()).answer.status).toBe(404);
    await held.cut();
    expect(await dying).toBeInstanceOf(Error);
    // Whoever sweeps now might take what is just being stored.
    const { handlers } = server.context;
    expect(await handlers['archives.purge']({ accountId: alice.id }, jobRun())).toBeDefined();
    expect(await objects()).toHaveLength(1);
    // Another text gives another object: the first one is nobody's.
    await db()('users').where({ account_id: alice.id }).update({ email: 'new@mail.example' });
    expect(await work('accounts.archive')).toBe(true);
    expect(await objects()).toHaveLength(2);
    expect(await work('archives.purge')).toBe(true);
    expect(await objects()).toHaveLength(1);
    expect(jsonOf(await unzip((await fetchAll()).bytes), 'settings.json').account.email).toBe(
      'new@mail.example',
    );
    expect((await readdir(dir)).filter((name) => name.startsWith('archive-'))).toEqual([]);
  });

  test('that was given up holds up no other', async () => {
    await ask();
    await db()('jobs').where({ name: 'accounts.archive' }).update({ state: 'dead', died_at: new Date() });
    await server.context.archives.expire();
    expect((await look()).body).toMatchObject({ state: 'failed', download_url: null });
    await db()('jobs').where({ name: 'accounts.archive' }).delete();
    // It was of no use, so the next one need not wait.
    expect((await ask()).status).toBe(200);
  });

  test('fails where its last try does', async () => {
    const { handlers } = server.context;
    const id = (await ask()).body.id;
    const running = jobRun({ lastAttempt: true });
    const accountId = alice.id;
    const key = mediaKey(alice.id, 'a'.repeat(64), 'avatar.jpg');
    await server.context.storage.putBytes(key, Buffer.from('picture'), { contentType: 'image/jpeg' });
    await db()('accounts').where({ id: alice.id }).update({ avatar_key: key });
    const { storage } = server.context;
    const open = storage.open;
    Object.assign(storage, { open: async () => null });
    await expect(handlers['accounts.archive']({ archiveId: id, accountId }, running)).rejects.toThrow(
      'is gone',
    );
    Object.assign(storage, { open });
    expect((await look()).body.state).toBe('failed');
    await db()('jobs').where({ name: 'accounts.archive' }).delete();
  });
});

describe('the end of the account', () => {
  const end = async (): Promise<void> => {
    const { accounts, archives, inTx } = server.context;
    await inTx((tx) => accounts.markDeleted(tx, alice.id));
    await inTx((tx) => archives.onEnded(tx, { accountId: alice.id }));
  };

  test('takes its archive along at once, while the rows of it are still there', async () => {
    await made();
    expect(await objects()).toHaveLength(1);
    await end();
    expect(await work('archives.purge')).toBe(true);
    expect(await objects()).toEqual([]);
  });

  test('takes along what a worker stored and died over, though no row tells of it any more', async () => {
    await ask();
    const { storage } = server.context;
    const { putFile } = storage;
    const ended = async (...args: Parameters<typeof putFile>) => {
      await end();
      expect(await work('archives.purge')).toBe(true);
      await putFile.apply(storage, args);
      throw new Error('killed');
    };
    Object.assign(storage, { putFile: ended });
    await expect(work('accounts.archive')).rejects.toThrow('killed');
    Object.assign(storage, { putFile });
    expect(await objects()).toHaveLength(1);
    await db()('archives').where({ account_id: alice.id }).delete();
    expect(await work('accounts.archive')).toBe(true);
    expect(await work('archives.purge')).toBe(true);
    expect(await objects()).toEqual([]);
  });
});

describe('fetching it', () => {
  test('is for its owner alone, in ranges, and kept by no cache', async () => {
    await made();
    const moderator = await people.signedIn(`mod${names}`, 'admin');
    const { answer, bytes } = await fetchAll();
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      ...{ 'content-type': 'application/zip', 'cache-control': 'private, no-store' },
      ...{ 'accept-ranges': 'bytes', 'content-length': String(bytes.length) },
      'content-disposition': expect.stringMatching(
        /^attachment; filename="?alice\d+-\d{4}-\d\d-\d\d\.zip"?$/,
      ),
    });
    const etag = answer.headers.get('etag') ?? '';
    const rest = await fetchAll(alice, { range: `bytes=100-`, 'if-range': etag });
    expect([rest.answer.status, rest.answer.headers.get('content-range')]).toEqual([
      206,
      `bytes 100-${bytes.length - 1}/${bytes.length}`,
    ]);
    expect(rest.bytes.equals(bytes.subarray(100))).toBe(true);
    const beyond = await fetchAll(alice, { range: `bytes=${bytes.length}-` });
    expect([beyond.answer.status, beyond.bytes.length]).toEqual([416, 0]);
    const other = await fetchAll(alice, { range: 'bytes=0-0', 'if-range': '"another"' });
    expect([other.answer.status, other.bytes.length]).toEqual([200, bytes.length]);
    const head = await client.head(`${ARCHIVE}/download`, { as: alice });
    expect([head.status, head.headers['content-length']]).toEqual([200, String(bytes.length)]);

    expect((await fetchAll(moderator)).answer.status).toBe(404);
    const [key] = await objects();
    for (const path of [`/media/${key}`, `/${key}`, `/media/../${key}`]) {
      const { status, headers } = await client.get(path);
      // Where the page is built, it answers for addresses that are nothing else.
      expect([status, headers['content-type']?.split(';')[0]], path).toContainEqual(
        status === 404 ? 404 : 'text/html',
      );
    }
  });

  test('is no orphan of the storage while it is named, and one afterwards', async () => {
    await made();
    const [key] = await objects();
    const { storage } = server.context;
    const orphans = () => orphanKeys(db(), storage, Date.now() + 86_400_000);
    expect(await orphans()).not.toContain(key);
    await db()('archives').where({ account_id: alice.id }).delete();
    expect(await orphans()).toContain(key);
  });

  test('ends after some days, with what it takes', async () => {
    await made();
    const usage = async () => (await server.context.archives.usage())[0]?.objects ?? 0;
    const before = await usage();
    expect(before).toBeGreaterThan(0);
    await db()('archives').where({ account_id: alice.id }).update({ expires_at: new Date() });
    // Before anybody swept.
    expect((await fetchAll()).answer.status).toBe(404);
    expect(await server.context.archives.expire()).toBe(1);
    expect((await look()).body).toMatchObject({ state: 'expired', download_url: null });
    expect(await usage()).toBe(before - 1);
    await work('archives.purge');
    expect(await objects()).toEqual([]);
    await eventually('it is gone', async () => (await fetchAll()).answer.status === 404);
  });
});
