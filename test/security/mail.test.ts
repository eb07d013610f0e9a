import { connect } from 'node:net';
import { TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { linkLimits } from '../../config/mail-limits.ts';
import { sha256 } from '../../src/lib/crypto.ts';
import { type MailRig, startMailRig } from '../helpers/mail-rig.ts';
import { linkIn, type MailServer, workMail } from '../helpers/mail-server.ts';
import { type Client, PASSWORD, type People } from '../helpers/people.ts';
import { fewestQueriesOf } from '../helpers/queries.ts';
import type { TestServer } from '../helpers/server.ts';

const ASK = '/api/v1/accounts/password_reset';
const NEW = 'a new and long password';

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
  await server.context.db('jobs').delete();
});

const ask = (login: string, from = elsewhere()) => client.post(ASK, { body: { login }, from });
const submit = (path: string, body: object, headers = { origin: server.origin }, from = elsewhere()) =>
  client.post(path, { body, headers, from });
const set = (token: string, password = NEW) => submit('/auth/reset', { token, password, again: password });
const signIn = (login: string, password: string, more: object = {}) =>
  client.post('/api/v1/sessions', { body: { login, password, kind: 'bearer', ...more }, from: elsewhere() });

async function resetLink(login: string, address = `${login}@mail.test`): Promise<URL> {
  expect((await ask(login)).status).toBe(200);
  await workMail(server.context);
  return linkIn(await mailbox.mailTo(address, /new password/), '/auth/reset');
}
const tokenOf = (link: URL) => link.searchParams.get('token') ?? '';

describe('A7 a link for a new password', () => {
  test('counts once, and ends every session and token; opening it changes nothing', async () => {
    const ada = await people.local('ada', { email: 'ada@mail.test' });
    const tokens = [await people.tokenOf(ada), await people.tokenOf(ada, 'cookie')];
    const link = await resetLink('ada');
    for (let n = 0; n < 3; n += 1) {
      const shown = await client.get(`${link.pathname}${link.search}`, { from: elsewhere() });
      expect([shown.status, shown.headers['cache-control']]).toEqual([200, 'no-store']);
    }
    expect((await signIn('ada', PASSWORD)).status).toBe(200);
    const wrong = await submit('/auth/reset', { token: tokenOf(link), password: NEW, again: `${NEW}!` });
    expect(wrong.status).toBe(422);
    expect((await set(tokenOf(link), 'short')).status).toBe(422);
    expect((await set(tokenOf(link))).status).toBe(200);
    for (const token of tokens) expect(await server.context.auth.viewerOf(token)).toBeNull();
    expect(await server.context.db('sessions').where({ account_id: ada.id })).toEqual([]);
    expect((await signIn('ada', PASSWORD)).status).toBe(401);
    expect((await signIn('ada', NEW)).status).toBe(200);
    expect((await set(tokenOf(link), 'once more, and long')).status).toBe(422);
    expect((await signIn('ada', NEW)).status).toBe(200);
    await workMail(server.context);
    await mailbox.mailTo('ada@mail.test', /was changed/);
  });

  test('of ten that use it at once, one does', async () => {
    await people.local('bob', { email: 'bob@mail.test' });
    const token = tokenOf(await resetLink('bob'));
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => set(token, `${NEW} ${n}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(422)]);
  });

  test('lasts 30 minutes, is stored as a hash, and ends with any other change of the password', async () => {
    await people.local('cleo', { email: 'cleo@mail.test' });
    const { db, auth, inTx } = server.context;
    const token = tokenOf(await resetLink('cleo'));
    const row = await db('mail_links')
      .where({ token_hash: sha256(token) })
      .first();
    expect(row.expires_at - row.created_at).toBe(30 * 60_000);
    expect(JSON.stringify(await db('mail_links'))).not.toContain(token);
    const earlier = db.raw(`now() - interval '1 second'`);
    await db('mail_links').where({ token_hash: row.token_hash }).update({ expires_at: earlier });
    expect((await set(token)).status).toBe(422);
    const next = tokenOf(await resetLink('cleo'));
    const cleo = await server.context.accounts.byHandle('cleo');
    if (cleo) await inTx((tx) => auth.setPassword(tx, cleo.id, 'x'));
    expect((await set(next)).status).toBe(422);
  });

  test('cannot be guessed, nor one be used in place of another', async () => {
    const dora = await people.local('dora', { email: 'dora@mail.test' });
    const token = tokenOf(await resetLink('dora'));
    expect(Buffer.from(token, 'base64url').length).toBe(linkLimits.tokenBytes);
    const guesses = [
      '',
      token.slice(1),
      `${token}A`,
      token.toUpperCase(),
      '%',
      "' or 1=1 --",
      '\u0000',
      '[]',
    ];
    for (const guess of guesses) expect((await set(guess)).status, guess).toBeGreaterThanOrEqual(400);
    expect((await submit('/auth/confirm', { token })).status).toBe(422);
    expect((await client.post(`/auth/unsubscribe?token=${token}`, { from: elsewhere() })).status).toBe(422);
    expect((await signIn('dora', PASSWORD)).status).toBe(200);
    expect((await set(token)).status).toBe(200);
    expect(await server.context.db('sessions').where({ account_id: dora.id })).toEqual([]);
  });

  test('ends the other address that a thief has asked for, so that it takes nothing over later', async () => {
    const kay = await people.local('kay', { email: 'kay@mail.test' });
    const { auth, inTx } = server.context;
    for (const byLink of [true, false]) {
      const thief = { token: await people.tokenOf(kay) };
      const body = { password: byLink ? PASSWORD : NEW, email: `thief-${byLink}@mail.test` };
      const asked = await client.post('/api/v1/accounts/change_email', {
        as: thief,
        body,
        from: elsewhere(),
      });
      expect(asked.body).toEqual({ waits: true });
      await workMail(server.context);
      const change = linkIn(await mailbox.mailTo(body.email), '/auth/confirm');
      if (byLink) expect((await set(tokenOf(await resetLink('kay')))).status).toBe(200);
      else expect(await inTx((tx) => auth.setPassword(tx, kay.id, 'x'))).toBe(true);
      expect((await submit('/auth/confirm', { token: tokenOf(change) })).status).toBe(422);
      expect((await auth.emails.emailOf(kay.id)).email).toBe('kay@mail.test');
    }
  });

  test('leaves the second factor in force', async () => {
    const eve = await people.local('eve', { email: 'eve@mail.test' });
    const { auth, inTx, clock } = server.context;
    const begun = await inTx((tx) => auth.secondFactor.begin(tx, eve));
    if (!begun.ok) throw new Error(begun.detail);
    const totp = new TOTP({ secret: begun.secret });
    const code = totp.generate({ timestamp: clock.now() });
    expect((await inTx((tx) => auth.secondFactor.confirm(tx, eve.id, code))).ok).toBe(true);
    const done = await set(tokenOf(await resetLink('eve')));
    expect(done.status).toBe(200);
    expect(done.headers['set-cookie']).toBeUndefined();
    expect((await signIn('eve', NEW)).body.code).toBe('second-factor-required');
    // That of the next half minute counts as well, and is a later one whenever the first was asked for.
    const next = totp.generate({ timestamp: clock.now() + 30_000 });
    expect((await signIn('eve', NEW, { code: next })).status).toBe(200);
  });

  test('leads to the configured origin, whatever host a request names', async () => {
    await people.local('fay', { email: 'fay@mail.test' });
    const body = JSON.stringify({ login: 'fay' });
    const { hostname, port } = new URL(server.origin);
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          [
            `POST ${ASK} HTTP/1.1`,
            'Host: evil.example',
            'X-Forwarded-Host: evil.example',
            'Forwarded: host=evil.example;proto=https',
            'X-Forwarded-Proto: https',
            'Content-Type: application/json',
            `Content-Length: ${body.length}`,
            'Connection: close',
            '',
            body,
          ].join('\r\n'),
        );
      });
      socket.on('error', reject);
      socket.resume().on('close', () => resolve());
    });
    await workMail(server.context);
    const mail = await mailbox.mailTo('fay@mail.test');
    expect(mail.raw).not.toContain('evil.example');
    expect(linkIn(mail, '/auth/reset').origin).toBe(server.origin);
  });

  test('fills nobody’s mailbox, from however many networks it is asked for', async () => {
    await people.local('gil', { email: 'gil@mail.test' });
    for (let n = 0; n < linkLimits.perHour + 3; n += 1) {
      expect((await ask(n % 2 ? 'gil' : 'GIL@mail.test')).status).toBe(200);
      await workMail(server.context);
    }
    expect(mailbox.received.length).toBe(linkLimits.perHour);
    const from = elsewhere();
    const codes: number[] = [];
    for (let n = 0; n < 12; n += 1) codes.push((await ask('gil', from)).status);
    expect(codes.filter((status) => status === 429).length).toBe(2);
  });

  test('is not set by the page of another site', async () => {
    await people.local('hal', { email: 'hal@mail.test' });
    const token = tokenOf(await resetLink('hal'));
    const body = { token, password: NEW, again: NEW };
    for (const origin of ['https://evil.example', 'null']) {
      for (const path of ['/auth/reset', '/auth/confirm', '/auth/forgot']) {
        expect((await submit(path, { ...body, login: 'hal' }, { origin })).status).toBe(403);
      }
    }
    expect((await signIn('hal', PASSWORD)).status).toBe(200);
  });

  test('is for those who may sign in', async () => {
    await people.suspend(await people.local('banned', { email: 'banned@mail.test' }));
    await people.local('waiting', { email: 'waiting@mail.test', pending: true });
    await people.local('noaddress');
    for (const login of ['banned', 'waiting', 'noaddress', 'banned@mail.test']) await ask(login);
    await workMail(server.context);
    expect(mailbox.received).toEqual([]);
  });
});

describe('P10 asking for a new password', () => {
  const logins = [
    'known',
    'known@mail.test',
    'nobody',
    'no@mail.test',
    'banned1',
    'silent1',
    "' or 1=1 --",
    '%',
  ];

  test('is answered alike, and does the same, whoever that is', async () => {
    await people.local('known', { email: 'known@mail.test' });
    await people.suspend(await people.local('banned1', { email: 'banned1@mail.test' }));
    await people.local('silent1');
    const seen: string[] = [];
    const { db } = server.context;
    for (const login of logins) {
      let shown: unknown[] = [];
      const questions = await fewestQueriesOf(db, async () => {
        const answer = await ask(login);
        shown = [answer.status, answer.body, Object.keys(answer.headers).join()];
      });
      seen.push(JSON.stringify([...shown, questions.map(({ sql }) => sql)]));
      const page = await submit('/auth/forgot', { login });
      expect([page.status, page.text.includes(login)]).toEqual([200, false]);
    }
    expect(new Set(seen).size).toBe(1);
    expect(seen[0]).toContain('insert into');
    // And neither the job nor its key tells who was asked for.
    expect(JSON.stringify(await db('jobs'))).not.toMatch(/known|nobody|mail\.test/);
  });

  test('takes the same time for known and unknown names', async () => {
    await people.local('timed', { email: 'timed@mail.test' });
    const { auth, inTx, db } = server.context;
    const times = { timed: [] as number[], nobody2: [] as number[] };
    for (let n = 0; n < 120; n += 1) {
      const login = n % 2 ? 'timed' : 'nobody2';
      const start = performance.now();
      await inTx((tx) => auth.resets.askForReset(tx, login));
      times[login].push(performance.now() - start);
      await db('jobs').delete();
    }
    // Welch's t of the logarithms: 4.5 is what leakage tests of cryptographic code ask for.
    expect(Math.abs(welch(times.timed.map(Math.log), times.nobody2.map(Math.log)))).toBeLessThan(4.5);
  });
});

test('W7 what a page was given is in no log, nor is the token of a link in what is told to other sites', async () => {
  await people.local('ivy', { email: 'ivy@mail.test' });
  const link = await resetLink('ivy');
  const shown = await client.get(`${link.pathname}${link.search}`, { from: elsewhere() });
  expect(shown.headers['referrer-policy']).toBe('strict-origin');
  expect(shown.headers['content-security-policy']).toContain("default-src 'none'");
  expect(shown.text).toContain(tokenOf(link));
  const hostile = await client.get('/auth/reset?token=%22%3E%3Cscript%3E', { from: elsewhere() });
  expect(hostile.text).not.toContain('<script>');
});

function welch(a: readonly number[], b: readonly number[]): number {
  const mean = (x: readonly number[]) => x.reduce((sum, one) => sum + one, 0) / x.length;
  const error = (x: readonly number[]) =>
    x.reduce((sum, one) => sum + (one - mean(x)) ** 2, 0) / (x.length - 1) / x.length;
  return (mean(a) - mean(b)) / Math.sqrt(error(a) + error(b));
}
