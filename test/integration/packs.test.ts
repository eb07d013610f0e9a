import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packLimits } from '../../config/limits.ts';
import { activityOf, eventually, outcomeOf, type Rig, startRig } from '../helpers/activities.ts';
import type { PeerActor } from '../helpers/peer.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';

let rig: Rig;
let client: Client;
let people: People;
let owner: Person;

beforeAll(async () => {
  rig = await startRig();
  client = clientOf(rig.server.origin);
  people = createPeople(rig.server);
  owner = await people.signedIn('packer');
});
afterAll(() => rig?.close());

let made = 0;
const someone = (name = 'one') => people.signedIn(`${name}_${++made}`);
const idsOf = (body: { id: string }[]) => body.map(({ id }) => id);
const ACTIVITY = { accept: 'application/activity+json' };

async function packOf(as: Person, members: readonly { id: string }[] = [], title = 'Birds') {
  const { body, status, text } = await client.post('/api/v1/packs', { as, body: { title } });
  expect(status, text).toBe(200);
  if (members.length > 0) {
    const account_ids = members.map(({ id }) => id);
    const added = await client.post(`/api/v1/packs/${body.id}/accounts`, { as, body: { account_ids } });
    expect(added.status, added.text).toBe(200);
  }
  return body as { id: string; uri: string; url: string };
}
const membersOf = async (id: string, as?: Person) =>
  idsOf((await client.get(`/api/v1/packs/${id}/accounts`, as ? { as } : {})).body);

describe('a starter pack', () => {
  test('is made, changed, shown to strangers and removed, by its owner alone', async () => {
    const other = await someone();
    const pack = await packOf(owner, [other], ' Birds ');
    const path = `/api/v1/packs/${pack.id}`;
    const seen = await client.get(path);
    expect(seen.body).toMatchObject({
      ...{ title: 'Birds', description: '', size: 1, mine: false, with_me: false },
      account: { id: owner.id },
      sample: [{ id: other.id }],
    });
    expect((await client.get(path, { as: other })).body).toMatchObject({ with_me: true });
    for (const as of [other, undefined]) {
      const who = as ? { as } : {};
      const status = as ? 404 : 401;
      const named = { ...who, body: { account_ids: [other.id] } };
      expect((await client.put(path, { ...who, body: { title: 'Mine' } })).status).toBe(status);
      expect((await client.post(`${path}/accounts`, named)).status).toBe(status);
      expect((await client.delete(`${path}/accounts`, named)).status).toBe(status);
      expect((await client.delete(path, who)).status).toBe(status);
    }
    const body = { description: 'They sing.' };
    expect((await client.put(path, { as: owner, body })).body).toMatchObject({ title: 'Birds', ...body });
    const listed = await client.get(`/api/v1/accounts/${owner.id}/packs`);
    expect(idsOf(listed.body)).toContain(pack.id);
    expect(idsOf((await client.get('/api/v1/packs')).body)).toContain(pack.id);
    await client.delete(`${path}/accounts`, { as: owner, body: { account_ids: [other.id] } });
    expect(await membersOf(pack.id)).toEqual([]);
    expect(idsOf((await client.get('/api/v1/packs')).body)).not.toContain(pack.id);
    expect((await client.delete(path, { as: owner })).status).toBe(200);
    expect((await client.get(path, { as: owner })).status).toBe(404);
  });

  test('tells those who are put in; who leaves is not put in again', async () => {
    const [maker, singer] = [await someone('maker'), await someone('singer')];
    const pack = await packOf(maker, [singer, maker], 'Singers');
    const told = async () =>
      (await client.get('/api/v2/notifications?types[]=vireo.pack', { as: singer })).body.notification_groups;
    expect(
      await eventually('the singer is told', () => told().then((all) => all.length > 0 && all)),
    ).toMatchObject([
      { type: 'vireo.pack', sample_account_ids: [maker.id], pack: { id: pack.id, title: 'Singers' } },
    ]);
    const own = await client.get('/api/v2/notifications?types[]=vireo.pack', { as: maker });
    expect(own.body.notification_groups).toEqual([]);
    expect(idsOf((await client.get('/api/v1/packs/with_me', { as: singer })).body)).toEqual([pack.id]);
    const left = await client.post(`/api/v1/packs/${pack.id}/leave`, { as: singer });
    expect(left.body).toMatchObject({ with_me: false, size: 1 });
    expect((await client.post(`/api/v1/packs/${pack.id}/leave`, { as: singer })).status).toBe(404);
    const body = { account_ids: [singer.id] };
    const path = `/api/v1/packs/${pack.id}/accounts`;
    expect((await client.post(path, { as: maker, body })).body.refused).toEqual([
      { account: singer.id, reason: 'left' },
    ]);
    await client.delete(path, { as: maker, body });
    expect((await client.post(path, { as: maker, body })).body.refused).toEqual([
      { account: singer.id, reason: 'left' },
    ]);
    expect(await membersOf(pack.id)).toEqual([maker.id]);
  });

  test('holds nobody who does not want to be found, is blocked, or kept from strangers', async () => {
    const [shy, foe, quiet, later] = [
      await someone('shy'),
      await someone('foe'),
      await someone('quiet'),
      await someone('later'),
    ];
    const { db } = rig.server.context;
    await db('accounts').where({ id: shy.id }).update({ discoverable: false });
    await db('accounts').where({ id: quiet.id }).update({ silenced: true });
    await client.post(`/api/v1/accounts/${owner.id}/block`, { as: foe });
    const pack = await packOf(owner);
    const account_ids = [shy, foe, quiet, later].map(({ id }) => id);
    const added = await client.post(`/api/v1/packs/${pack.id}/accounts`, {
      as: owner,
      body: { account_ids },
    });
    expect(added.body.refused).toEqual(
      [shy, foe, quiet].map(({ id }) => ({ account: id, reason: 'not-discoverable' })),
    );
    expect(await membersOf(pack.id)).toEqual([later.id]);
    await db('accounts').where({ id: later.id }).update({ discoverable: false });
    expect(await membersOf(pack.id)).toEqual([]);
    expect((await client.get(`/api/v1/packs/${pack.id}`)).body).toMatchObject({ size: 0, sample: [] });
    await people.suspend(owner.account);
    expect((await client.get(`/api/v1/packs/${pack.id}`)).status).toBe(404);
    await db('accounts').where({ id: owner.id }).update({ state: 'active' });
  });

  test('is followed as a whole, or in part', async () => {
    const [fan, one, two, locked] = [
      await someone('fan'),
      await someone(),
      await someone(),
      await someone('locked'),
    ];
    await rig.server.context.db('accounts').where({ id: locked.id }).update({ locked: true });
    const pack = await packOf(owner, [one, two, locked, fan]);
    const path = `/api/v1/packs/${pack.id}/follow`;
    const some = await client.post(path, { as: fan, body: { account_ids: [one.id, owner.id] } });
    expect(some.body).toEqual({ followed: 1, requested: 0, refused: 0 });
    const all = await client.post(path, { as: fan, body: {} });
    expect(all.body).toEqual({ followed: 2, requested: 1, refused: 0 });
    const following = await client.get(`/api/v1/accounts/${fan.id}/following`, { as: fan });
    expect(idsOf(following.body)).toEqual([two.id, one.id]);
    expect((await client.post(path, { body: {} })).status).toBe(401);
  });

  test('goes out and comes in as a file', async () => {
    const [one, away] = [await someone(), await people.remote('away', 'far.test')];
    const pack = await packOf(owner, [one, away], 'Films');
    const file = await client.get(`/api/v1/packs/${pack.id}/export`);
    const domain = rig.server.context.config.domain;
    const handles = [`${one.account.username}@${domain}`, 'away@far.test'];
    expect(file.body).toEqual({ title: 'Films', description: '', accounts: handles });
    const csv = await client.get(`/api/v1/packs/${pack.id}/export_csv`);
    expect(csv.text).toBe(`Account address\n${handles.join('\n')}\n`);
    expect(csv.headers['content-type']).toContain('text/csv');

    const other = await someone('importer');
    const content = JSON.stringify({ ...file.body, accounts: [...handles, `nobody@${domain}`, 'no handle'] });
    const back = await client.post('/api/v1/packs/import', { as: other, body: { content } });
    expect(back.body, back.text).toMatchObject({
      pack: { title: 'Films', size: 2, account: { id: other.id } },
      refused: [{ account: `nobody@${domain}`, reason: 'not-found' }],
    });
    const fromCsv = { content: csv.text, title: 'Again' };
    const again = await client.post('/api/v1/packs/import', { as: other, body: fromCsv });
    expect(again.body.pack).toMatchObject({ title: 'Again', size: 2 });
    for (const wrong of [
      { content: '{"accounts": 1}', title: 'x' },
      { content: 'nothing', title: 'x' },
    ]) {
      const refusal = await client.post('/api/v1/packs/import', { as: other, body: wrong });
      expect([refusal.status, refusal.body.code]).toEqual([422, 'not-a-pack']);
    }
    expect(
      (await client.post('/api/v1/packs/import', { as: other, body: { content: csv.text } })).status,
    ).toBe(422);
  });

  test('is taken down by the staff, on record, and given back', async () => {
    const moderator = await people.signedIn('keeper', 'moderator');
    const member = await someone();
    const pack = await packOf(owner, [member]);
    const path = `/api/v1/admin/packs/${pack.id}`;
    expect((await client.post(`${path}/take_down`, { as: owner, body: {} })).status).toBe(403);
    const down = await client.post(`${path}/take_down`, { as: moderator, body: { reason: 'Hate' } });
    expect(down.status, down.text).toBe(200);
    expect((await client.get(`/api/v1/packs/${pack.id}`)).status).toBe(404);
    expect((await client.get(`/api/v1/packs/${pack.id}`, { as: owner })).body).toMatchObject({
      taken_down: true,
    });
    expect((await client.get(new URL(pack.uri).pathname, { headers: ACTIVITY })).status).toBe(404);
    const { undoing } = rig.server.context;
    const ask = { auditIds: [down.body.audit_id], reason: '' };
    expect(await undoing.undo({ kind: 'operator' }, ask)).toMatchObject({ ok: true });
    expect((await client.get(`/api/v1/packs/${pack.id}`)).status).toBe(200);
    expect((await client.post(`${path}/restore`, { as: moderator, body: {} })).status).toBe(422);
  });

  test('says nothing that a rule of the server refuses, by hand, by file, or as a change', async () => {
    const [maker, boss] = [await someone('maker'), await people.signedIn(`boss_${++made}`, 'admin')];
    const pack = await packOf(maker);
    const rule = { name: 'No puffins', action: 'reject', when: { words: ['puffin'] } };
    const begun = await client.post('/api/v1/admin/rules', { as: boss, body: rule });
    expect(begun.status, begun.text).toBe(200);
    const content = JSON.stringify({
      title: 'Puffin people',
      accounts: [`${maker.account.username}@x.test`],
    });
    const answers = await Promise.all([
      client.post('/api/v1/packs', { as: maker, body: { title: 'Puffin people' } }),
      client.post('/api/v1/packs', { as: maker, body: { title: 'x', description: 'A puffin!' } }),
      client.post('/api/v1/packs/import', { as: maker, body: { content } }),
      client.put(`/api/v1/packs/${pack.id}`, { as: maker, body: { description: 'All of a puffin.' } }),
    ]);
    await client.delete(`/api/v1/admin/rules/${begun.body.id}`, { as: boss });
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(answers.map(() => [422, 'rule']));
    expect((await client.get(`/api/v1/packs/${pack.id}`)).body.description).toBe('');
  });

  test('has limits', async () => {
    const maker = await someone('maker');
    const { db, ids } = rig.server.context;
    const base = { account_id: maker.id, title: 'x', description: '', url: 'https://x.test' };
    const row = () => ({ ...base, id: ids.next(), uri: `https://x.test/${ids.next()}` });
    await db('packs').insert(Array.from({ length: packLimits.maxPacks - 1 }, row));
    const pack = await packOf(maker);
    const refusal = await client.post('/api/v1/packs', { as: maker, body: { title: 'more' } });
    expect([refusal.status, refusal.body.code]).toEqual([422, 'too-many-packs']);
    const many: string[] = [];
    for (let n = 1; n < packLimits.maxMembers; n += 1) many.push((await people.remote(`m${n}`)).id);
    await db('pack_members').insert(
      many.map((account_id) => ({ id: ids.next(), pack_id: pack.id, account_id })),
    );
    const [first, last] = [await someone(), await someone()];
    const body = { account_ids: [first.id, last.id] };
    const added = await client.post(`/api/v1/packs/${pack.id}/accounts`, { as: maker, body });
    expect(added.body.refused).toEqual([{ account: last.id, reason: 'full' }]);
    for (const wrong of [{}, { title: ' ' }, { title: 'x'.repeat(101) }]) {
      expect((await client.post('/api/v1/packs', { as: owner, body: wrong })).status).toBe(422);
    }
  });
});

describe('between servers', () => {
  const read = (url: string, as = owner) => client.post('/api/v1/packs/read', { as, body: { url } });

  async function remotePack(changes: object = {}, path = `/packs/${++made}`) {
    const uri = rig.a.url(path);
    const document = {
      '@context': 'https://www.w3.org/ns/activitystreams',
      ...{ id: uri, type: ['OrderedCollection', 'FeaturedCollection'], attributedTo: rig.carol.id },
      ...{ name: 'Cooks', summary: '<p>They <b>cook</b>.</p>', totalItems: 9_000, orderedItems: [] },
      ...changes,
    };
    rig.a.page(path, document);
    return uri;
  }
  const findable = (name: string): Promise<PeerActor> => rig.a.actor(name, { discoverable: true });

  test('ours is a collection of actors, found by its page, too', async () => {
    const member = await someone();
    const pack = await packOf(owner, [member], 'Ours');
    const page = await client.get(new URL(pack.url).pathname, { headers: ACTIVITY });
    expect([page.status, page.headers.location]).toEqual([302, pack.uri]);
    const path = new URL(pack.uri).pathname;
    const { body } = await client.get(path, { headers: ACTIVITY });
    expect(body).toMatchObject({
      ...{ id: pack.uri, type: ['OrderedCollection', 'FeaturedCollection'], totalItems: 1 },
      ...{ name: 'Ours', attributedTo: owner.account.actorUri, first: `${pack.uri}?page=true` },
    });
    const first = await client.get(`${path}?page=true`, { headers: ACTIVITY });
    expect(first.body).toMatchObject({ partOf: pack.uri, orderedItems: [member.account.actorUri] });
    expect((await read(pack.url)).body).toMatchObject({ id: pack.id });
    expect((await client.delete(`/api/v1/packs/${pack.id}`, { as: owner })).status).toBe(200);
    const gone = await client.get(path, { headers: ACTIVITY });
    expect([gone.status, gone.body.type]).toEqual([410, 'Tombstone']);
  });

  test('one of another server is read with those who agree, and followed', async () => {
    const [dave, erin, finn] = [await findable('dave'), await findable('erin'), await rig.a.actor('finn')];
    const here = await someone('here');
    const item = (actor: PeerActor, stamp: string | undefined) => ({
      ...{ type: 'FeaturedItem', featuredObject: actor.id, featureAuthorization: stamp },
    });
    const uri = await remotePack({
      orderedItems: [
        dave.id,
        item(erin, rig.a.url('/stamps/1')),
        item(await findable('gus'), undefined),
        item(await findable('hal'), 'https://elsewhere.test/stamps/1'),
        finn.id,
        here.account.actorUri,
        { type: 'Note' },
        7,
      ],
    });
    const { body, text } = await read(uri);
    expect(body, text).toMatchObject({ title: 'Cooks', description: 'They cook.', uri, size: 3 });
    const members = await client.get(`/api/v1/packs/${body.id}/accounts`);
    expect(members.body.map((one: { uri: string }) => one.uri)).toEqual([
      ...[dave.id, erin.id, here.account.actorUri],
    ]);
    const told = async () =>
      (await client.get('/api/v2/notifications?types[]=vireo.pack', { as: here })).body.notification_groups;
    await eventually('who is in it is told', async () => (await told()).length === 1);
    await client.post(`/api/v1/packs/${body.id}/leave`, { as: here });
    const asked = rig.a.asked().length;
    expect((await read(uri)).body).toMatchObject({ size: 2 });
    expect(rig.a.asked()).toHaveLength(asked);
    await rig.server.context
      .db('packs')
      .where({ id: body.id })
      .update({ fetched_at: new Date(0) });
    expect((await read(uri)).body).toMatchObject({ size: 2 });
    expect(rig.a.asked().length).toBeGreaterThan(asked);
    const fan = await someone('fan');
    const all = await client.post(`/api/v1/packs/${body.id}/follow`, { as: fan, body: {} });
    expect(all.body).toEqual({ followed: 0, requested: 2, refused: 0 });
    const edited = await client.put(`/api/v1/packs/${body.id}`, { as: owner, body: { title: 'Mine' } });
    expect(edited.status).toBe(404);
  });

  test('what is none is refused: another type, no name, an owner of another server', async () => {
    const wrong = [
      await remotePack({ type: 'Note' }),
      await remotePack({ name: '' }),
      await remotePack({ attributedTo: 'https://elsewhere.test/users/x' }),
      rig.a.url('/nothing'),
      'not an address',
      `${rig.server.origin}/about`,
    ];
    for (const url of wrong) {
      const { status, body } = await read(url);
      expect([url, status, body.code]).toEqual([url, 422, 'not-a-pack']);
    }
    expect((await read(`${rig.server.origin}/packs/1`)).status).toBe(404);
  });

  test('one that its server says is gone is gone here, too; one that cannot be had just now stays', async () => {
    const path = `/packs/${++made}`;
    const uri = await remotePack({ orderedItems: [(await findable(`ivy${made}`)).id] }, path);
    const { id } = (await read(uri)).body;
    const later = () =>
      rig.server.context
        .db('packs')
        .where({ id })
        .update({ fetched_at: new Date(0) });
    for (const [status, code, there] of [
      [503, 'unreachable', 200],
      [410, 'not-a-pack', 404],
    ] as const) {
      rig.a.page(path, status);
      await later();
      expect((await read(uri)).body.code).toBe(code);
      expect((await client.get(`/api/v1/packs/${id}`)).status).toBe(there);
    }
  });

  test('one that its owner deletes is gone here, and nobody else deletes it', async () => {
    const uri = await remotePack({ orderedItems: [(await findable(`jo${++made}`)).id] });
    const { id } = (await read(uri)).body;
    const gone = (actor: PeerActor) => outcomeOf(rig.server, actor, activityOf('Delete', actor, uri));
    const there = async () => (await client.get(`/api/v1/packs/${id}`)).status;
    expect(await gone(rig.mallory)).toBe('refused: not-the-author');
    expect(await gone(await rig.a.actor('mole'))).toBe('refused: not-the-author');
    expect(await there()).toBe(200);
    expect(await gone(rig.carol)).toBe('applied');
    expect(await there()).toBe(404);
  });

  test('one that the staff took down stays known as that, however often its server deletes it', async () => {
    const path = `/packs/${++made}`;
    const uri = await remotePack({ orderedItems: [(await findable(`kim${made}`)).id] }, path);
    const { id } = (await read(uri)).body;
    const pack = () => rig.server.context.db('packs').where({ id });
    await pack().update({ taken_down_at: new Date(), fetched_at: new Date(0) });
    const gone = activityOf('Delete', rig.carol, uri);
    expect(await outcomeOf(rig.server, rig.carol, gone)).toBe('ignored: taken-down');
    rig.a.page(path, 410);
    expect((await read(uri)).body.code).toBe('not-a-pack');
    expect(await pack().first()).toMatchObject({ uri, taken_down_at: expect.any(Date) });
  });

  test('only so many unknown actors are asked for', async () => {
    const names = Array.from({ length: packLimits.maxUnknown + 5 }, (_, n) => `many${n}`);
    const orderedItems = names.map((name) => rig.a.url(`/users/${name}`));
    const uri = await remotePack({ orderedItems });
    expect((await read(uri)).body).toMatchObject({ size: 0 });
    const asked = rig.a.asked().filter((path) => path.startsWith('/users/many'));
    expect(new Set(asked).size).toBe(packLimits.maxUnknown);
  });
});
