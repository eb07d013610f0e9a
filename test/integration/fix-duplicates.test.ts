import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { naturalKeys } from '../../src/modules/maintenance/natural-keys.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { createPeople } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** What unique indexes should have refused: found without them, made one, and the indexes are there again. */
let server: TestServer;
let ana: Account;
let ben: Account;
let far: Account;
let videoId: VideoId;

beforeAll(async () => {
  server = await startTestServer({ role: 'none' });
  const people = createPeople(server);
  [ana, ben] = [await people.local('ana'), await people.local('ben')];
  far = await people.remote('far', 'far.test');
  videoId = await createVideoFactory(server.context).video(far);
});
afterAll(() => server?.close());

const fix = async (dryRun = false) => {
  const done = await server.context.maintenance.fixDuplicates(operator, { dryRun }, () => undefined);
  if (!done.ok) throw new Error(`${done.reason}: ${done.detail}`);
  return done;
};

async function dropIndex(table: string, ...indexes: string[]): Promise<void> {
  for (const index of indexes)
    await server.context.db.raw('alter table ?? drop constraint ??', [table, index]);
}

/** Once more the same row, with another id. */
async function copy(table: string, id: string, changes: object = {}): Promise<string> {
  const { db, ids } = server.context;
  const { rows: columns } = await db.raw<{ rows: { name: string }[] }>(
    `select attname as name from pg_attribute
      where attrelid = ?::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  );
  const names = columns.map(({ name }) => `"${name}"`);
  const { rows } = await db.raw(
    `insert into ?? (${names.join(', ')}) select ${names.map((name) => `changed.${name}`).join(', ')}
       from ?? as one, jsonb_populate_record(one, ?::jsonb) as changed where one.id = ? returning id`,
    [table, table, JSON.stringify({ id: ids.next(), ...changes }), id],
  );
  return rows[0].id;
}

async function uniques(): Promise<string[]> {
  const { rows } = await server.context.db.raw<{ rows: { index: string; columns: string }[] }>(
    `select pg_get_indexdef(indexrelid) as index from pg_index join pg_class on pg_class.oid = indexrelid
      where relnamespace = 'public'::regnamespace and indisunique`,
  );
  return rows.map(({ index }) => index.replace('CREATE UNIQUE INDEX ', '')).sort();
}

test('every natural key has the index that it names', async () => {
  const there = await uniques();
  for (const { table, columns, index } of naturalKeys) {
    expect(there).toContain(`${index} ON public.${table} USING btree (${columns.join(', ')})`);
  }
});

test('accounts, posts and what hangs on them become one, counters are right, and nothing can be there twice again', async () => {
  const { db, inTx, serverLock, counters } = server.context;
  const before = await uniques();
  await dropIndex('accounts', 'accounts_actor_uri_unique', 'accounts_username_key_domain_unique');
  await dropIndex('videos', 'videos_uri_unique');
  await dropIndex('follows', 'follows_follower_id_target_id_unique');
  await dropIndex('video_tags', 'video_tags_pkey');

  const twin = await copy('accounts', far.id);
  const again = await copy('videos', videoId, { account_id: twin, uuid: randomUUID() });
  const follow = (follower: Account, target: string) =>
    db('follows').insert({
      ...{ id: server.context.ids.next(), follower_id: follower.id, target_id: target },
      ...{ state: 'accepted', uri: `https://x.test/${follower.id}/${target}` },
    });
  // Ana follows both, Ben the copy alone: after all both follow the one.
  await follow(ana, far.id);
  await follow(ana, twin);
  await follow(ben, twin);
  const like = (account: Account, video: string) =>
    db('likes').insert({
      ...{ id: server.context.ids.next(), account_id: account.id, video_id: video },
      uri: `https://x.test/likes/${account.id}/${video}`,
    });
  await like(ana, videoId);
  await like(ana, again);
  await like(ben, again);
  await db('watch_history').insert({
    ...{ account_id: ben.id, video_id: again, id: server.context.ids.next(), first_at: new Date() },
    ...{ watched_at: new Date(), watched_ms: 900, times: 1, viewed: true, completed: false },
  });
  await db('video_tags').insert([1, 2].map(() => ({ tag: 'cats', video_id: videoId })));

  const tried = await fix(true);
  expect(tried.duplicates.map(({ table, rows }) => [table, rows])).toEqual(
    expect.arrayContaining([
      ['accounts', 2],
      ['videos', 2],
      ['video_tags', 2],
    ]),
  );
  expect(tried.indexes).toContain('accounts_actor_uri_unique');
  expect(await db('accounts').where({ actor_uri: far.actorUri })).toHaveLength(2);
  expect(
    await server.context.maintenance.fixDuplicates(operator, { dryRun: false }, () => undefined),
  ).toMatchObject({
    reason: 'conflict',
  });

  await inTx((tx) => serverLock.lock(tx, operator, { reason: '' }));
  expect((await fix()).left).toBe(0);
  expect(await db('accounts').where({ actor_uri: far.actorUri }).pluck('id')).toEqual([far.id]);
  expect(await db('videos').where({ account_id: far.id }).pluck('id')).toEqual([videoId]);
  const followers = await db('follows').where({ target_id: far.id }).pluck('follower_id');
  expect(followers.sort()).toEqual([ana.id, ben.id].sort());
  const likers = await db('likes').where({ video_id: videoId }).pluck('account_id');
  expect(likers.sort()).toEqual([ana.id, ben.id].sort());
  expect(await db('watch_history').where({ account_id: ben.id }).pluck('video_id')).toEqual([videoId]);
  expect(await db('video_tags').where({ video_id: videoId, tag: 'cats' })).toHaveLength(1);
  await counters.recount(false);
  expect((await counters.recount(true)).wrong).toBe(0);

  expect(await uniques()).toEqual(before);
  await expect(copy('accounts', far.id)).rejects.toThrow(/unique/);
  expect(await fix()).toMatchObject({ duplicates: [], indexes: [], left: 0 });
  const entry = await db('audit_log').where({ action: 'maintenance.fix-duplicates' }).first('detail');
  expect(entry?.detail.counts).toMatchObject({ accounts: expect.any(Number), videos: 1, video_tags: 1 });
});

test('of two accounts with one handle the one that was read last has it; people of this server are left to somebody who looks', async () => {
  const { db } = server.context;
  await dropIndex('accounts', 'accounts_username_key_domain_unique', 'accounts_actor_uri_unique');
  const newer = await copy('accounts', far.id, { actor_uri: 'https://far.test/new', fetched_at: new Date() });
  await db('accounts')
    .where({ id: far.id })
    .update({ fetched_at: new Date(0) });
  const second = await copy('accounts', ben.id, { actor_uri: 'https://ours.test/second', owner_id: null });

  const done = await fix();
  expect(done.left).toBe(1);
  expect(done.duplicates).toContainEqual({ table: 'accounts', key: 'ben ', rows: 2, way: 'by-hand' });
  const state = (id: string) => db('accounts').where({ id }).first('state', 'username_key');
  expect(await state(newer)).toEqual({ state: 'active', username_key: 'far' });
  expect(await state(far.id)).toEqual({ state: 'deleted', username_key: `far!${far.id}` });
  expect(await state(second)).toMatchObject({ username_key: 'ben' });
  // Somebody has looked.
  await db('accounts').where({ id: second }).update({ username_key: 'ben2' });
  expect(await fix()).toMatchObject({ duplicates: [], left: 0 });
  await expect(copy('accounts', ben.id, { actor_uri: 'https://ours.test/third' })).rejects.toThrow(/unique/);
});
