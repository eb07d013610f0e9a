import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { searchLimits } from '../../config/search-limits.ts';
import { searching } from '../../src/modules/search/postgres/index.ts';
import { forgetLimits } from '../helpers/limits.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { queriesOf, rowsRead, stepsOf } from '../helpers/queries.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: ReturnType<typeof createPeople>;
let owner: Person;
let made = 0;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  owner = await people.signedIn('owner');
}, 120_000);
beforeEach(() => forgetLimits(server));
afterAll(() => server?.close());

async function member(tag?: string): Promise<Person> {
  const person = await people.signedIn(`member${++made}`);
  await server.context.db('accounts').where({ id: person.id }).update({ discoverable: true });
  if (tag) await client.post('/api/v1/featured_tags', { as: person, body: { name: tag } });
  return person;
}

async function packOf(title: string, description = '', who?: Person): Promise<string> {
  const { body } = await client.post('/api/v1/packs', { as: owner, body: { title, description } });
  const account_ids = [(who ?? (await member())).id];
  await client.post(`/api/v1/packs/${body.id}/accounts`, { as: owner, body: { account_ids } });
  return body.id;
}

async function found(q: string, as?: Person, more = ''): Promise<string[]> {
  const answer = await client.get(`/api/v1/search/packs?q=${encodeURIComponent(q)}${more}`, { as });
  expect(answer.status, answer.text).toBe(200);
  return answer.body.map(({ id }: { id: string }) => id);
}

describe('a starter pack is found', () => {
  test('by the words of its name first, then by those of its description, however they are written', async () => {
    const described = await packOf('Morning walks', 'Everybody who films puffins.');
    const named = await packOf('Puffins of the Färöer');
    expect(await found('puffin')).toEqual([named, described]);
    expect(await found('PUFFINS faroer')).toEqual([named]);
    expect(await found('walks puf')).toEqual([described]);
    expect(await found('puffins walruses')).toEqual([]);
    expect(await found('puffin', undefined, '&limit=1&offset=1')).toEqual([described]);
  });

  test('and nothing is, by what has no words in it', async () => {
    for (const q of [`'`, `' | !`, '\\', '& :*', '%', '#']) expect(await found(q)).toEqual([]);
  });

  test('by a hashtag that somebody in it shows on their profile', async () => {
    const id = await packOf('Lovely people', '', await member('Lichens'));
    const named = await packOf('Lichens all day');
    expect(await found('lichens')).toEqual([named, id]);
    expect(await found('#lichens')).toEqual([named, id]);
  });

  test('by its name also while looking for hashtags takes too long', async () => {
    const id = await packOf('Newts');
    await server.context.db.transaction(async (tx) => {
      await tx.raw('lock table featured_tags in access exclusive mode');
      expect(await found('newts')).toEqual([id]);
    });
  });
});

describe('a starter pack is not found', () => {
  test('by the hashtag of somebody whom it does not show to whoever searches', async () => {
    const { db } = server.context;
    const shy = await member('mosses');
    const gone = await member('mosses');
    const foe = await member('mosses');
    const viewer = await people.signedIn('viewer');
    for (const one of [shy, gone, foe]) {
      const id = await packOf('Kind people', '', one);
      await client.post(`/api/v1/packs/${id}/accounts`, {
        ...{ as: owner, body: { account_ids: [(await member()).id] } },
      });
      expect(await found('mosses', viewer)).toEqual([id]);
      if (one === shy) await db('accounts').where({ id: one.id }).update({ discoverable: false });
      if (one === gone) await client.post(`/api/v1/packs/${id}/leave`, { as: one });
      if (one === foe) await client.post(`/api/v1/accounts/${viewer.id}/block`, { as: one });
      expect(await found('mosses', viewer)).toEqual([]);
      await client.delete(`/api/v1/packs/${id}`, { as: owner });
    }
  });

  test('that the staff took down, or in which nobody is', async () => {
    const boss = await people.signedIn('boss', 'moderator');
    const id = await packOf('Sundews');
    const { body: empty } = await client.post('/api/v1/packs', { as: owner, body: { title: 'Sundews' } });
    expect(await found('sundews')).toEqual([id]);
    await client.post(`/api/v1/admin/packs/${id}/take_down`, { as: boss, body: {} });
    expect(await found('sundews')).toEqual([]);
    expect(await found('sundews', boss)).toEqual([]);
    expect(empty.size).toBe(0);
  });
});

const GROWING: readonly string[] = ['packs', 'pack_members', 'featured_tags', 'accounts'];

test('what is read comes from an index, however many there are', async () => {
  const { db } = server.context;
  const { id } = owner;
  await db.raw(
    `insert into packs (id, account_id, title, description, uri, url)
     select n, :id, 'Pack ' || n, case when n % 500 = 0 then 'kelp' else 'sand' end, 'https://a.test/p/' || n, 'https://a.test/p/' || n
       from generate_series(1, 5000) as n`,
    { id },
  );
  const somebody = await member('kelp');
  await db.raw(
    `insert into pack_members (id, pack_id, account_id) select n + 10000, n, :id from generate_series(1, 5000) as n`,
    { id: somebody.id },
  );
  await db.raw('analyze packs, pack_members, featured_tags');
  const queries = await queriesOf(db, async () => {
    expect(await found('kelp', undefined, '&limit=40')).toHaveLength(40);
  });
  // Ten of that name, and as many as a search finds with that hashtag: no more than that together.
  expect(await found('kelp', undefined, '&limit=40&offset=40')).toHaveLength(searchLimits.packs - 40);
  const [named, topical] = [/@@/, /"packs".*"featured_tags"/s].map((what) =>
    queries.find(({ sql }) => what.test(sql)),
  );
  if (!named || !topical) throw new Error('They were not looked for so.');
  const steps = await searching(db, async (tx) => [await stepsOf(tx, named), await stepsOf(tx, topical)]);
  for (const [at, index] of ['packs_words', 'featured_tags_tag'].entries()) {
    const plan = steps[at] ?? [];
    expect(plan.map((step) => step['Index Name'])).toContain(index);
    const growing = plan.filter((step) => GROWING.includes(step['Relation Name'] ?? ''));
    expect(growing.filter((step) => step['Node Type'] === 'Seq Scan')).toEqual([]);
    const ofPacks = growing.filter((step) => step['Relation Name'] === 'packs');
    expect(Math.max(...ofPacks.map(rowsRead))).toBeLessThan(1_000);
  }
});
