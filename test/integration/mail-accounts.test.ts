import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { linkLimits } from '../../config/mail-limits.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { type MailRig, startMailRig } from '../helpers/mail-rig.ts';
import { linkIn, type MailServer, workMail } from '../helpers/mail-server.ts';
import {
  type Client,
  clientOf,
  createPeople,
  PASSWORD,
  type People,
  type Person,
} from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const CONFIRMATIONS = '/api/v1/emails/confirmations';
const CREDENTIALS = '/api/v1/accounts/verify_credentials';

let rig: MailRig;
let mailbox: MailServer;
let server: TestServer;
let client: Client;
let people: People;
let elsewhere: MailRig['elsewhere'];

beforeAll(async () => {
  rig = await startMailRig();
  ({ mailbox, server, client, people, elsewhere } = rig);
});

afterAll(() => rig?.close());

beforeEach(async () => {
  mailbox.received.length = 0;
});

/** As a page of ours sends its form. */
const submit = (path: string, fields: object, from = elsewhere()) =>
  client.post(path, { body: fields, headers: { origin: server.origin }, from });

async function post(): Promise<void> {
  await workMail(server.context);
}

async function signUp(username: string, on = client, more: object = {}) {
  const body = { username, password: PASSWORD, email: `${username}@mail.test`, ...more };
  return on.post('/api/v1/accounts', { body, from: elsewhere() });
}

/** Signed in as our page is, without an app. */
async function signIn(username: string, on = client): Promise<Person> {
  const body = { login: username, password: PASSWORD, kind: 'bearer' };
  const answer = await on.post('/api/v1/sessions', { body, from: elsewhere() });
  expect(answer.status, answer.text).toBe(200);
  return { id: answer.body.account.id, account: answer.body.account, token: answer.body.token };
}

async function confirmBy(link: URL) {
  const token = link.searchParams.get('token') ?? '';
  return submit('/auth/confirm', { token });
}

/** The same session as one of an app. */
async function asApp(person: Person): Promise<Person> {
  const { db, inTx, auth } = server.context;
  const made = await inTx((tx) =>
    auth.apps.register(tx, {
      name: 'App',
      website: null,
      redirectUris: ['https://app.test/'],
      scopes: ['read', 'write'],
    }),
  );
  if (!made.ok) throw new Error(made.detail);
  const token = await people.tokenOf(person.account);
  const newest = await db('sessions').where({ account_id: person.id }).orderBy('id', 'desc').first('id');
  await db('sessions').where({ id: newest.id }).update({ app_id: made.app.id });
  return { ...person, token };
}

describe('signing up', () => {
  test('needs an address, and sends a link there', async () => {
    const without = await client.post('/api/v1/accounts', {
      body: { username: 'nobody', password: PASSWORD },
      from: elsewhere(),
    });
    expect([without.status, without.body.code]).toEqual([422, 'email-required']);
    const made = await signUp('ada');
    expect(made.body).toMatchObject({ pending: false, unconfirmed: true });
    await post();
    const mail = await mailbox.mailTo('ada@mail.test', /Confirm/);
    expect(linkIn(mail, '/auth/confirm').origin).toBe(server.origin);
    expect(mail.text).toContain(`@ada@${server.context.urls.domain}`);
    const { registrations, configuration } = (await client.get('/api/v2/instance')).body;
    expect(registrations.email_required).toBe(true);
    expect(configuration.urls.password_reset).toBe(`${server.origin}/auth/forgot`);
  });

  test('gives an account that may read and little more, and that nobody sees, until it is confirmed', async () => {
    const made = await signUp('bea');
    const { id } = made.body.account;
    const bea = await signIn('bea');
    const star = await people.signedIn('star');
    const isRefused = async (answer: ReturnType<Client['get']>) => {
      const { status, body } = await answer;
      expect([status, body.code]).toEqual([403, 'email-unconfirmed']);
    };
    const as = bea;
    await isRefused(client.post('/api/v1/statuses', { as, body: { status: 'Hello' } }));
    await isRefused(client.post(`/api/v1/accounts/${star.id}/follow`, { as }));
    await isRefused(client.get('/api/v1/timelines/home', { as }));
    await isRefused(client.get('/api/v1/notifications', { as }));
    await isRefused(client.get('/api/v1/streaming/user', { as }));
    await isRefused(client.post('/api/v1/uploads', { as, headers: { 'tus-resumable': '1.0.0' } }));
    await isRefused(client.get(`/ap/users/${id}/inbox`, { as }));
    await isRefused(client.patch('/api/v1/accounts/update_credentials', { as, body: { note: 'x' } }));
    await isRefused(client.get(CREDENTIALS, { as: await asApp(bea) }));
    expect((await client.get('/api/v1/timelines/public', { as })).status).toBe(200);
    expect((await client.get(CREDENTIALS, { as })).body).toMatchObject({ id, email_confirmed: false });
    expect((await client.get('/api/v1/emails/check_confirmation', { as })).body).toBe(false);
    expect((await client.get(`/api/v1/accounts/${id}`, { as: star })).status).toBe(404);
    const acct = `acct:bea@${server.context.urls.domain}`;
    expect((await client.get(`/.well-known/webfinger?resource=${acct}`)).status).toBe(404);

    await post();
    const link = linkIn(await mailbox.mailTo('bea@mail.test'), '/auth/confirm');
    // Programs that look for bad links open it before the person does.
    for (let n = 0; n < 3; n += 1) {
      const shown = await client.get(`${link.pathname}${link.search}`);
      expect(shown.text).toContain('bea@mail.test');
      expect(shown.headers['referrer-policy']).toBe('strict-origin');
    }
    await isRefused(client.get('/api/v1/timelines/home', { as }));
    const done = await confirmBy(link);
    expect([done.status, done.text]).toEqual([200, expect.stringContaining('is confirmed')]);
    expect((await client.get('/api/v1/timelines/home', { as })).status).toBe(200);
    expect((await client.get('/api/v1/emails/check_confirmation', { as })).body).toBe(true);
    expect((await client.get(CREDENTIALS, { as: await asApp(bea) })).body).toMatchObject({
      email_confirmed: true,
    });
    expect((await client.get(`/api/v1/accounts/${id}`, { as: star })).status).toBe(200);
    expect((await client.get(`/.well-known/webfinger?resource=${acct}`)).status).toBe(200);
    // Once.
    expect((await confirmBy(link)).status).toBe(422);
  });

  test('a mistyped address is corrected by the person, not by an app; the first link is worth nothing then', async () => {
    await signUp('cleo');
    const cleo = await signIn('cleo');
    await post();
    const first = linkIn(await mailbox.mailTo('cleo@mail.test'), '/auth/confirm');
    const app = await asApp(cleo);
    const refused = await client.post(CONFIRMATIONS, { as: app, body: { email: 'eve@mail.test' } });
    expect([refused.status, refused.body.code]).toEqual([403, 'own-session-only']);
    expect((await client.post(CONFIRMATIONS, { as: app })).body).toEqual({});
    await people.local('taken', { email: 'taken@mail.test' });
    const taken = await client.post(CONFIRMATIONS, { as: cleo, body: { email: 'Taken@Mail.test' } });
    expect([taken.status, taken.body.code]).toEqual([422, 'email-taken']);
    expect((await client.post(CONFIRMATIONS, { as: cleo, body: { email: 'cleo2@mail.test' } })).body).toEqual(
      {},
    );
    await post();
    expect((await confirmBy(first)).status).toBe(422);
    expect((await confirmBy(linkIn(await mailbox.mailTo('cleo2@mail.test'), '/auth/confirm'))).status).toBe(
      200,
    );
    const again = await client.post(CONFIRMATIONS, { as: cleo });
    expect([again.status, again.body.code]).toEqual([403, 'email-confirmed']);
  });

  test('nobody’s mailbox is filled', async () => {
    await signUp('dora');
    const dora = await signIn('dora');
    const codes: string[] = [];
    for (let n = 0; n < linkLimits.perHour; n += 1) {
      codes.push((await client.post(CONFIRMATIONS, { as: dora })).body.code ?? 'sent');
    }
    expect(codes).toEqual(['sent', 'sent', 'sent', 'too-many-mails']);
    await post();
    expect(mailbox.received.length).toBe(linkLimits.perHour);
    const late = await client.post(CONFIRMATIONS, { as: dora, body: { email: 'dora2@mail.test' } });
    expect([late.status, late.body.code]).toEqual([429, 'too-many-mails']);
    // What was refused has changed nothing.
    expect((await server.context.auth.emails.emailOf(dora.id)).email).toBe('dora@mail.test');
    expect((await confirmBy(linkIn(await mailbox.mailTo('dora@mail.test'), '/auth/confirm'))).status).toBe(
      200,
    );
  });

  test('what is not confirmed within a week goes, with its name; what is confirmed stays', async () => {
    await signUp('late');
    await people.local('early', { email: 'early@mail.test' });
    const { db, auth, inTx, accounts } = server.context;
    const old = new Date(Date.now() - linkLimits.unconfirmedMs - 60_000);
    await db('users').whereIn('email', ['late@mail.test', 'early@mail.test']).update({ created_at: old });
    await db('mail_links').where({ email: 'late@mail.test' }).update({ expires_at: old });
    expect(await auth.emails.dropUnconfirmed(inTx)).toBe(1);
    expect([await accounts.byHandle('late'), (await accounts.byHandle('early'))?.username]).toEqual([
      null,
      'early',
    ]);
    expect((await signUp('late')).status).toBe(200);
  });

  test('those whom the staff makes, and who were there before, need confirm nothing', async () => {
    const made = await people.signedIn('staffmade');
    expect((await client.get('/api/v1/timelines/home', { as: made })).status).toBe(200);
  });
});

describe('another address', () => {
  const CHANGE = '/api/v1/accounts/change_email';

  test('counts once it is confirmed; then other sessions end, and the old one is told', async () => {
    await people.local('finn', { email: 'finn@mail.test' });
    const [here, there] = [await signIn('finn'), await signIn('finn')];
    const ask = (body: object, as = here) => client.post(CHANGE, { as, body });
    expect((await ask({ password: 'wrong password', email: 'new@mail.test' })).body.code).toBe(
      'wrong-password',
    );
    expect((await ask({ password: PASSWORD, email: 'new@mail.test' }, await asApp(here))).body.code).toBe(
      'own-session-only',
    );
    expect((await ask({ password: PASSWORD, email: 'new@mail.test' })).body).toEqual({ waits: true });
    await post();
    await mailbox.mailTo('finn@mail.test', /Another address/);
    const { email } = await server.context.auth.emails.emailOf(here.id);
    expect(email).toBe('finn@mail.test');
    const link = linkIn(await mailbox.mailTo('new@mail.test'), '/auth/confirm');
    expect((await client.get(CREDENTIALS, { as: there })).status).toBe(200);
    expect((await confirmBy(link)).status).toBe(200);
    expect((await server.context.auth.emails.emailOf(here.id)).email).toBe('new@mail.test');
    expect((await client.get(CREDENTIALS, { as: there })).status).toBe(401);
    expect((await client.get(CREDENTIALS, { as: here })).status).toBe(200);
    await post();
    await mailbox.mailTo('finn@mail.test', /was changed/);
    expect((await confirmBy(link)).status).toBe(422);
  });

  test('that somebody took meanwhile is not given twice', async () => {
    await people.local('gus', { email: 'gus@mail.test' });
    const gus = await signIn('gus');
    await client.post(CHANGE, { as: gus, body: { password: PASSWORD, email: 'prize@mail.test' } });
    await post();
    const link = linkIn(await mailbox.mailTo('prize@mail.test'), '/auth/confirm');
    await people.local('winner', { email: 'prize@mail.test' });
    expect((await confirmBy(link)).status).toBe(422);
    expect((await server.context.auth.emails.emailOf(gus.id)).email).toBe('gus@mail.test');
  });
});

describe('what happened to an account', () => {
  test('is told: a new password, a second factor that went, and that it will be deleted', async () => {
    await people.local('hana', { email: 'hana@mail.test' });
    const hana = await signIn('hana');
    const { auth, inTx } = server.context;
    const body = { password: PASSWORD, new_password: 'another long password' };
    expect((await client.post('/api/v1/accounts/change_password', { as: hana, body })).status).toBe(200);
    await inTx((tx) => auth.secondFactor.begin(tx, hana.account));
    expect(await inTx((tx) => auth.secondFactor.drop(tx, hana.id))).toBe(true);
    expect(await inTx((tx) => auth.secondFactor.drop(tx, hana.id))).toBe(false);
    expect((await inTx((tx) => auth.leave(tx, hana.id))).ok).toBe(true);
    await post();
    const subjects = mailbox.received.map((mail) => mail.header('Subject'));
    expect(subjects).toEqual([
      'Your password on Vireo was changed',
      'Your second factor on Vireo was removed',
      'Your account on Vireo is being deleted',
    ]);
  });

  test('is told to nobody without an address', async () => {
    const account = await people.local('ida');
    const { auth, inTx } = server.context;
    await inTx((tx) => auth.setPassword(tx, account.id, 'x'));
    await post();
    expect(mailbox.received).toEqual([]);
  });
});

describe('where a person decides', () => {
  let careful: TestServer;
  let door: Client;
  beforeAll(async () => {
    careful = await startTestServer({ variables: { ...mailbox.variables, REGISTRATIONS: 'approval' } });
    door = clientOf(careful.origin);
    const crowd = createPeople(careful);
    await crowd.local('boss', { role: 'admin', email: 'boss@mail.test' });
    await crowd.local('moderating', { role: 'moderator', email: 'mod@mail.test' });
  });
  afterAll(() => careful?.close());

  const ask = (username: string) => signUp(username, door, { reason: 'I film birds.' });
  const decide = async (username: string, verb: boolean) => {
    const { auth, inTx, accounts } = careful.context;
    const account = await accounts.byHandle(username);
    return account && (await inTx((tx) => auth.decideSignUp(tx, operator, account.id, verb))).ok;
  };
  const link = async (username: string) =>
    linkIn(await mailbox.mailTo(`${username}@mail.test`, /Confirm|approved/), '/auth/confirm');
  const confirm = async (url: URL) =>
    door.post('/auth/confirm', {
      body: { token: url.searchParams.get('token') },
      headers: { origin: careful.origin },
      from: elsewhere(),
    });

  test('the staff hears of confirmed requests only, at once and then once an hour; the person of the answer', async () => {
    await ask('jon');
    await workMail(careful.context);
    expect(mailbox.received.map(({ to }) => to)).toEqual([['jon@mail.test']]);
    await confirm(await link('jon'));
    await workMail(careful.context);
    const told = await mailbox.mailTo('boss@mail.test');
    expect(told.text).toContain('@jon');
    expect(linkIn(told, '/admin/approvals').origin).toBe(careful.origin);
    expect(mailbox.received.some(({ to }) => to.includes('mod@mail.test'))).toBe(false);
    await ask('kim');
    await workMail(careful.context);
    await confirm(await link('kim'));
    const [job] = await careful.context.db('jobs').where({ name: 'mail.waiting' });
    expect(job.run_at.getTime()).toBeGreaterThan(Date.now() + 3_000_000);
    await careful.context.db('jobs').delete();
    expect(await decide('jon', true)).toBe(true);
    expect(await decide('kim', false)).toBe(true);
    await workMail(careful.context);
    const welcome = await mailbox.mailTo('jon@mail.test', /approved/);
    expect(linkIn(welcome, '/login').origin).toBe(careful.origin);
    await mailbox.mailTo('kim@mail.test', /request to join/);
    expect((await careful.context.accounts.byHandle('jon'))?.state).toBe('active');
  });

  test('whoever is let in before the address is confirmed is seen once it is; an unproved address hears no refusal', async () => {
    await ask('lea');
    expect(await decide('lea', true)).toBe(true);
    expect((await careful.context.accounts.byHandle('lea'))?.state).toBe('pending');
    await workMail(careful.context);
    await confirm(linkIn(await mailbox.mailTo('lea@mail.test', /approved/), '/auth/confirm'));
    expect((await careful.context.accounts.byHandle('lea'))?.state).toBe('active');
    await ask('max');
    await careful.context.db('jobs').delete();
    expect(await decide('max', false)).toBe(true);
    await workMail(careful.context);
    expect(mailbox.received.some(({ to }) => to.includes('max@mail.test'))).toBe(false);
  });
});

describe('without mail', () => {
  test('people sign up without an address, change it at once, and are sent to the staff for a new password', async () => {
    const plain = await startTestServer({ variables: { INSTANCE_EMAIL: 'staff@video.test' } });
    try {
      const door = clientOf(plain.origin);
      const made = await signUp('mia', door, { email: undefined });
      expect(made.body).toMatchObject({ pending: false, unconfirmed: false });
      const mia = await signIn('mia', door);
      expect((await door.get('/api/v1/timelines/home', { as: mia })).status).toBe(200);
      const change = { password: PASSWORD, email: 'mia@mail.test' };
      expect((await door.post('/api/v1/accounts/change_email', { as: mia, body: change })).body).toEqual({
        waits: false,
      });
      expect((await plain.context.auth.emails.emailOf(mia.id)).email).toBe('mia@mail.test');
      const page = await door.get('/auth/forgot');
      expect(page.text).toContain('staff@video.test');
      expect(page.text).not.toContain('<form');
      const asked = await door.post('/api/v1/accounts/password_reset', { body: { login: 'mia' } });
      expect([asked.status, asked.body.code]).toEqual([503, 'unavailable']);
      const { configuration, registrations } = (await door.get('/api/v2/instance')).body;
      expect([configuration.urls.password_reset, registrations.email_required]).toEqual([null, false]);
      const weekly = await door.patch('/api/v1/emails/preferences', { as: mia, body: { digest: 'weekly' } });
      expect([weekly.status, weekly.body.code]).toEqual([503, 'unavailable']);
      expect((await plain.context.mail.test('mia@mail.test')).ok).toBe(false);
      expect(await plain.context.db('mails')).toEqual([]);
    } finally {
      await plain.close();
    }
  });

  test('those who had something to confirm have not any more', async () => {
    await signUp('nia');
    const { auth, inTx, accounts } = server.context;
    expect((await accounts.byHandle('nia'))?.state).toBe('pending');
    await inTx((tx) => auth.emails.confirmAll(tx));
    expect((await accounts.byHandle('nia'))?.state).toBe('active');
  });
});
