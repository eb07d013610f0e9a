import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Account } from '../../src/modules/accounts/index.ts';
import { createWorld, type World } from '../helpers/cli/world.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { unzip } from '../helpers/zip.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

const context = () => world.server.context;
const db = () => context().db;
const entries = (action: string, targetId: string) =>
  db()('audit_log').where({ action, target_id: targetId, actor_kind: 'operator' });

test('an archive is that of the page, private, and never written over another file', async () => {
  const ana = await world.people.local('ana');
  const video = await createVideoFactory(context()).video(ana, { caption: 'Of mine' });
  const path = world.path('ana.zip');
  const words = ['user', 'export', 'ana', '--out', path, '--reason', 'She asked by letter.'];
  const said = await world.cli(...words);
  expect(said).toMatchObject({ code: 0, rows: [{ file: path }] });
  const bytes = await readFile(path);
  expect(said.rows[0]).toMatchObject({
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const files = await unzip(bytes);
  expect([...files.keys()]).toEqual(expect.arrayContaining(['actor.json', 'outbox.json', 'following.csv']));
  expect(files.get('outbox.json')?.toString()).toContain(String(video));
  expect(await entries('user.export', ana.id)).toHaveLength(1);
  expect(await world.cli(...words)).toMatchObject({ code: 2, message: expect.stringContaining(path) });
  expect((await readFile(path)).equals(bytes)).toBe(true);
  expect((await world.cli('user', 'export', world.carol.handle)).code).toBe(3);
});

test('a move that the owner could not make cannot be made for them either', async () => {
  const ben = await world.people.local('ben');
  const refused = async (target: string) => (await world.cli('user', 'move-to', 'ben', target)).reason;
  expect(await refused('ben')).toBe('yourself');
  expect(await refused(world.carol.handle)).toBe('not-an-alias');
  expect(await refused('no handle')).toBe('handle-invalid');
  expect(await refused('@nobody@far.example')).toMatch(/not-found|unreachable/);
  const next = await world.people.local('ben_too');
  const moves = () => db()('events').where({ name: 'account.moved' });
  await context().inTx((tx) => context().accounts.setAliases(tx, next.id, [ben.actorUri]));
  expect(await world.cli('user', 'move-to', 'ben', 'ben_too', '--dry-run')).toMatchObject({ code: 0 });
  expect(await moves()).toEqual([]);
  expect(await world.cli('user', 'move-to', 'ben', 'ben_too')).toMatchObject({ code: 0 });
  expect(await moves()).toHaveLength(1);
  expect((await context().accounts.byId(ben.id))?.movedToId).toBe(next.id);
  expect(await entries('user.move-to', ben.id)).toHaveLength(1);
  expect(await refused('ben_too')).toBe('moved-before');
});

test('two rows of one account become one, with all that hangs on them', async () => {
  const { people } = world;
  const { inTx, social, counters, accounts, engagement } = context();
  const factory = createVideoFactory(context());
  const [fan, both, foe] = await Promise.all(['fan', 'both', 'foe'].map((name) => people.local(name)));
  if (!fan || !both || !foe) throw new Error('They are not there.');
  const old = await people.remote('lena', 'studio.test');
  const clip = await factory.video(old, { caption: 'By lena' });
  const mine = await factory.video(fan);
  for (const one of [fan, both]) await people.follow(one, old);
  await people.follow(old, fan);
  await inTx((tx) => social.block(tx, foe, old));
  await inTx((tx) => engagement.like(tx, old, { videoId: mine }));
  // Its server gives the account another id under the same name.
  const again = { ...(await remoteFacts(old)), actorUri: 'https://studio.test/actors/7' };
  const lena = await inTx((tx) => accounts.upsertRemote(tx, again));
  expect((await accounts.byId(old.id))?.state).toBe('deleted');
  await people.follow(both, lena);
  await inTx((tx) => engagement.like(tx, lena, { videoId: mine }));

  const words = ['user', 'merge', old.actorUri, '@lena@studio.test'];
  expect(await world.cli(...words, '--dry-run')).toMatchObject({ code: 0 });
  expect((await db()('videos').where({ id: clip }).first()).account_id).toBe(old.id);
  expect(await world.cli(...words, '--reason', 'It was set up anew.')).toMatchObject({ code: 0 });

  expect((await db()('videos').where({ id: clip }).first()).account_id).toBe(lena.id);
  const followsOf = (which: object) => db()('follows').where(which).whereNot({ state: 'undone' });
  const followers = await followsOf({ target_id: lena.id }).pluck('follower_id');
  expect(followers.sort()).toEqual([fan.id, both.id].sort());
  expect(await followsOf({ target_id: old.id })).toEqual([]);
  expect(await followsOf({ follower_id: lena.id }).pluck('target_id')).toEqual([fan.id]);
  expect(await inTx(() => social.isBlocking(foe.id, lena.id))).toBe(true);
  expect(await db()('likes').where({ video_id: mine }).pluck('account_id')).toEqual([lena.id]);
  // Those who follow here asked for it at the server of the account.
  const asked = await db()('events').where({ name: 'follow.requested' });
  expect(asked.map(({ payload }) => payload.followerId)).toContain(fan.id);
  expect((await counters.recount(true)).miscounts).toEqual([]);
  expect(await accounts.byId(old.id)).toMatchObject({ state: 'deleted', movedToId: lena.id });
  expect(await entries('user.merge', lena.id)).toHaveLength(1);
});

test('accounts that are not one are not made one', async () => {
  const { people } = world;
  const [one, two] = [await people.remote('one', 'a.test'), await people.remote('two', 'b.test')];
  const merge = async (...words: string[]) => (await world.cli('user', 'merge', ...words)).reason;
  expect(await merge(one.acct, two.acct)).toBe('not-the-same');
  expect(await merge(one.acct, one.acct)).toBe('yourself');
  expect(await merge(one.acct, 'author')).toBe('local-account');
  expect(await merge('author', one.acct)).toBe('local-account');
  expect((await world.cli('user', 'silence', one.acct, '--reason', 'Spam.')).code).toBe(0);
  expect(await merge(one.acct, two.acct, '--force')).toBe('measures-in-force');
});

/** As its server describes an account. */
async function remoteFacts({ id }: Account) {
  const account = await context().accounts.byId(id);
  if (!account) throw new Error('It is not there.');
  const { username, domain, displayName, bioHtml, url, inboxUri, sharedInboxUri } = account;
  return {
    ...{ username, displayName, bioHtml, url, inboxUri, sharedInboxUri, domain: domain ?? '' },
    ...{
      actorType: 'Person' as const,
      followersUri: null,
      outboxUri: null,
      featuredUri: null,
      alsoKnownAs: [],
    },
    ...{ fields: [], avatarUrl: null, headerUrl: null },
    ...{ locked: false, discoverable: true, indexable: true },
  };
}
