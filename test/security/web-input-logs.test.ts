import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createLogger } from '../../src/lib/log.ts';
import { type Client, clientOf, createPeople, PASSWORD, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let written = '';
let server: TestServer;
let client: Client;
let person: Person;

beforeAll(async () => {
  const write = (line: string) => {
    written += line;
  };
  const log = createLogger('trace', { write });
  server = await startTestServer({ overrides: { log } });
  client = clientOf(server.origin);
  person = await createPeople(server).signedIn('alice');
});

afterAll(() => server?.close());

/** What the server logs while something is done to it, as text; every line of it must be one JSON object. */
async function logOf(act: () => Promise<unknown>): Promise<string> {
  const start = written.length;
  await act();
  const path = `/api/v2/instance?${start}`;
  await client.get(path);
  // The line about a request is written when its answer is out; this one is the last of them.
  await expect.poll(() => written.slice(start), { timeout: 10_000 }).toContain('/api/v2/instance');
  const text = written.slice(start);
  for (const line of text.trim().split('\n')) expect(() => JSON.parse(line), line).not.toThrow();
  return text;
}

describe('W7 what requests leave in the log', () => {
  test('no token, cookie or password, wherever the client put it', async () => {
    const cookie = await createPeople(server).tokenOf(person.account, 'cookie');
    const text = await logOf(async () => {
      await client.get('/api/v1/accounts/verify_credentials', { as: person });
      await client.get('/api/v1/accounts/verify_credentials', { cookie });
      await client.get(
        `/api/v1/timelines/home?access_token=${person.token}&password=${encodeURIComponent(PASSWORD)}`,
      );
      const good = { login: 'alice', password: PASSWORD, kind: 'bearer' };
      const session = await client.post('/api/v1/sessions', { body: good });
      await client.delete('/api/v1/sessions/current', { as: session.body });
      expect(written).not.toContain(session.body.token);
      await client.post('/api/v1/sessions', { body: { ...good, password: 'hunter2-wrong' } });
      await client.post('/api/v1/accounts', {
        body: { username: 'x', password: 'hunter2-short', email: 'not@' },
      });
      const made = { username: 'eve', password: 'hunter2-long-enough', email: 'eve@mail.test' };
      await client.post('/api/v1/accounts', { body: made });
    });
    expect(text).toContain('signed in');
    for (const secret of [
      person.token,
      cookie,
      PASSWORD,
      encodeURIComponent(PASSWORD),
      'hunter2',
      'eve@mail.test',
    ]) {
      expect(text).not.toContain(secret);
    }
  });

  test('a line break in a header or an address cannot begin a line of its own', async () => {
    const forged = '{"level":60,"msg":"forged"}';
    const text = await logOf(async () => {
      await client.get(`/api/v1/nothing/%0a${encodeURIComponent(forged)}`);
      await client.get('/api/v1/nothing', { headers: { 'user-agent': `x\t${forged}`, referer: forged } });
      await client.post('/api/v1/sessions', { body: { login: `x\n${forged}`, password: `y\n${forged}` } });
    });
    for (const line of text.trim().split('\n')) expect(JSON.parse(line).msg).not.toBe('forged');
  });

  test('an error of ours is in the log with its cause, and not in the answer', async () => {
    vi.spyOn(server.context.feed, 'public').mockRejectedValue(new Error('the shelf fell over'));
    const text = await logOf(async () => {
      const answer = await client.get('/api/v1/timelines/public');
      expect([answer.status, answer.body.code]).toEqual([500, 'internal']);
      expect(answer.text).not.toContain('shelf');
    });
    vi.restoreAllMocks();
    expect(text).toContain('the shelf fell over');
  });

  test('a statement that fails is in the log without its values', async () => {
    await server.context.db.schema.alterTable('users', (table) => table.dropColumn('reason'));
    const text = await logOf(async () => {
      const body = { username: 'mallory', password: 'hunter2-long-enough', email: 'mallory@mail.test' };
      expect((await client.post('/api/v1/accounts', { body })).status).toBe(500);
    });
    expect(text).toContain('password_hash');
    for (const value of ['argon2', 'mallory@mail.test', 'hunter2', 'BEGIN PUBLIC KEY'])
      expect(text).not.toContain(value);
  });
});
