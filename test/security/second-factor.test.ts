import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report, Run } from '../../src/cli/report.ts';
import { userCommand } from '../../src/cli/user.ts';
import { createOAuthClient, hiddenIn } from '../helpers/oauth.ts';
import {
  type Client,
  clientOf,
  createPeople,
  PASSWORD,
  type People,
  type Person,
} from '../helpers/people.ts';
import { raceForRow } from '../helpers/row-race.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const FACTOR = '/api/v1/second_factor';
const SESSIONS = '/api/v1/sessions';

let server: TestServer;
let client: Client;
let people: People;
let now = Date.now();

beforeAll(async () => {
  const clock = { now: () => now };
  server = await startTestServer({ overrides: { clock } });
  client = clientOf(server.origin);
  people = createPeople(server);
});

afterAll(() => server?.close());

const codeOf = (secret: string) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now });
const signIn = (login: string, code?: string) =>
  client.post(SESSIONS, {
    body: { login, password: PASSWORD, kind: 'bearer', ...(code === undefined ? {} : { code }) },
  });

/** `vireo user remove-second-factor NAME`. */
async function command(name: string): Promise<Report> {
  let report: Report | undefined;
  const run: Run = async (work) => {
    report = await work(server.context);
  };
  await userCommand(run).parseAsync(['remove-second-factor', name], { from: 'user' });
  if (!report) throw new Error('The command did not run.');
  return report;
}

async function enabled(name: string) {
  const person = await people.signedIn(name);
  const begun = await client.post(FACTOR, { as: person, body: { password: PASSWORD } });
  const { secret } = begun.body;
  const confirmed = await client.post(`${FACTOR}/confirm`, { as: person, body: { code: codeOf(secret) } });
  now += 30_000;
  const codes: string[] = confirmed.body.recovery_codes;
  return { person, secret: secret as string, codes, token: confirmed.body.token as string };
}

describe('A7 a code beside the password', () => {
  test('counts once it was confirmed, and gives the session another token (A6)', async () => {
    const person: Person = await people.signedIn('alice');
    expect((await client.post(FACTOR, { as: person, body: { password: 'wrong' } })).body.code).toBe(
      'wrong-password',
    );
    const begun = await client.post(FACTOR, { as: person, body: { password: PASSWORD } });
    expect(begun.body.uri).toMatch(/^otpauth:\/\/totp\//);
    expect(begun.body.qr_svg).toMatch(/^<svg/);
    expect((await signIn('alice')).status).toBe(200);
    const wrong = await client.post(`${FACTOR}/confirm`, { as: person, body: { code: '000000' } });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'wrong-code']);
    const body = { code: codeOf(begun.body.secret) };
    const confirmed = await client.post(`${FACTOR}/confirm`, { as: person, body });
    expect(confirmed.body.recovery_codes).toHaveLength(10);
    expect((await client.get(FACTOR, { as: person })).status).toBe(401);
    const state = await client.get(FACTOR, { as: confirmed.body });
    expect(state.body).toEqual({ enabled: true, recovery_codes_left: 10 });
    const row = await server.context.db('second_factors').where({ account_id: person.id }).first();
    expect(row.secret_sealed).not.toContain(begun.body.secret);
  });

  test('is asked for after the right password alone, and counts once', async () => {
    const { secret } = await enabled('bob');
    const asked = await signIn('bob');
    expect([asked.status, asked.body.code]).toEqual([401, 'second-factor-required']);
    const body = { login: 'bob', password: 'wrong password' };
    expect((await client.post(SESSIONS, { body })).body.code).toBe('wrong-credentials');
    const code = codeOf(secret);
    const answers = await raceForRow(server, {
      lock: (tx) => tx('second_factors').forUpdate().select(),
      start: () => Promise.all([signIn('bob', code), signIn('bob', code), signIn('bob', code)]),
      waiting: 3,
    });
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 401, 401]);
    now += 30_000;
    expect((await signIn('bob', code)).body.code).toBe('wrong-code');
    expect((await signIn('bob', codeOf(secret))).status).toBe(200);
  });

  test('is tried five times', async () => {
    const { secret } = await enabled('carol');
    const tries = [];
    for (let n = 0; n < 6; n += 1) tries.push((await signIn('carol', '000000')).status);
    // One try was spent on confirming it.
    expect(tries).toContain(429);
    expect(tries.filter((status) => status === 200)).toEqual([]);
    expect((await signIn('carol', codeOf(secret))).status).toBe(429);
  });

  test('a recovery code stands for it, once, however it is written', async () => {
    const { codes } = await enabled('dora');
    const [first = ''] = codes;
    expect((await signIn('dora', first.toUpperCase().replaceAll('-', ' '))).status).toBe(200);
    expect((await signIn('dora', first)).body.code).toBe('wrong-code');
    const stored = await server.context.db('recovery_codes').select();
    expect(JSON.stringify(stored)).not.toContain(codes[1]);
  });

  test('is done without again with the password', async () => {
    const { person, token } = await enabled('eve');
    const as = { token };
    const disable = (password: string) => client.post(`${FACTOR}/disable`, { as, body: { password } });
    expect((await disable('wrong password')).body.code).toBe('wrong-password');
    expect((await client.post(FACTOR, { as, body: { password: PASSWORD } })).body.code).toBe(
      'second-factor-enabled',
    );
    expect((await disable(PASSWORD)).status).toBe(200);
    expect((await signIn(person.account.username)).status).toBe(200);
  });

  test('the staff remove it from who has lost everything, by a command', async () => {
    const { codes, token } = await enabled('gil');
    const as = { token };
    expect((await signIn('gil')).body.code).toBe('second-factor-required');
    expect(await command('nobody')).toMatchObject({ ok: false, text: 'There is no account nobody here.' });
    expect((await command('gil')).ok).toBe(true);
    expect((await signIn('gil')).status).toBe(200);
    expect(await command('gil')).toMatchObject({ ok: false, text: 'gil has no second factor.' });
    const again = await client.post(FACTOR, { as, body: { password: PASSWORD } });
    const body = { code: codeOf(again.body.secret) };
    expect((await client.post(`${FACTOR}/confirm`, { as, body })).status).toBe(200);
    expect((await signIn('gil', codes[0])).body.code).toBe('wrong-code');
  });

  test('the page of apps asks for it as its second step', async () => {
    const { secret } = await enabled('fay');
    const oauth = createOAuthClient(server, client);
    const asked = oauth.asked(await oauth.register());
    const first = await oauth.step({ ...asked, step: 'password', login: 'fay', password: PASSWORD });
    expect([first.status, first.headers.get('set-cookie')]).toEqual([200, null]);
    const ticket = hiddenIn(first.text, 'ticket');
    const second = (fields: Record<string, string>) =>
      oauth.step({ ...asked, step: 'code', ticket, ...fields });
    for (const wrong of [{ code: '000000' }, { code: '' }, { code: codeOf(secret), ticket: `${ticket}x` }]) {
      const answer = await second(wrong);
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([401, null]);
    }
    const entered = await second({ code: codeOf(secret) });
    expect(entered.status).toBe(303);
    expect(entered.headers.get('set-cookie')).toContain('vireo-session=');
    now += 6 * 60_000;
    expect((await second({ code: codeOf(secret) })).text).toContain('That took too long.');
  });

  test('whoever was leaving comes back by it; whoever is suspended does not', async () => {
    const oauth = createOAuthClient(server, client);
    const asked = oauth.asked(await oauth.register());
    const { inTx, auth, accounts } = server.context;
    const { secret, person } = await enabled('hoa');
    const enter = async () => {
      now += 30_000;
      const first = await oauth.step({ ...asked, step: 'password', login: 'hoa', password: PASSWORD });
      const ticket = hiddenIn(first.text, 'ticket');
      return { ticket, second: () => oauth.step({ ...asked, step: 'code', ticket, code: codeOf(secret) }) };
    };
    expect((await inTx((tx) => auth.leave(tx, person.id))).ok).toBe(true);
    expect((await (await enter()).second()).status).toBe(303);
    expect((await accounts.byId(person.id))?.state).toBe('active');
    const { ticket, second } = await enter();
    expect(ticket).not.toBe('');
    await people.suspend(person.account);
    expect((await second()).status).toBe(401);
  });
});
