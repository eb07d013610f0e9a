import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '../../src/lib/log.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const PATH = '/api/v1/admin/deliveries';

let server: TestServer;
let client: Client;
let admin: Person;
const logged: Record<string, unknown>[] = [];

beforeAll(async () => {
  const write = (line: string) => void logged.push(JSON.parse(line));
  server = await startTestServer({ overrides: { log: createLogger('warn', { write }) } });
  client = clientOf(server.origin);
  admin = await createPeople(server).signedIn('staff_member', 'admin');
});
afterAll(() => server?.close());

beforeEach(async () => {
  const { db } = server.context;
  for (const table of ['activities', 'delivery_lanes', 'delivery_hosts', 'jobs']) await db(table).delete();
  logged.length = 0;
});

/** Makes dead letters, one of each activity, to the given hosts; gives their ids. */
async function deadLetters(...hosts: readonly string[]): Promise<string[]> {
  const { db, ids } = server.context;
  const made: string[] = [];
  for (const [n, host] of hosts.entries()) {
    const [activity] = await db('activities')
      .insert({
        ...{ id: ids.next(), uri: `https://video.example/activities/${n}`, account_id: admin.id },
        ...{ type: 'Create', object_uri: '', body: `{"n":${n}}`, digest: '' },
      })
      .returning(['id as activity_id', 'position', 'account_id']);
    const inbox = { inbox_uri: `https://${host}/inbox`, host };
    const end = { state: 'dead', attempts: 9, last_status: 503, last_error: 'No.', finished_at: new Date() };
    const [row] = await db('deliveries')
      .insert({ ...activity, ...inbox, ...end })
      .returning('id');
    made.push(row.id);
  }
  return made;
}

const rows = () => server.context.db('deliveries').orderBy('id');
const lanes = () => server.context.db('delivery_lanes').orderBy('host');
const jobs = () => server.context.db('jobs').orderBy('key').pluck('key');
const ids = (answer: { body: { id: string }[] }) => answer.body.map(({ id }) => id);

describe('the list of dead letters', () => {
  test('is paged, newest first, both ways', async () => {
    const made = (
      await deadLetters('a.example', 'b.example', 'a.example', 'b.example', 'a.example')
    ).reverse();
    const first = await client.get(`${PATH}/dead?limit=2`, { as: admin });
    expect(ids(first)).toEqual(made.slice(0, 2));
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.link ?? '')?.[1] ?? '';
    const second = await client.get(next.slice(server.origin.length), { as: admin });
    expect(ids(second)).toEqual(made.slice(2, 4));
    const previous = /<([^>]+)>; rel="prev"/.exec(second.headers.link ?? '')?.[1] ?? '';
    expect(ids(await client.get(previous.slice(server.origin.length), { as: admin }))).toEqual(
      made.slice(0, 2),
    );
  });

  test('can be of one host, in any spelling of its name, and says what is known', async () => {
    const [, second] = await deadLetters('a.example', 'b.example');
    const answer = await client.get(`${PATH}/dead?host=B.example`, { as: admin });
    expect(answer.body).toEqual([
      {
        ...{ id: second, host: 'b.example', inbox: 'https://b.example/inbox', account_id: admin.id },
        ...{ activity_id: 'https://video.example/activities/1', activity_type: 'Create' },
        ...{ attempts: 9, last_status: 503, last_error: 'No.' },
        ...{ queued_at: expect.stringMatching(/Z$/), died_at: expect.stringMatching(/Z$/) },
      },
    ]);
    const one = await client.get(`${PATH}/dead/${second}`, { as: admin });
    expect(one.body).toEqual({ ...answer.body[0], body: '{"n":1}' });
  });

  test('holds nothing that is still tried, or was delivered', async () => {
    const made = await deadLetters('a.example', 'b.example');
    await server.context.db('deliveries').where({ id: made[0] }).update({ state: 'queued' });
    await server.context.db('deliveries').where({ id: made[1] }).update({ state: 'delivered' });
    expect((await client.get(`${PATH}/dead`, { as: admin })).body).toEqual([]);
    for (const id of made) {
      for (const verb of ['retry', 'discard']) {
        expect((await client.post(`${PATH}/dead/${id}/${verb}`, { as: admin })).status).toBe(404);
      }
    }
    expect(await rows()).toHaveLength(2);
  });
});

describe('dead letters', () => {
  test('are queued again: one, those of a host, all', async () => {
    const made = await deadLetters('a.example', 'b.example', 'a.example', 'c.example');
    const at = new Date(Date.now() + 3_600_000);
    await server.context
      .db('delivery_lanes')
      .insert({ host: 'a.example', account_id: admin.id, next_at: at });
    await server.context.db('delivery_hosts').insert({
      host: 'a.example',
      failing_since: new Date(0),
      failures: 99,
      open_until: at,
      updated_at: at,
    });
    const one = await client.post(`${PATH}/dead/${made[0]}/retry`, { as: admin });
    expect(one.body).toEqual({ count: 1 });
    expect(await rows()).toMatchObject([
      { id: made[0], state: 'queued', attempts: 0, finished_at: null },
      { state: 'dead' },
      { state: 'dead' },
      { state: 'dead' },
    ]);
    const [lane] = await lanes();
    expect(lane).toMatchObject({ host: 'a.example', account_id: admin.id });
    expect(Number(lane.next_at)).toBeLessThanOrEqual(Date.now());
    expect(await jobs()).toEqual(['deliver:a.example']);
    const [host] = await server.context.db('delivery_hosts');
    expect(Number(host.open_until)).toBeLessThanOrEqual(Date.now());
    expect(host.failures).toBe(99);

    const ofHost = await client.post(`${PATH}/dead/retry`, { as: admin, body: { host: 'B.example' } });
    expect(ofHost.body).toEqual({ count: 1 });
    const all = await client.post(`${PATH}/dead/retry`, { as: admin, body: { all: true } });
    expect(all.body).toEqual({ count: 2 });
    expect(new Set((await rows()).map(({ state }) => state))).toEqual(new Set(['queued']));
    expect(await jobs()).toEqual(['a', 'b', 'c'].map((name) => `deliver:${name}.example`));
  });

  test('are discarded for good, and named in the log', async () => {
    const made = await deadLetters('a.example', 'b.example', 'a.example');
    const answer = await client.post(`${PATH}/dead/discard`, { as: admin, body: { host: 'a.example' } });
    expect(answer.body).toEqual({ count: 2 });
    expect((await rows()).map(({ id }) => id)).toEqual([made[1]]);
    expect(logged).toMatchObject(
      [0, 2].map((n) => ({
        ...{ id: made[n], inbox: 'https://a.example/inbox' },
        ...{ activity: `https://video.example/activities/${n}`, msg: 'a dead letter was discarded' },
      })),
    );
    expect((await client.post(`${PATH}/dead/${made[1]}/discard`, { as: admin })).body).toEqual({ count: 1 });
    expect(await rows()).toEqual([]);
    const entries = await server.context.db('audit_log').where({ action: 'delivery.discard' }).orderBy('id');
    expect(
      entries.map(({ account_id: by, target_kind: kind, target_id: id, detail }) => [by, kind, id, detail]),
    ).toEqual([
      [admin.id, 'domain', 'a.example', { count: 2 }],
      [admin.id, 'job', made[1], { count: 1 }],
    ]);
  });

  test('of more than one chunk are all taken', async () => {
    const { db } = server.context;
    await db.raw(
      `insert into activities (id, uri, account_id, type, object_uri, body, digest)
       select n, 'urn:n:' || n, :account, 'Create', '', '{}', '' from generate_series(1, 2500) as n`,
      { account: admin.id },
    );
    await db.raw(
      `insert into deliveries (activity_id, position, account_id, inbox_uri, host, state, finished_at)
       select id, position, account_id, 'https://a.example/inbox', 'a.example', 'dead', now()
         from activities`,
    );
    const retryAll = () => client.post(`${PATH}/dead/retry`, { as: admin, body: { all: true } });
    // Those that die again at once are not taken again.
    await db.raw(
      `create function die() returns trigger language plpgsql as $$ begin new.state = 'dead'; return new; end $$;
       create trigger die before update on deliveries for each row execute function die()`,
    );
    expect((await retryAll()).body).toEqual({ count: 2500 });
    await db.raw('drop trigger die on deliveries; drop function die()');
    expect((await retryAll()).body).toEqual({ count: 2500 });
    expect(await db('deliveries').where({ state: 'dead' })).toEqual([]);
  });

  test.each([
    [{}],
    [{ all: false }],
    [{ host: 'a.example', all: true }],
    [{ host: '' }],
    [{ host: 'a\u0000b' }],
  ])('are left alone when it is not clear which are meant: %j', async (body) => {
    await deadLetters('a.example');
    for (const verb of ['retry', 'discard']) {
      const answer = await client.post(`${PATH}/dead/${verb}`, { as: admin, body });
      expect([answer.status, answer.body.code]).toEqual([422, 'validation-failed']);
    }
    expect(await rows()).toMatchObject([{ state: 'dead' }]);
  });
});

test('servers that fail are listed, longest first', async () => {
  const now = new Date();
  const old = new Date(now.getTime() - 1_000);
  const common = { failures: 4, updated_at: now };
  await server.context.db('delivery_hosts').insert([
    { host: 'new.example', failing_since: now, open_until: null, ...common },
    { host: 'old.example', failing_since: old, open_until: now, ...common },
    { host: 'fine.example', failing_since: null, scheme: 'rfc9421', open_until: null, ...common },
  ]);
  expect((await client.get(`${PATH}/hosts`, { as: admin })).body).toEqual([
    { host: 'old.example', failing_since: old.toISOString(), failures: 4, next_probe_at: now.toISOString() },
    { host: 'new.example', failing_since: now.toISOString(), failures: 4, next_probe_at: null },
  ]);
});
