import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { announcementLimits } from '../../config/announcement-limits.ts';
import { eventually } from '../helpers/chaos.ts';
import { forgetLimits } from '../helpers/limits.ts';
import { settle } from '../helpers/news.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { setUpSecondFactor } from '../helpers/second-factor.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let boss: Person;
let alice: Person;
let bob: Person;
const time = { ahead: 0 };
const HOUR = 3_600_000;

beforeAll(async () => {
  server = await startTestServer({ overrides: { clock: { now: () => Date.now() + time.ahead } } });
  client = clientOf(server.origin);
  const people = createPeople(server);
  boss = await people.signedIn('boss', 'owner');
  await setUpSecondFactor(server, boss);
  [alice, bob] = [await people.signedIn('alice'), await people.signedIn('bob')];
});
beforeEach(async () => {
  time.ahead = 0;
  await server.context.db('announcements').delete();
  await forgetLimits(server);
});
afterAll(() => server?.close());

const ADMIN = '/api/v1/admin/announcements';
const OPEN = '/api/v1/announcements';

interface Change {
  readonly announcement: { readonly id: string; readonly state: string } & Record<string, unknown>;
  readonly audit_id: string;
}

async function write(body: object): Promise<Change> {
  const answer = await client.post(ADMIN, { as: boss, body });
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}
const deed = (path: string, body?: object) => client.post(`${ADMIN}/${path}`, { as: boss, body });
const undo = (id: string) => deed('undo', { audit_id: id });
const shownTo = async (as?: Person) => (await client.get(OPEN, { as })).body as Record<string, unknown>[];
const ids = async (as?: Person) => (await shownTo(as)).map(({ id }) => id);
const at = (ms: number) => new Date(Date.now() + ms).toISOString();

describe('what the staff tells everybody', () => {
  test('is read by all, visitors included, as safe HTML, and dismissed by each on its own', async () => {
    const text =
      '# News\n\nWe **update** [here](https://a.test). <script>alert(1)</script> [x](javascript:alert(1))';
    const { announcement } = await write({ text, publish_at: 'now' });
    const [seen] = await shownTo(alice);
    expect(seen).toMatchObject({
      id: announcement.id,
      read: false,
      reactions: [],
      mentions: [],
      all_day: false,
    });
    expect(seen?.content).toContain('<h2>News</h2>');
    expect(seen?.content).toContain('<strong>update</strong>');
    expect(seen?.content).not.toMatch(/<script|href="javascript/);
    const [visitor] = await shownTo();
    expect(visitor).not.toHaveProperty('read');
    expect((await client.post(`${OPEN}/${announcement.id}/dismiss`, { as: alice })).body).toEqual({});
    expect((await client.post(`${OPEN}/${announcement.id}/dismiss`, { as: alice })).status).toBe(200);
    expect((await shownTo(alice))[0]).toMatchObject({ read: true });
    expect((await shownTo(bob))[0]).toMatchObject({ read: false });
    expect((await client.post(`${OPEN}/7/dismiss`, { as: alice })).status).toBe(404);
  });

  test('is a draft until it is published, and is over when the staff says so', async () => {
    const { announcement } = await write({ text: 'Soon.' });
    expect(announcement.state).toBe('draft');
    expect(await ids(alice)).toEqual([]);
    expect((await client.post(`${OPEN}/${announcement.id}/dismiss`, { as: alice })).status).toBe(404);
    expect((await deed(`${announcement.id}/publish`)).body.announcement.state).toBe('shown');
    expect(await ids(alice)).toEqual([announcement.id]);
    expect((await deed(`${announcement.id}/end`)).body.announcement.state).toBe('ended');
    expect(await ids(alice)).toEqual([]);
    const again = await deed(`${announcement.id}/end`);
    expect([again.status, again.body.code]).toEqual([422, 'validation-failed']);
  });

  test('shows and ends itself at its times, which are those of its zone', async () => {
    const { announcement } = await write({ text: 'Later.', publish_at: at(HOUR), ends_at: at(2 * HOUR) });
    expect(announcement.state).toBe('scheduled');
    expect(await ids()).toEqual([]);
    time.ahead = HOUR + 1_000;
    expect(await ids()).toEqual([announcement.id]);
    time.ahead = 2 * HOUR + 1_000;
    expect(await ids()).toEqual([]);
    expect((await client.get(ADMIN, { as: boss })).body[0].state).toBe('ended');
    time.ahead = 0;
    const day = await write({
      ...{ text: 'Party.', starts_at: '2031-07-01', ends_at: '2031-07-02', all_day: true },
      ...{ time_zone: 'Europe/Berlin', publish_at: 'now' },
    });
    expect(day.announcement).toMatchObject({
      ...{ starts_at: '2031-06-30T22:00:00.000Z', ends_at: '2031-07-02T21:59:59.999Z', all_day: true },
      ...{ local_starts_at: '2031-07-01T00:00', local_ends_at: '2031-07-02T23:59' },
    });
    const wall = await write({
      ...{ text: 'Update.', starts_at: '2031-12-01T09:00', time_zone: 'Asia/Tokyo' },
      ends_at: '2031-12-01T02:00:00Z',
    });
    expect(wall.announcement).toMatchObject({
      starts_at: '2031-12-01T00:00:00.000Z',
      local_ends_at: '2031-12-01T11:00',
    });
  });

  test('is refused where it says what cannot be', async () => {
    const refusals = [
      { text: ' ' },
      { text: 'x'.repeat(announcementLimits.maxCharacters + 1) },
      { text: 'x', time_zone: 'Mars/Olympus' },
      { text: 'x', starts_at: 'tomorrow' },
      { text: 'x', starts_at: at(2 * HOUR), ends_at: at(HOUR) },
      { text: 'x', all_day: true, starts_at: '2031-07-01' },
      { text: 'x', ends_at: at(-HOUR), publish_at: 'now' },
      { text: 'x', ends_at: at(HOUR), publish_at: at(2 * HOUR) },
    ];
    for (const body of refusals) {
      const answer = await client.post(ADMIN, { as: boss, body });
      expect([answer.status, answer.body.code], JSON.stringify(body)).toEqual([422, 'validation-failed']);
    }
    for (const as of [alice, undefined]) {
      const answer = await client.post(ADMIN, { as, body: { text: 'x' } });
      expect(answer.status).toBe(as ? 403 : 401);
    }
    expect(await server.context.db('announcements')).toEqual([]);
  });

  test('is kept up to a number', async () => {
    const { db, ids: source } = server.context;
    await db('announcements').insert(
      Array.from({ length: announcementLimits.maxKept }, () => ({
        ...{ id: source.next(), text: 'x', time_zone: 'UTC', created_at: new Date(), updated_at: new Date() },
      })),
    );
    const answer = await client.post(ADMIN, { as: boss, body: { text: 'x' } });
    expect([answer.status, answer.body.code]).toEqual([422, 'too-many-announcements']);
  });

  test('a text can be looked at before it is kept', async () => {
    const answer = await deed('preview', { text: '*Hm* <b>' });
    expect(answer.body).toEqual({ content: '<p><em>Hm</em> &lt;b&gt;</p>' });
  });
});

describe('every deed', () => {
  test('is in the log, and can be taken back while nothing else was done since', async () => {
    const { announcement, audit_id: added } = await write({ text: 'One.', publish_at: 'now' });
    const { id } = announcement;
    const change = await client.put(`${ADMIN}/${id}`, { as: boss, body: { text: 'Two.' } });
    // When it is shown stays as it was.
    expect(change.body.announcement).toMatchObject({ text: 'Two.', state: 'shown' });
    const early = await undo(added);
    expect([early.status, early.body.code]).toEqual([409, 'not-undoable']);
    const back = await undo(change.body.audit_id);
    expect(back.body.announcement).toMatchObject({ text: 'One.', state: 'shown' });
    const twice = await undo(change.body.audit_id);
    expect([twice.status, twice.body.code]).toEqual([409, 'undone-before']);
    const end = await deed(`${id}/end`);
    expect(await ids()).toEqual([]);
    expect((await undo(end.body.audit_id)).body.announcement.state).toBe('shown');
    const gone = await client.delete(`${ADMIN}/${id}`, { as: boss });
    expect(await ids()).toEqual([]);
    expect((await undo(gone.body.audit_id)).body.announcement).toMatchObject({ id, text: 'One.' });
    expect(await ids()).toEqual([id]);
    expect((await undo(added)).body.announcement).toBeNull();
    expect(await ids()).toEqual([]);
    const log = await client.get(`/api/v1/admin/audit_log?target_kind=announcement&target_id=${id}`, {
      as: boss,
    });
    expect(log.body.map(({ action }: { action: string }) => action)).toEqual([
      ...['announcement.remove', 'announcement.add', 'announcement.remove', 'announcement.change'],
      ...['announcement.end', 'announcement.change', 'announcement.change', 'announcement.add'],
    ]);
    expect((await undo('7')).status).toBe(404);
  });
});

describe('signs below', () => {
  const react = (id: string, name: string, as = alice) =>
    client.put(`${OPEN}/${id}/reactions/${encodeURIComponent(name)}`, { as });
  const takeBack = (id: string, name: string, as = alice) =>
    client.delete(`${OPEN}/${id}/reactions/${encodeURIComponent(name)}`, { as });

  test('are counted, given once by each, and taken back', async () => {
    const { id } = (await write({ text: 'Cake!', publish_at: 'now' })).announcement;
    for (const [name, as] of [
      ['🎉', alice],
      ['🎉', alice],
      ['🎉', bob],
      ['❤', alice],
    ] as const) {
      expect((await react(id, name, as)).status).toBe(200);
    }
    const hearts = { name: '❤️', count: 1 };
    expect((await shownTo(alice))[0]?.reactions).toEqual([
      { name: '🎉', count: 2, me: true },
      { ...hearts, me: true },
    ]);
    expect((await shownTo(bob))[0]?.reactions).toEqual([
      { name: '🎉', count: 2, me: true },
      { ...hearts, me: false },
    ]);
    expect((await shownTo())[0]?.reactions).toEqual([{ name: '🎉', count: 2 }, hearts]);
    expect((await takeBack(id, '🎉')).body).toEqual({});
    expect((await takeBack(id, '🎉')).status).toBe(200);
    expect((await shownTo(alice))[0]?.reactions).toEqual([
      { name: '🎉', count: 1, me: false },
      { ...hearts, me: true },
    ]);
    expect((await client.get(ADMIN, { as: boss })).body[0].reactions).toEqual([
      { name: '🎉', count: 1 },
      hearts,
    ]);
  });

  test('are emoji, of few kinds, below what is shown', async () => {
    const { id } = (await write({ text: 'Cake!', publish_at: 'now' })).announcement;
    for (const name of ['a', 'cake', '🎉🎉', '<b>', 'constructor']) {
      const answer = await react(id, name);
      expect([answer.status, answer.body.code], name).toEqual([422, 'not-an-emoji']);
    }
    const kinds = ['😀', '😁', '😂', '🤣', '😃', '😄', '😅', '😆', '😉'];
    const answers = [];
    for (const name of kinds) answers.push((await react(id, name)).status);
    expect(answers).toEqual([...Array(announcementLimits.maxReactions).fill(200), 422]);
    expect((await react(id, '😀', bob)).status).toBe(200);
    await deed(`${id}/end`);
    expect((await react(id, '😀')).status).toBe(404);
  });
});

describe('those who listen', () => {
  async function listen(as: Person) {
    const url = `${server.origin.replace('http', 'ws')}/api/v1/streaming?stream=user`;
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${as.token}` } });
    const heard: { event: string; payload: string }[] = [];
    socket.on('message', (data) => heard.push(JSON.parse(String(data))));
    await once(socket, 'open');
    const next = async (event: string, payload: (text: string) => boolean) => {
      await settle(server.context);
      return eventually(event, () => heard.find((one) => one.event === event && payload(one.payload)));
    };
    return { next, heard, close: () => socket.terminate() };
  }

  test('hear of what is shown, changed, answered and over, by deeds and by time', async () => {
    // What was told before is told to nobody who comes now.
    await settle(server.context);
    const { next, heard, close } = await listen(alice);
    try {
      const { id } = (await write({ text: 'One.', publish_at: 'now', ends_at: at(HOUR) })).announcement;
      const told = JSON.parse((await next('announcement', (text) => text.includes('One.'))).payload);
      expect(told).toMatchObject({ id, content: '<p>One.</p>', reactions: [] });
      expect(told).not.toHaveProperty('read');
      await client.put(`${ADMIN}/${id}`, { as: boss, body: { text: 'Two.', ends_at: at(HOUR) } });
      await next('announcement', (text) => text.includes('Two.'));
      await client.put(`${OPEN}/${id}/reactions/${encodeURIComponent('🎉')}`, { as: bob });
      const reaction = await next('announcement.reaction', () => true);
      expect(JSON.parse(reaction.payload)).toEqual({ name: '🎉', count: 1, announcement_id: id });
      await server.context.announcements.passTime();
      await settle(server.context);
      expect(heard.map(({ event }) => event)).not.toContain('announcement.delete');
      time.ahead = HOUR + 1_000;
      await server.context.announcements.passTime();
      await next('announcement.delete', (text) => text === id);
      time.ahead = 0;
      const later = (await write({ text: 'Three.', publish_at: at(HOUR) })).announcement;
      await settle(server.context);
      expect(heard.filter(({ payload }) => payload.includes('Three.'))).toEqual([]);
      time.ahead = HOUR + 1_000;
      await server.context.announcements.passTime();
      await next('announcement', (text) => text.includes('Three.'));
      await client.delete(`${ADMIN}/${later.id}`, { as: boss });
      await next('announcement.delete', (text) => text === later.id);
    } finally {
      close();
    }
  });
});

test('who dismissed what ended long ago is forgotten', async () => {
  const { id } = (await write({ text: 'x', publish_at: 'now' })).announcement;
  await client.post(`${OPEN}/${id}/dismiss`, { as: alice });
  await deed(`${id}/end`);
  const { db, announcements } = server.context;
  await announcements.passTime();
  expect(await db('announcement_dismissals')).toHaveLength(1);
  time.ahead = announcementLimits.dismissalsKeptMs + HOUR;
  await announcements.passTime();
  expect(await db('announcement_dismissals')).toEqual([]);
});
