import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { linkLimits } from '../../config/mail-limits.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { type MailRig, startMailRig } from '../helpers/mail-rig.ts';
import { linkIn, type MailServer, workMail } from '../helpers/mail-server.ts';
import { settle } from '../helpers/news.ts';
import { type Client, PASSWORD, type People, type Person } from '../helpers/people.ts';
import type { TestServer } from '../helpers/server.ts';

/** A server where addresses are confirmed, a person decides who joins, and whoever is invited need not be asked about. */

let rig: MailRig;
let mailbox: MailServer;
let server: TestServer;
let client: Client;
let people: People;
let elsewhere: MailRig['elsewhere'];

beforeAll(async () => {
  rig = await startMailRig({ variables: { REGISTRATIONS: 'approval', INVITES: 'everyone' } });
  ({ mailbox, server, client, people, elsewhere } = rig);
});

afterAll(() => rig?.close());

beforeEach(() => {
  mailbox.received.length = 0;
});

const signUp = (username: string, more: object) => {
  const body = { username, password: PASSWORD, email: `${username}@mail.test`, ...more };
  return client.post('/api/v1/accounts', { body, from: elsewhere() });
};

const confirmBy = (link: URL) =>
  client.post('/auth/confirm', {
    body: { token: link.searchParams.get('token') },
    headers: { origin: server.origin },
    from: elsewhere(),
  });

async function linkOf(username: string, address = `${username}@mail.test`): Promise<URL> {
  await workMail(server.context);
  return linkIn(await mailbox.mailTo(address), '/auth/confirm');
}

async function invite(host: Person, body: object = {}): Promise<{ id: string; code: string }> {
  const made = await client.post('/api/v1/invites', { as: host, body });
  expect(made.status, made.text).toBe(200);
  return made.body;
}

describe('an invite that has whoever comes follow who gave it', () => {
  test('does so once the address is confirmed, and then it is told', async () => {
    const host = await people.signedIn('host');
    const { db } = server.context;
    const { code } = await invite(host, { autofollow: true });
    const guest = (await signUp('guest', { invite_code: code })).body.account;
    await settle(server.context);
    const seen = async () => ({
      followers: (await client.get(`/api/v1/accounts/${host.id}`)).body.followers_count,
      told: (await client.get('/api/v1/notifications', { as: host })).body.map(
        (one: { type: string; account: { id: string } }) => [one.type, one.account.id],
      ),
    });
    expect(await db('follows').where({ follower_id: guest.id })).toEqual([]);
    expect(await seen()).toEqual({ followers: 0, told: [] });
    expect((await confirmBy(await linkOf('guest'))).status).toBe(200);
    await settle(server.context);
    expect(await seen()).toEqual({ followers: 1, told: [['follow', guest.id]] });
  });

  test('does so as well where nothing has to be confirmed any more', async () => {
    const host = await people.signedIn('host2');
    const { auth, inTx, db } = server.context;
    const { code } = await invite(host, { autofollow: true });
    const plain = await invite(host);
    const guest = (await signUp('guest2', { invite_code: code })).body.account;
    await signUp('guest3', { invite_code: plain.code });
    expect(await db('follows').where({ target_id: host.id })).toEqual([]);
    await inTx((tx) => auth.emails.confirmAll(tx));
    expect(await db('follows').where({ target_id: host.id }).pluck('follower_id')).toEqual([guest.id]);
  });
});

describe('whoever waits for an answer and has not confirmed the address', () => {
  const CONFIRMATIONS = '/api/v1/emails/confirmations';
  const ask = (username: string, more: object = {}) => signUp(username, { reason: 'I film birds.', ...more });
  const signIn = async (login: string) => {
    const body = { login, password: PASSWORD, kind: 'bearer' };
    return client.post('/api/v1/sessions', { body, from: elsewhere() });
  };

  test('comes in to correct the address, and nothing else; confirmed, waits outside like all others', async () => {
    await ask('ann', { email: 'mistyped@mail.test' });
    await workMail(server.context);
    const entered = await signIn('ann');
    expect([entered.status, entered.body.code]).toEqual([200, undefined]);
    const as = { token: entered.body.token };
    const posting = await client.post('/api/v1/statuses', { as, body: { status: 'Hello' } });
    expect([posting.status, posting.body.code]).toEqual([403, 'email-unconfirmed']);
    expect((await client.post(CONFIRMATIONS, { as })).body).toEqual({});
    expect((await client.post(CONFIRMATIONS, { as, body: { email: 'ann@mail.test' } })).body).toEqual({});
    expect((await confirmBy(await linkOf('ann'))).status).toBe(200);
    expect((await client.post(CONFIRMATIONS, { as })).status).toBe(401);
    expect((await signIn('ann')).body.code).toBe('approval-pending');
    expect((await server.context.accounts.byHandle('ann'))?.state).toBe('pending');
  });

  test('gets a new password, which confirms the address as well, but does not let her in', async () => {
    await ask('bia');
    const { auth, inTx } = server.context;
    await workMail(server.context);
    mailbox.received.length = 0;
    await inTx((tx) => auth.resets.askForReset(tx, 'bia'));
    await workMail(server.context);
    const token =
      linkIn(await mailbox.mailTo('bia@mail.test'), '/auth/reset').searchParams.get('token') ?? '';
    const hash = await auth.hashPassword(PASSWORD);
    expect((await inTx((tx) => auth.resets.resetPassword(tx, token, hash))).ok).toBe(true);
    expect((await signIn('bia')).body.code).toBe('approval-pending');
  });
});

describe('an account that nobody ever saw', () => {
  const usesOf = async (id: string) => (await server.context.db('invites').where({ id }).first('uses')).uses;
  const grownOld = (usernames: readonly string[]) => {
    const { db } = server.context;
    const created_at = new Date(Date.now() - linkLimits.unconfirmedMs - 60_000);
    const emails = usernames.map((username) => `${username}@mail.test`);
    return db('users').whereIn('email', emails).update({ created_at });
  };

  test('is gone at once when its owner leaves: its link, its name and its use of an invite with it', async () => {
    const host = await people.signedIn('host4');
    const { id, code } = await invite(host, { max_uses: 1 });
    await signUp('fox', { invite_code: code });
    const link = await linkOf('fox');
    const body = { login: 'fox', password: PASSWORD, kind: 'bearer' };
    const as = { token: (await client.post('/api/v1/sessions', { body, from: elsewhere() })).body.token };
    const left = await client.post('/api/v1/accounts/delete_account', { as, body: { password: PASSWORD } });
    expect(left.status, left.text).toBe(200);
    expect(Date.parse(left.body.delete_at)).toBeLessThanOrEqual(Date.now());
    expect((await confirmBy(link)).status).toBe(422);
    expect(await server.context.accounts.byHandle('fox')).toBeNull();
    expect(await usesOf(id)).toBe(0);
    expect((await signUp('fox', { invite_code: code })).status).toBe(200);
  });

  test('gives its use of an invite back when it goes after a week', async () => {
    const host = await people.signedIn('host5');
    const { auth, inTx, db } = server.context;
    const [shared, other] = [await invite(host, { max_uses: 3 }), await invite(host)];
    for (const username of ['gnu1', 'gnu2', 'gnu3']) await signUp(username, { invite_code: shared.code });
    await signUp('hen', { invite_code: other.code });
    await confirmBy(await linkOf('gnu3'));
    await grownOld(['gnu1', 'gnu2', 'gnu3']);
    await db('mail_links').update({ expires_at: new Date(Date.now() - 60_000) });
    expect(await auth.emails.dropUnconfirmed(inTx)).toBe(2);
    expect([await usesOf(shared.id), await usesOf(other.id)]).toEqual([1, 1]);
  });

  test('stays as long as a link to confirm it counts, as where it was approved late', async () => {
    const { accounts, auth, inTx, db } = server.context;
    await signUp('ibis', { reason: 'I film birds.' });
    await signUp('jay', { reason: 'I film birds.' });
    await workMail(server.context);
    await db('mail_links').update({ expires_at: new Date(Date.now() - 60_000) });
    await grownOld(['ibis', 'jay']);
    mailbox.received.length = 0;
    const ibis = await accounts.byHandle('ibis');
    expect(ibis && (await inTx((tx) => auth.decideSignUp(tx, operator, ibis.id, true)))?.ok).toBe(true);
    expect(await auth.emails.dropUnconfirmed(inTx)).toBe(1);
    expect(await accounts.byHandle('jay')).toBeNull();
    expect((await confirmBy(await linkOf('ibis'))).status).toBe(200);
    expect((await accounts.byHandle('ibis'))?.state).toBe('active');
  });
});
