import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { moveLimits, portabilityLimits } from '../../config/account-limits.ts';
import { routes } from '../../src/http/api/index.ts';
import type { Route } from '../../src/http/route.ts';
import { forgetLimits } from '../helpers/limits.ts';
import { createOAuthClient } from '../helpers/oauth.ts';
import {
  type Client,
  clientOf,
  createPeople,
  PASSWORD,
  type People,
  type Person,
} from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const ALIAS = '/api/v1/accounts/alias';
const MOVE = '/api/v1/accounts/move';

let server: TestServer;
let people: People;
let client: Client;
let names = 0;
let old: Person;
let next: Person;

beforeAll(async () => {
  server = await startTestServer();
  people = createPeople(server);
  client = clientOf(server.origin);
});

beforeEach(async () => {
  await forgetLimits(server);
  names += 1;
  [old, next] = [await people.signedIn(`old${names}`), await people.signedIn(`next${names}`)];
});

afterAll(() => server?.close());

const names_ = (as: Person, uris: readonly string[]) =>
  client.post(ALIAS, { as, body: { also_known_as_uris: uris } });
const goes = (as: Person, to: string, password = PASSWORD) =>
  client.post(MOVE, { as, body: { password, moved_to_uri: to } });
const aliases = async (as: Person) => (await client.get(ALIAS, { as })).body.also_known_as_uris;

describe('A10 an app, whatever its scopes,', () => {
  // Which other accounts are one's own, everybody may read in the actor.
  const taken = routes.filter(
    ({ method, path }) =>
      /^\/api\/v1\/(exports|imports?)\b|^\/api\/v1\/accounts\/(alias|move|delete_account)$/.test(path) &&
      !(method === 'get' && path === ALIAS),
  );

  test('takes nobody’s data away, and nobody along', async () => {
    const oauth = createOAuthClient(server, client);
    const cookie = await people.tokenOf(old.account, 'cookie');
    const app = await oauth.register();
    const code = await oauth.code(oauth.asked(app, { scope: 'read write' }), cookie);
    const given = await oauth.token(oauth.exchangeOf(app, code));
    const token: string = given.body.access_token;
    expect(taken.length).toBeGreaterThanOrEqual(10);
    for (const route of taken) {
      expect(await codeOf(route, token), `${route.method} ${route.path}`).toBe('own-session-only');
    }
    expect(await server.context.db('archives')).toEqual([]);
  });

  async function codeOf({ method, path }: Route, token: string): Promise<string> {
    const url = server.origin + path.replace(':kind', 'following.csv').replace(':id', '1');
    const form = new FormData();
    form.set('type', 'blocks');
    form.set('data', new Blob(['a@b.example'], { type: 'text/csv' }), 'a.csv');
    const json = { password: PASSWORD, moved_to_uri: next.account.actorUri, also_known_as_uris: [] };
    const body = path.endsWith('/import') ? form : JSON.stringify(json);
    const type = typeof body === 'string' ? { 'content-type': 'application/json' } : undefined;
    const headers = { authorization: `Bearer ${token}`, ...type };
    const answer = await fetch(url, { method, headers, ...(method === 'post' && { body }) });
    return ((await answer.json()) as { code: string }).code;
  }
});

describe('V6 an alias', () => {
  test('is never the account itself, however it is written', async () => {
    for (const name of [
      old.account.actorUri,
      old.account.username,
      `@${old.account.username.toUpperCase()}`,
    ]) {
      const handle = name.startsWith('http') ? name : `${name}@${server.context.urls.domain}`;
      expect((await names_(old, [handle])).body.code, handle).toBe('yourself');
    }
    expect(await aliases(old)).toEqual([]);
  });

  test('is of an account that is there, and there are few', async () => {
    await server.context.db('accounts').where({ id: next.id }).update({ state: 'deleted' });
    expect((await names_(old, [next.account.actorUri])).status).toBe(410);
    expect((await names_(old, ['nobody'])).status).toBe(422);
    expect((await names_(old, [`${server.origin}/users/12345`])).status).toBe(404);
    const many = Array.from({ length: moveLimits.maxAliases + 1 }, () => next.account.actorUri);
    expect((await names_(old, many)).body.code).toBe('validation-failed');
    expect(await aliases(old)).toEqual([]);
  });

  test('is said of the own account alone', async () => {
    expect((await names_(old, [next.account.actorUri])).status).toBe(200);
    expect(await aliases(old)).toEqual([next.account.actorUri]);
    expect(await aliases(next)).toEqual([]);
    // Naming somebody takes nobody along: it is for the other to say so, too.
    expect((await goes(old, next.account.actorUri)).body.code).toBe('not-an-alias');
  });
});

describe('V6 a move', () => {
  const movedTo = async (of: Person) =>
    (await server.context.db('accounts').where({ id: of.id }).first('moved_to_id')).moved_to_id;

  test('wants the password, and an account that names this one', async () => {
    await names_(next, [old.account.actorUri]);
    expect((await goes(old, next.account.actorUri, 'guessed')).body.code).toBe('wrong-password');
    const stranger = await people.signedIn(`stranger${names}`);
    expect((await goes(stranger, next.account.actorUri)).body.code).toBe('not-an-alias');
    expect([await movedTo(old), await movedTo(stranger)]).toEqual([null, null]);
    expect((await goes(old, next.account.actorUri)).status).toBe(200);
    expect(await movedTo(old)).toBe(next.id);
  });

  test('to itself is none, also where it would name itself', async () => {
    await server.context
      .db('accounts')
      .where({ id: old.id })
      .update({ also_known_as: [old.account.actorUri] });
    expect((await goes(old, old.account.actorUri)).body.code).toBe('yourself');
    expect(await movedTo(old)).toBeNull();
  });

  test('makes no chain and no circle, and ends at no account that is gone', async () => {
    const third = await people.signedIn(`third${names}`);
    await names_(next, [old.account.actorUri]);
    await names_(third, [next.account.actorUri]);
    await names_(old, [third.account.actorUri]);
    expect((await goes(next, third.account.actorUri)).status).toBe(200);
    // It went on itself.
    expect((await goes(old, next.account.actorUri)).body.code).toBe('not-an-alias');
    await server.context.db('accounts').where({ id: third.id }).update({ state: 'suspended' });
    await names_(next, [old.account.actorUri]);
    await server.context
      .db('accounts')
      .where({ id: next.id })
      .update({ moved_to_id: null, state: 'leaving' });
    expect((await goes(old, next.account.actorUri)).status).toBe(410);
    expect(await movedTo(old)).toBeNull();
  });

  test('is not repeated before its time, to nobody', async () => {
    const other = await people.signedIn(`other${names}`);
    for (const one of [next, other]) await names_(one, [old.account.actorUri]);
    expect((await goes(old, next.account.actorUri)).status).toBe(200);
    for (const one of [next, other]) {
      expect((await goes(old, one.account.actorUri)).body.code).toBe('moved-before');
    }
    const { db } = server.context;
    const days = (count: number) => db.raw(`now() - ? * interval '1 day'`, [count]);
    const since = (count: number) =>
      db('accounts')
        .where({ id: old.id })
        .update({ moved_at: days(count) });
    await since(moveLimits.minDaysBetween - 1);
    expect((await goes(old, other.account.actorUri)).body.code).toBe('moved-before');
    await since(moveLimits.minDaysBetween + 1);
    expect((await goes(old, other.account.actorUri)).status).toBe(200);
  });
});

describe('R7 a file that is brought', () => {
  async function bring(csv: string, fields: Record<string, string> = { type: 'blocks' }) {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set('data', new Blob([csv], { type: 'text/csv' }), 'file.csv');
    const headers = { authorization: `Bearer ${old.token}` };
    const answer = await fetch(`${server.origin}/api/v1/import`, { method: 'POST', headers, body: form });
    return { status: answer.status, body: (await answer.json()) as { code: string } };
  }

  test('has a size, a number of lines and a form', async () => {
    const line = 'a@b.example\n';
    const large = line.repeat(Math.ceil(portabilityLimits.maxFileBytes / line.length) + 1);
    expect((await bring(large)).status).toBe(413);
    const many = await bring(line.repeat(portabilityLimits.maxRows + 1));
    expect([many.status, many.body.code]).toEqual([422, 'too-many-rows']);
    expect((await bring('\u0000\u0001\u0002')).body.code).toBe('not-csv');
    expect((await bring(line, { type: 'blocks', mode: 'destroy' })).status).toBe(422);
    expect((await bring(line, { type: 'followers' })).status).toBe(422);
    expect(await server.context.db('imports').where({ account_id: old.id })).toEqual([]);
  });

  test('holds no NUL, which no table takes', async () => {
    for (const [type, csv] of [
      ['lists', 'Fri\u0000ends,a@b.example\n'],
      ['blocks', 'a\u0000@b.example\n'],
    ]) {
      const refused = await bring(csv ?? '', { type: type ?? '' });
      expect([refused.status, refused.body.code]).toEqual([422, 'not-csv']);
    }
  });
});
