import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, clientOf, createPeople, PASSWORD, type People } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const SESSIONS = '/api/v1/sessions';
const PER_ACCOUNT = 10;
const PER_NETWORK = 40;

let server: TestServer;
let client: Client;
let people: People;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
});

afterAll(() => server?.close());

let networks = 0;
const elsewhere = () => `203.0.113.${++networks}`;

const guess = (login: string, password = 'wrong password', from = elsewhere()) =>
  client.post(SESSIONS, { body: { login, password }, from });

describe('P10 who has an account here', () => {
  test('a wrong password, an unknown name and an unknown address are answered alike', async () => {
    await people.local('known', { email: 'known@mail.test' });
    await people.local('waiting', { pending: true });
    await people.suspend(await people.local('banned'));
    await people.remote('distant', 'a.test');
    const logins = ['known', 'known@mail.test', 'waiting', 'banned', 'nobody', 'no@mail.test', 'distant'];
    logins.push('distant@a.test', 'instance.actor', "' or 1=1 --", '%', '\\', '@', 'known@known@mail.test');
    const answers = await Promise.all(logins.map((login) => guess(login)));
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(answer.body).toEqual(answers[0]?.body);
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect(Object.keys(answer.headers)).toEqual(Object.keys(answers[0]?.headers ?? {}));
    }
  });
});

describe('A7 guessing passwords', () => {
  test('an account is tried ten times, from wherever; then even the right password has to wait', async () => {
    await people.local('target', { email: 'target@mail.test' });
    // Other spellings of one account do not give more tries.
    const spellings = [
      'target',
      'TARGET',
      '@target',
      ' Target ',
      'target@mail.test',
      '@TARGET',
      'Target@Mail.test',
    ];
    for (let tries = 0; tries < PER_ACCOUNT; tries += 1) {
      expect((await guess(spellings[tries % spellings.length] ?? '')).status).toBe(401);
    }
    for (const login of spellings) {
      const refused = await guess(login, PASSWORD);
      expect([refused.status, refused.body.code]).toEqual([429, 'too-many-requests']);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect(refused.headers['set-cookie']).toBeUndefined();
    }
  });

  test('a name that nobody has is limited like one that somebody has', async () => {
    for (let tries = 0; tries < PER_ACCOUNT; tries += 1) expect((await guess('ghost')).status).toBe(401);
    expect((await guess('@Ghost')).status).toBe(429);
  });

  test('others are not locked out by it, and the right password starts the count anew', async () => {
    await people.local('steady');
    for (let round = 0; round < 2; round += 1) {
      for (let tries = 0; tries < PER_ACCOUNT - 1; tries += 1) {
        expect((await guess('steady')).status).toBe(401);
      }
      expect((await guess('steady', PASSWORD)).status).toBe(200);
    }
  });

  test('a network tries forty times, over all accounts', async () => {
    const from = '192.0.2.1';
    for (let tries = 0; tries < PER_NETWORK; tries += 1) {
      expect((await guess(`many_${tries}`, 'wrong password', from)).status).toBe(401);
    }
    const refused = await guess('many_more', 'wrong password', from);
    expect([refused.status, refused.body.code]).toEqual([429, 'too-many-requests']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await guess('many_more', 'wrong password', '192.0.2.2')).status).toBe(401);
  });

  test('a network of IPv6 is its /64', async () => {
    for (let tries = 0; tries < PER_NETWORK; tries += 1) {
      const answer = await guess(
        `six_${tries}`,
        'wrong password',
        `2001:db8:0:1:${tries.toString(16)}::${tries}`,
      );
      expect(answer.status).toBe(401);
    }
    expect((await guess('six_more', 'x'.repeat(10), '2001:db8:0:1:ffff::1')).status).toBe(429);
    expect((await guess('six_more', 'x'.repeat(10), '2001:db8:0:2::1')).status).toBe(401);
  });

  test('what cannot be read counts too', async () => {
    const from = '192.0.2.3';
    const statuses = new Set<number>();
    for (let tries = 0; tries <= PER_NETWORK; tries += 1) {
      const headers = { 'content-type': 'application/json', 'x-forwarded-for': from };
      const answer = await fetch(`${server.origin}${SESSIONS}`, { method: 'POST', headers, body: '{' });
      statuses.add(answer.status);
      await answer.body?.cancel();
    }
    expect([...statuses]).toEqual([400, 429]);
  });
});

describe('A7 signing up', () => {
  test('a network makes twenty accounts in an hour; forms with mistakes do not count', async () => {
    const from = '192.0.2.9';
    const signUp = (username: string, password = PASSWORD) =>
      client.post('/api/v1/accounts', { body: { username, password }, from });
    for (let tries = 0; tries < 5; tries += 1) expect((await signUp('short', 'short')).status).toBe(422);
    for (let made = 0; made < 20; made += 1) expect((await signUp(`sybil_${made}`)).status).toBe(200);
    const refused = await signUp('sybil_20');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  });
});

describe('A7 X-Forwarded-For', () => {
  test('the last address that a trusted proxy saw counts, not what the client wrote before it', async () => {
    for (let tries = 0; tries < PER_NETWORK; tries += 1) {
      const answer = await guess(`chain_${tries}`, 'wrong password', `10.0.0.${tries}, 198.51.100.7`);
      expect(answer.status).toBe(401);
    }
    expect((await guess('chain_more', 'wrong password', '10.9.9.9, 198.51.100.7')).status).toBe(429);
  });

  test('a peer that is no proxy of ours is not believed', async () => {
    const strict = await startTestServer({ variables: { TRUSTED_PROXIES: '10.0.0.0/8' } });
    try {
      const direct = clientOf(strict.origin);
      const statuses: number[] = [];
      for (let tries = 0; tries <= PER_NETWORK; tries += 1) {
        const body = { login: `spoof_${tries}`, password: 'wrong password' };
        const headers = { forwarded: `for=203.0.113.${tries}`, 'x-real-ip': `203.0.113.${tries}` };
        statuses.push((await direct.post(SESSIONS, { body, headers, from: `203.0.113.${tries}` })).status);
      }
      expect(statuses).toEqual([...Array(PER_NETWORK).fill(401), 429]);
    } finally {
      await strict.close();
    }
  });
});
