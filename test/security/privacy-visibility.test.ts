import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { routes } from '../../src/http/api/index.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import type { Visibility } from '../../src/modules/videos/index.ts';
import type { VideoState } from '../../src/modules/videos/model.ts';
import { createAsker } from '../helpers/asker.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { forgetLimits } from '../helpers/limits.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** Every route for every subject: thousands of questions, on a machine that may be busy. */
const SWEEP_MS = 120_000;

/** Those who look. Each stands the same way to every author, but for `author`, who is one of them. */
const viewers = ['anonymous', 'stranger', 'pending', 'follower', 'author'] as const;
type Viewer = (typeof viewers)[number];

const authors = ['author', 'remote', 'suspended', 'suspendedRemote', 'gone'] as const;
type Author = (typeof authors)[number];

/** Requests under way at once while every route is asked. */
const AT_ONCE = 8;

interface Subject {
  readonly id: VideoId;
  readonly by: Author;
  readonly visibility: Visibility;
  readonly state: VideoState;
  readonly caption: string;
}

let server: TestServer;
let client: Client;
let asker: ReturnType<typeof createAsker>;
let people: People;
let videos: VideoFactory;
let accounts: Record<Author, Account>;
let signedIn: Record<Exclude<Viewer, 'anonymous'>, Person>;
let subjects: Subject[];

afterEach(() => forgetLimits(server));

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  asker = createAsker(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
  const author = await people.signedIn('author');
  accounts = {
    author: author.account,
    remote: await people.remote('remote', 'a.test'),
    suspended: await people.local('suspended'),
    suspendedRemote: await people.remote('suspended', 'b.test'),
    gone: await people.remote('gone', 'c.test'),
  };
  const [stranger, pending, follower] = await Promise.all(
    ['stranger', 'pending', 'follower'].map((name) => people.signedIn(name)),
  );
  if (!stranger || !pending || !follower) throw new Error('Somebody is missing.');
  signedIn = { stranger, pending, follower, author };
  for (const account of Object.values(accounts)) {
    await people.follow(follower.account, account, 'accepted');
    await people.follow(pending.account, account, 'pending');
  }
  subjects = [];
  for (const by of authors) {
    const states: VideoState[] =
      by === 'author' ? ['published', 'uploading', 'received', 'rejected'] : ['published'];
    for (const state of states) {
      for (const visibility of ['public', 'unlisted', 'followers'] as const) {
        const caption = `marked-${by}-${state}-${visibility}`;
        const id = await videos.video(accounts[by], { visibility, state, caption });
        subjects.push({ id, by, visibility, state, caption });
      }
    }
  }
  await people.suspend(accounts.suspended);
  await people.suspend(accounts.suspendedRemote);
  await server.context.db('accounts').where({ id: accounts.gone.id }).update({ state: 'deleted' });
});

afterAll(async () => {
  await asker?.close();
  await server?.close();
});

const as = (viewer: Viewer) => (viewer === 'anonymous' ? undefined : signedIn[viewer]);
const follows = (viewer: Viewer, by: Author) =>
  viewer === 'follower' || (viewer === 'author' && by === 'author');
const isActive = (by: Author) => by === 'author' || by === 'remote';

/** Authors see what they posted while it is made, or was refused: by itself, and in no list. */
const mayOpen = (viewer: Viewer, subject: Subject) =>
  maySee(viewer, subject) ||
  (viewer === 'author' && subject.by === 'author' && /received|rejected/.test(subject.state));

/** The rule, written a second time and differently from the one under test. */
function maySee(viewer: Viewer, { by, visibility, state }: Subject): boolean {
  if (state !== 'published' || !isActive(by)) return false;
  return visibility === 'followers' ? follows(viewer, by) : true;
}

const idsOf = (body: { id: string }[]) => body.map((item) => item.id);
/** Newest first, as every list shows them. */
const listed = (wanted: (subject: Subject) => boolean) =>
  subjects
    .filter(wanted)
    .map((subject) => subject.id)
    .reverse();

describe.each(viewers)('P1 what %s sees', (viewer) => {
  test('one video', async () => {
    for (const subject of subjects) {
      const answer = await client.get(`/api/v1/statuses/${subject.id}`, { as: as(viewer) });
      expect(answer.status, subject.caption).toBe(mayOpen(viewer, subject) ? 200 : 404);
      if (maySee(viewer, subject)) {
        // What is not for everybody is not to be had by an address that can be guessed from another.
        const isOpen = subject.visibility === 'public' || subject.visibility === 'unlisted';
        const path = new RegExp(`/media/${isOpen ? '' : 's/[^/]+/'}${subject.id}/`);
        expect(answer.body).toMatchObject({
          id: subject.id,
          visibility: subject.visibility === 'followers' ? 'private' : subject.visibility,
          account: { id: accounts[subject.by].id },
          media_attachments: [{ id: subject.id, url: expect.stringMatching(path) }],
        });
      }
    }
  });

  test('the videos of an account, and their number', async () => {
    for (const by of authors) {
      const path = `/api/v1/accounts/${accounts[by].id}`;
      const [account, list] = [
        await client.get(path, { as: as(viewer) }),
        await client.get(`${path}/statuses`, { as: as(viewer) }),
      ];
      if (!isActive(by)) {
        expect([account.status, list.status], by).toEqual([404, 404]);
        continue;
      }
      const expected = listed((subject) => subject.by === by && maySee(viewer, subject));
      expect(idsOf(list.body), by).toEqual(expected);
      // The same for everybody: what is not for all is not counted.
      const open = subjects.filter((one) => one.by === by && maySee('anonymous', one));
      expect(account.body.statuses_count, by).toBe(open.length);
    }
  });

  test.each<[string, (subject: Subject) => boolean]>([
    ['', () => true],
    ['?local=true', ({ by }) => by === 'author'],
    ['?remote=true', ({ by }) => by === 'remote'],
    ['?local=false&remote=false', () => true],
  ])('the public timeline%s', async (query, wanted) => {
    const answer = await client.get(`/api/v1/timelines/public${query}`, { as: as(viewer) });
    const shown = (subject: Subject) =>
      subject.visibility === 'public' && maySee(viewer, subject) && wanted(subject);
    expect(idsOf(answer.body)).toEqual(listed(shown));
  });

  test('the home timeline', async () => {
    const answer = await client.get('/api/v1/timelines/home', { as: as(viewer) });
    if (viewer === 'anonymous') {
      expect(answer.status).toBe(401);
      return;
    }
    const shown = (subject: Subject) => follows(viewer, subject.by) && maySee(viewer, subject);
    expect(idsOf(answer.body)).toEqual(listed(shown));
  });

  test('how far an upload has come is for its author only', async () => {
    for (const subject of subjects) {
      const answer = await client.get(`/api/v1/videos/${subject.id}/processing`, { as: as(viewer) });
      const expected =
        viewer === 'anonymous' ? 401 : viewer === 'author' && subject.by === 'author' ? 200 : 404;
      expect(answer.status, subject.caption).toBe(expected);
    }
  });

  test('accounts by handle', async () => {
    for (const by of authors) {
      const { acct } = accounts[by];
      const looked = await client.get(`/api/v1/accounts/lookup?acct=${acct}`, { as: as(viewer) });
      expect(looked.status, by).toBe(isActive(by) ? 200 : 404);
      for (const q of [acct, `@${acct}`]) {
        const found = await client.get(`/api/v2/search?q=${q}`, { as: as(viewer) });
        expect(idsOf(found.body.accounts), by).toEqual(isActive(by) ? [accounts[by].id] : []);
      }
    }
  });

  test('no GET route of the table shows a mark of what is hidden', { timeout: SWEEP_MS }, async () => {
    const hidden = subjects.filter(
      (subject) => !maySee(viewer, subject) && !(viewer === 'author' && subject.by === 'author'),
    );
    const whom = Object.values(accounts).map(({ id }) => id);
    const posts = subjects.map(({ id }) => id);
    // The others take ids of things that nobody has here, and must find nothing under those of something else.
    const fillings = (path: string): (string | undefined)[] =>
      path.includes('/accounts/:id')
        ? whom
        : /\/(?:statuses|videos|media)\/:id/.test(path)
          ? posts
          : [whom[0], posts[0]];
    const paths = routes
      // The stream of one's own unfinished video does not end; to others it must not begin.
      .filter((route) => route.method === 'get' && !(viewer === 'author' && 'event' in route))
      .flatMap(({ path }) =>
        path.includes(':id') ? fillings(path).map((id) => path.replace(':id', String(id))) : [path],
      );
    const queries = [
      '',
      '?limit=40',
      '?max_id=9223372036854775807',
      '?q=author&acct=author',
      `?id[]=${accounts.author.id}`,
    ];
    const look = async (path: string) => {
      for (const query of path.includes('/timelines/') || !/\d/.test(path.slice(8)) ? queries : ['']) {
        const { status, text } = await asker.ask('get', path + query, { as: as(viewer) });
        expect(status, path).not.toBe(429);
        for (const { caption } of hidden) expect(text, `${path}${query}`).not.toContain(caption);
        for (const { id, by } of hidden) {
          if (!path.includes(id)) expect(text, `${path}${query} ${by}`).not.toContain(id);
        }
      }
    };
    for (let at = 0; at < paths.length; at += AT_ONCE) {
      await forgetLimits(server);
      await Promise.all(paths.slice(at, at + AT_ONCE).map(look));
    }
  });

  test('ActivityPub shows what anybody may see, whoever asks', async () => {
    const headers = { accept: 'application/activity+json' };
    for (const subject of subjects.filter(({ by }) => by === 'author')) {
      const answer = await client.get(`/ap/videos/${subject.id}`, { as: as(viewer), headers });
      expect(answer.status, subject.caption).toBe(maySee('anonymous', subject) ? 200 : 404);
    }
    const outbox = await client.get(`/ap/users/${accounts.author.id}/outbox?page=true`, {
      as: as(viewer),
      headers,
    });
    const collection = await client.get(`/ap/users/${accounts.author.id}/outbox`, {
      as: as(viewer),
      headers,
    });
    const open = subjects.filter((subject) => subject.by === 'author' && maySee('anonymous', subject));
    expect(JSON.parse(collection.text).totalItems).toBe(open.length);
    for (const { caption } of open) expect(outbox.text).toContain(caption);
    for (const subject of subjects)
      if (!open.includes(subject)) expect(outbox.text).not.toContain(subject.caption);
    const suspended = await client.get(`/ap/users/${accounts.suspended.id}`, { headers });
    expect(JSON.parse(suspended.text)).toMatchObject({ suspended: true });
    expect(JSON.parse(suspended.text)).not.toHaveProperty('summary');
  });
});

describe('P2 asking about what one may not see', () => {
  test('is answered as if there were nothing', async () => {
    const secret = subjects.find(
      ({ by, visibility, state }) => by === 'author' && visibility === 'followers' && state === 'published',
    );
    const absent = '1';
    for (const [method, pattern] of [
      ['get', '/api/v1/statuses/:id'],
      ['delete', '/api/v1/statuses/:id'],
      ['get', '/api/v1/videos/:id/processing'],
    ] as const) {
      const [unseen, missing] = await Promise.all(
        [secret?.id ?? '', absent].map((id) =>
          client[method](pattern.replace(':id', id), { as: signedIn.stranger }),
        ),
      );
      expect(unseen?.status).toBe(404);
      expect(unseen?.text).toBe(missing?.text);
      expect(Object.keys(unseen?.headers ?? {})).toEqual(Object.keys(missing?.headers ?? {}));
    }
    expect((await client.get(`/api/v1/statuses/${secret?.id}`, { as: signedIn.author })).status).toBe(200);
  });

  test('A10 nobody deletes what another made, not even who may see it', async () => {
    for (const subject of subjects) {
      for (const person of [signedIn.stranger, signedIn.follower]) {
        const answer = await client.delete(`/api/v1/statuses/${subject.id}`, { as: person });
        expect([answer.status, answer.body.code]).toEqual([404, 'not-found']);
      }
    }
    const row = await server.context.db('videos').count('* as count').first();
    expect(Number(row?.count)).toBe(subjects.length);
  });

  test('a follow names only accounts that are shown', async () => {
    for (const by of authors) {
      const answer = await client.post(`/api/v1/accounts/${accounts[by].id}/follow`, {
        as: signedIn.stranger,
      });
      expect(answer.status, by).toBe(isActive(by) ? 200 : 404);
      await client.post(`/api/v1/accounts/${accounts[by].id}/unfollow`, { as: signedIn.stranger });
    }
  });

  test('the account of the server itself is neither found nor followed', async () => {
    const instance = await server.context.accounts.byActorUri(server.context.urls.instanceActor);
    for (const path of [`/api/v1/accounts/${instance?.id}`, '/api/v1/accounts/lookup?acct=instance.actor']) {
      expect((await client.get(path)).status).toBe(404);
    }
    const found = await client.get('/api/v2/search?q=instance.actor');
    expect([found.status, found.body.accounts]).toEqual([200, []]);
    const handle = `instance.actor@${server.context.urls.domain}`;
    const resolved = await client.get(`/api/v2/search?resolve=true&q=${handle}`, { as: signedIn.stranger });
    expect([resolved.status, resolved.body.accounts]).toEqual([200, []]);
    const followed = await client.post(`/api/v1/accounts/${instance?.id}/follow`, { as: signedIn.stranger });
    expect(followed.status).toBe(404);
  });
});

describe('P7 suspended accounts', () => {
  test('are not found by asking their server either', async () => {
    const handles = [`suspended@${server.context.urls.domain}`, 'suspended@b.test', 'gone@c.test'];
    for (const q of handles) {
      const answer = await client.get(`/api/v2/search?resolve=true&q=${encodeURIComponent(q)}`, {
        as: signedIn.stranger,
      });
      expect(answer.body.accounts ?? [], q).toEqual([]);
    }
  });

  test('are not found under a new name that their server gives them', async () => {
    const { lookup } = server.context.federation;
    const account = await server.context.accounts.byId(accounts.suspendedRemote.id);
    if (!account) throw new Error('The account is missing.');
    const asked = vi.spyOn(lookup, 'account').mockResolvedValue({ ok: true, account });
    const answer = await client.get('/api/v2/search?resolve=true&q=renamed@b.test', {
      as: signedIn.stranger,
    });
    expect(asked).toHaveBeenCalledOnce();
    asked.mockRestore();
    expect([answer.status, answer.body.accounts]).toEqual([200, []]);
  });

  test('come back with all they had when it is lifted', async () => {
    const { db } = server.context;
    const account = await people.local('lifted');
    const id = await videos.video(account);
    const status = async () => (await client.get(`/api/v1/statuses/${id}`)).status;
    expect(await status()).toBe(200);
    await people.suspend(account);
    expect(await status()).toBe(404);
    await db('accounts').where({ id: account.id }).update({ state: 'active' });
    expect(await status()).toBe(200);
  });
});
