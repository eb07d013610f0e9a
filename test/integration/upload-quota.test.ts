import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { operator } from '../../src/modules/staff/index.ts';
import { clientOf, createPeople, type Person } from '../helpers/people.ts';
import { bytes, expectRefused, part, startUploadRig, type UploadRig } from '../helpers/upload-rig.ts';

const MB = 1024 * 1024;
let rig: UploadRig;

beforeAll(async () => {
  rig = await startUploadRig({ MAX_STORAGE_PER_ACCOUNT_MB: '2' });
});

afterAll(() => rig?.server.close());

beforeEach(() => rig.newOwner());

afterEach(() => rig.clear());

/** Puts an object of so many bytes on the account of a video. */
async function addAsset(videoId: string, size: number, more: object = {}): Promise<void> {
  const asset = { key: `media/${videoId}/x`, video_id: videoId, role: 'mp4', content_type: 'video/mp4' };
  await rig.server.context.db('video_assets').insert({ ...asset, bytes: size, sha256: '', ...more });
}

test('an upload that would fill the account is refused, with all numbers', async () => {
  const upload = await rig.begin(MB);
  const sentence = await (async () => {
    await rig.begin(MB - 100_000);
    return expectRefused(await rig.create(150_000), 413, 'storage-full');
  })();
  expect(sentence).toContain('2 MB of your 2 MB');
  expect(sentence).toContain('0.2 MB');
  // What exactly fits does.
  expect((await rig.create(100_000)).status).toBe(201);
  await expectRefused(await rig.create(1), 413, 'storage-full');
  // What is taken back makes room, and others have their own.
  await rig.terminate(upload.url);
  expect((await rig.create(MB)).status).toBe(201);
  await rig.newOwner();
  expect((await rig.create(MB)).status).toBe(201);
});

test('what was uploaded counts as long as it is kept, and so do all objects made of it', async () => {
  const upload = await rig.begin();
  await rig.patch(upload.url, 0, part(0));
  await rig.expectReceived(upload);
  await addAsset(upload.videoId, MB);
  // What the staff had made of it for some countries is nothing that its author stores.
  const key = `media/${upload.videoId}/silent`;
  await addAsset(upload.videoId, MB, { key, role: 'muted', heard_key: `media/${upload.videoId}/x` });
  const left = MB - bytes.length;
  await expectRefused(await rig.create(left + 1), 413, 'storage-full');
  expect((await rig.create(left)).status).toBe(201);
  await rig.server.context.db('videos').where({ id: upload.videoId }).update({ original_key: null });
  expect((await rig.create(bytes.length)).status).toBe(201);
  await expectRefused(await rig.create(1), 413, 'storage-full');
});

test('uploads that begin at once do not all get the last place', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => rig.create(MB)));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, ...Array(6).fill(413)]);
});

test('a role has its own limit, and an account another one, given by the staff', async () => {
  const { context, origin } = rig.server;
  const { db, inTx, settings, staff } = context;
  const client = clientOf(origin);
  const people = createPeople(rig.server);
  const boss = await people.signedIn('boss', 'admin');
  const milo = await people.signedIn('milo', 'moderator');
  const ann = await people.signedIn('ann');
  const room = async (as: Person) => (await client.get('/api/v1/studio/storage', { as })).body;
  const set = (as: Person, id: string, megabytes: number | null) =>
    client.put(`/api/v1/admin/accounts/${id}/quota`, { as, body: { megabytes, reason: 'Films a lot.' } });
  expect(await room(ann)).toEqual({ used_bytes: 0, max_bytes: 2 * MB, source: 'server' });
  const change = { STORAGE_BY_ROLE_MB: 'Moderator: 5\nFilm team 0' };
  await inTx((tx) => settings.change(tx, operator, change, ''));
  await settings.refresh();
  expect(await room(milo)).toMatchObject({ max_bytes: 5 * MB, source: 'role' });
  expect(await room(ann)).toMatchObject({ max_bytes: 2 * MB });
  const made = await inTx((tx) =>
    staff.roles.create(tx, operator, { name: 'Film team', permissions: [], rank: 1 }),
  );
  expect(made.ok).toBe(true);
  const role = await db('staff_roles').where({ name: 'Film team' }).first('id');
  await db('users').where({ account_id: ann.id }).update({ staff_role_id: role.id });
  expect(await room(ann)).toMatchObject({ max_bytes: null, source: 'role' });

  expect((await set(milo, ann.id, 3)).body).toEqual({ max_bytes: 3 * MB, source: 'account' });
  expect(await room(ann)).toMatchObject({ max_bytes: 3 * MB, source: 'account' });
  const shown = await client.get(`/api/v1/admin/accounts/${ann.id}`, { as: milo });
  expect(shown.body.quota).toEqual({ max_bytes: 3 * MB, source: 'account' });
  // Nobody gives themselves more, nor those above them.
  for (const id of [milo.id, boss.id]) expect((await set(milo, id, 0)).body.code).toBe('outranked');
  expect((await set(ann, ann.id, 0)).status).toBe(403);
  expect((await set(boss, '1', 5)).status).toBe(404);
  expect((await set(boss, ann.id, -1)).status).toBe(422);
  const entries = await context.audit.list(
    { action: 'user.quota' },
    { maxId: null, minId: null, sinceId: null, limit: 9 },
  );
  expect(entries).toMatchObject([
    { target: { kind: 'account', id: ann.id }, reason: 'Films a lot.', detail: { from: null, to: 3 } },
  ]);
  expect((await set(boss, ann.id, null)).body).toEqual({ max_bytes: null, source: 'role' });
});
