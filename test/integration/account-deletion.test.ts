import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AccountId } from '../../src/lib/ids.ts';
import { eventually, workLeft } from '../helpers/chaos.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, PASSWORD, type People } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let people: People;
let client: Client;

beforeAll(async () => {
  server = await startTestServer({ role: 'all' });
  people = createPeople(server);
  client = clientOf(server.origin);
  // A server that starts does upkeep first thing: it must not delete for the tests whom they count.
  const upkeep = server.context.db('upkeep_runs').where({ task: 'deleted' });
  await eventually('upkeep was done once', async () => (await upkeep.clone()).length > 0);
});

afterAll(() => server.close());

const LEAVE = '/api/v1/accounts/delete_account';
const leave = (id: AccountId) => server.context.inTx((tx) => server.context.auth.leave(tx, id));
const signIn = (login: string) =>
  client.post('/api/v1/sessions', { body: { login, password: PASSWORD, kind: 'bearer' } });
const due = (id: AccountId) =>
  server.context.db('users').where({ account_id: id }).update({ delete_at: new Date() });
const deleteDue = () => server.context.auth.deleteDue(server.context.inTx);
const settled = () =>
  eventually(
    'all that follows from it is done',
    async () => (await workLeft(server.context.db, 'accounts.clear')) === 0,
  );

/** What may still name an account that was deleted, and why. */
const MAY_STAY = new Set([
  // The Delete, and that with which it is signed; forgotten after a month.
  ...['activities.account_id', 'actor_keys.account_id'],
  // The channel, which is as empty.
  'accounts.owner_id',
  // What the staff has to know.
  ...['reports.reporter_id', 'reports.target_id'],
]);

/** Every column that names an account, with how often it names this one. */
async function naming(id: AccountId): Promise<Map<string, number>> {
  const { db } = server.context;
  const { rows } = await db.raw<{ rows: { tab: string; col: string }[] }>(
    `select con.conrelid::regclass::text as tab, att.attname as col
       from pg_constraint con
       join pg_attribute att on att.attrelid = con.conrelid and att.attnum = any (con.conkey)
      where con.contype = 'f' and con.confrelid = 'accounts'::regclass`,
  );
  const counts = new Map<string, number>();
  for (const { tab, col } of rows) {
    const found = await db(tab)
      .where({ [col]: id })
      .count('* as count')
      .first();
    if (Number(found?.count) > 0) counts.set(`${tab}.${col}`, Number(found?.count));
  }
  return counts;
}

describe('whoever leaves', () => {
  test('is hidden at once, signed out everywhere, and back by signing in', async () => {
    const alice = await people.signedIn('alice');
    const bob = await people.signedIn('bob');
    const id = await createVideoFactory(server.context).video(alice.account);
    const page = `/api/v1/statuses/${id}`;
    expect((await client.get(page, { as: bob })).status).toBe(200);
    const wrong = await client.post(LEAVE, { as: alice, body: { password: 'not mine' } });
    expect(wrong.body).toMatchObject({ code: 'wrong-password' });
    const outcome = await client.post(LEAVE, { as: alice, body: { password: PASSWORD } });
    expect(outcome.status).toBe(200);
    const days = (Date.parse(outcome.body.delete_at) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(29.9);
    expect(days).toBeLessThan(30.1);
    expect((await client.get(page, { as: bob })).status).toBe(404);
    expect((await client.get('/api/v1/accounts/verify_credentials', { as: alice })).status).toBe(401);
    const actor = await fetch(alice.account.actorUri, { headers: { accept: 'application/activity+json' } });
    expect(actor.status).toBe(404);
    expect(await deleteDue()).toBe(0);
    expect((await signIn('alice')).status).toBe(200);
    expect((await client.get(page, { as: bob })).status).toBe(200);
    const channel = await server.context.accounts.channelOf(alice.id);
    expect(channel).toMatchObject({ state: 'active' });
  });

  test('may not be the owner of the server', async () => {
    const owner = await people.signedIn('owner', 'owner');
    const refused = await client.post(LEAVE, { as: owner, body: { password: PASSWORD } });
    expect([refused.status, refused.body.code]).toEqual([422, 'owner-stays']);
    expect((await client.get('/api/v1/accounts/verify_credentials', { as: owner })).status).toBe(200);
  });

  test('is gone for good once the time is over, with all that names it', async () => {
    const { db, inTx, social, engagement, lists, filters, markers, accounts } = server.context;
    const carol = await people.signedIn('carol');
    const dave = await people.signedIn('dave');
    await people.follow(carol.account, dave.account);
    await people.follow(dave.account, carol.account);
    const { video } = createVideoFactory(server.context);
    const hers = await video(carol.account);
    const his = await video(dave.account);
    const say = (as: typeof carol, id: string) =>
      client.post('/api/v1/statuses', { as, body: { status: 'Hello', in_reply_to_id: id } });
    expect((await say(carol, his)).status).toBe(200);
    expect((await say(dave, hers)).status).toBe(200);
    await inTx(async (tx) => {
      await engagement.like(tx, carol.account, { videoId: his });
      await social.block(tx, carol.account, await people.remote('mallory'));
      await lists.create(tx, carol.id, { title: 'Friends', repliesPolicy: 'list', exclusive: false });
      await markers.set(tx, carol.id, 'home', his);
    });
    await client.post('/api/v2/filters', { as: carol, body: { title: 'No', context: ['home'] } });
    await client.patch('/api/v1/accounts/update_credentials', {
      as: carol,
      body: { display_name: 'Carol of the sea', note: 'I swim.' },
    });
    expect((await naming(carol.id)).size).toBeGreaterThan(8);
    expect(await filters.all(carol.id)).toHaveLength(1);

    await client.post(`/api/v1/statuses/${his}/bookmark`, { as: carol });
    await client.post('/api/v1/tags/sea/follow', { as: carol });
    expect([...(await naming(carol.id)).keys()]).toContain('bookmarks.account_id');

    await leave(carol.id);
    await due(carol.id);
    expect(await deleteDue()).toBe(1);
    await settled();
    const left = [...(await naming(carol.id)).keys()];
    expect(left.filter((column) => !MAY_STAY.has(column))).toEqual([]);
    expect(await accounts.byId(carol.id)).toMatchObject({
      ...{ state: 'deleted', displayName: '', bioHtml: '', bioText: '', fields: [] },
    });
    expect(await db('video_stats').where({ video_id: his }).first()).toMatchObject({ likes: 0 });
    expect((await signIn('carol')).body).toMatchObject({ code: 'wrong-credentials' });
    expect((await client.get(`/api/v1/accounts/${carol.id}`, { as: dave })).status).toBe(404);
    const actor = await fetch(carol.account.actorUri, { headers: { accept: 'application/activity+json' } });
    expect(actor.status).toBe(410);
    expect(await actor.json()).toMatchObject({ type: 'Tombstone', id: carol.account.actorUri });
    // Other servers know her by this name.
    const again = await client.post('/api/v1/accounts', {
      body: { username: 'carol', password: PASSWORD, reason: 'To be somebody else.' },
    });
    expect(again.body).toMatchObject({ code: 'username-taken' });
  });

  test('leaves no key once every server had time to hear of it', async () => {
    const { db, inTx, accounts } = server.context;
    const erin = await people.signedIn('erin');
    await leave(erin.id);
    await due(erin.id);
    expect(await deleteDue()).toBe(1);
    expect(await inTx((tx) => accounts.forgetDeleted(tx))).toBe(0);
    await db('accounts')
      .where({ id: erin.id })
      .update({ deleted_at: db.raw(`now() - interval '31 days'`) });
    expect(await inTx((tx) => accounts.forgetDeleted(tx))).toBe(1);
    expect(await accounts.keysOf(erin.id)).toBeNull();
    expect(await inTx((tx) => accounts.forgetDeleted(tx))).toBe(0);
  });
});
