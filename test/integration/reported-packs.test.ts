import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createVideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** Starter packs and playlists are reported as what they are, and taken down from where reports are worked through. */
let server: TestServer;
let client: Client;
let people: People;
let owner: Person;
let rita: Person;
let mona: Person;
let made = 0;

beforeAll(async () => {
  server = await startTestServer({});
  client = clientOf(server.origin);
  people = createPeople(server);
  [owner, rita, mona] = [
    await people.signedIn('owner'),
    await people.signedIn('rita'),
    await people.signedIn('mona', 'moderator'),
  ];
});
afterAll(() => server?.close());

async function packOf(as: Person, title = 'Birds'): Promise<{ id: string; uri: string }> {
  const member = await people.signedIn(`member${++made}`);
  const { body } = await client.post('/api/v1/packs', { as, body: { title, description: 'They sing.' } });
  await client.post(`/api/v1/packs/${body.id}/accounts`, { as, body: { account_ids: [member.id] } });
  return body;
}
const report = (pack_ids: string[], account_id: string = owner.id, as = rita) =>
  client.post('/api/v1/reports', { as, body: { account_id, pack_ids, category: 'spam' } });
const rowOf = (id: string) => server.context.db('reports').where({ id }).first();
const groupOf = (id: string) => client.get(`/api/v1/admin/report_groups/${id}`, { as: mona });

describe('a reported starter pack', () => {
  test('stands on the desk as it was, and is taken down with the report, on record, and given back', async () => {
    const pack = await packOf(owner, 'Hate');
    const filed = await report([pack.id]);
    expect(filed.body, filed.text).toMatchObject({ pack_ids: [pack.id], status_ids: [] });
    await client.put(`/api/v1/packs/${pack.id}`, { as: owner, body: { title: 'Love' } });

    const { body } = await groupOf(owner.id);
    expect(body).toMatchObject({
      posts: [{ kind: 'pack', id: pack.id, count: 1 }],
      packs: [{ id: pack.id, title: 'Love', taken_down: false }],
      reports: [{ id: filed.body.id, pack_ids: [pack.id] }],
    });
    const evidence = await client.get(`/api/v1/admin/reports/${filed.body.id}/evidence`, { as: mona });
    expect(evidence.body).toMatchObject([
      { kind: 'pack', status_id: pack.id, uri: pack.uri, frames_state: 'none', video_url: null },
    ]);
    expect(evidence.body[0].text).toBe(`Hate\n\nThey sing.\n\n@member${made}`);

    const path = `/api/v1/admin/packs/${pack.id}/take_down`;
    const stale = { reason: 'Hate', reports: [{ id: filed.body.id, version: 7 }] };
    const refusal = await client.post(path, { as: mona, body: stale });
    expect([refusal.status, refusal.body.code]).toEqual([409, 'report-changed']);
    // All or nothing.
    expect((await client.get(`/api/v1/packs/${pack.id}`)).status).toBe(200);
    const reports = [{ id: filed.body.id, version: body.reports[0].version }];
    const down = await client.post(path, { as: mona, body: { reason: 'Hate', reports } });
    expect(down.status, down.text).toBe(200);
    expect((await client.get(`/api/v1/packs/${pack.id}`)).status).toBe(404);
    expect(await rowOf(filed.body.id)).toMatchObject({ state: 'resolved', closed_by: mona.id });
    expect((await groupOf(owner.id)).body.packs).toMatchObject([{ taken_down: true }]);

    const undone = await client.post('/api/v1/admin/report_changes/undo', {
      as: mona,
      body: { audit_ids: down.body.audit_ids },
    });
    expect(undone.status, undone.text).toBe(200);
    expect((await client.get(`/api/v1/packs/${pack.id}`)).status).toBe(200);
    expect(await rowOf(filed.body.id)).toMatchObject({ state: 'open', closed_by: null });
  });

  test('is of the account that is reported, and one that the reporter may see', async () => {
    const [stranger, foe] = [await people.signedIn('stranger'), await people.signedIn('foe')];
    const [theirs, gone, far] = [await packOf(stranger), await packOf(owner), await packOf(foe)];
    await client.post(`/api/v1/admin/packs/${gone.id}/take_down`, { as: mona, body: {} });
    await client.post(`/api/v1/accounts/${rita.id}/block`, { as: foe });
    for (const [ids, target] of [
      [[theirs.id, gone.id], owner.id],
      [[far.id], foe.id],
    ] as const) {
      const filed = await report([...ids], target);
      expect(filed.status, filed.text).toBe(200);
      expect((await rowOf(filed.body.id)).pack_ids).toEqual([]);
    }
  });
});

describe('a reported playlist', () => {
  const listOf = async (
    as: Person,
    visibility: string,
    title = 'Hate',
  ): Promise<{ id: string; url: string }> => {
    const video = await createVideoFactory(server.context).video(as.account);
    const body = { title, description: 'All of it.', visibility, video_ids: [video] };
    return (await client.post('/api/v1/playlists', { as, body })).body;
  };
  const reportList = (playlist_ids: string[], account_id: string = owner.id, as = rita) =>
    client.post('/api/v1/reports', { as, body: { account_id, playlist_ids, category: 'spam' } });
  const statusFor = async (id: string, as?: Person) =>
    (await client.get(`/api/v1/playlists/${id}`, { as })).status;

  test('stands on the desk as it was, and is taken from everybody but its owner, who sees that, and given back', async () => {
    const list = await listOf(owner, 'public');
    const filed = await reportList([list.id]);
    expect(filed.body, filed.text).toMatchObject({ playlist_ids: [list.id], pack_ids: [], status_ids: [] });
    await client.put(`/api/v1/playlists/${list.id}`, { as: owner, body: { title: 'Love' } });
    const group = (await groupOf(owner.id)).body;
    expect(group).toMatchObject({
      posts: expect.arrayContaining([{ kind: 'playlist', id: list.id, count: 1 }]),
      playlists: [{ id: list.id, title: 'Love', url: list.url, taken_down: false }],
    });
    const evidence = await client.get(`/api/v1/admin/reports/${filed.body.id}/evidence`, { as: mona });
    expect(evidence.body).toMatchObject([
      { kind: 'playlist', status_id: list.id, uri: list.url, frames_state: 'none' },
    ]);
    expect(evidence.body[0].text).toMatch(/^Hate\n\nAll of it\.\n\nhttp.*\d$/);

    const path = `/api/v1/admin/playlists/${list.id}/take_down`;
    expect((await client.post(path, { as: rita, body: {} })).status).toBe(403);
    const { version } = group.reports.find(({ id }: { id: string }) => id === filed.body.id);
    const stale = { reason: 'Hate', reports: [{ id: filed.body.id, version: version + 1 }] };
    expect((await client.post(path, { as: mona, body: stale })).body.code).toBe('report-changed');
    expect(await statusFor(list.id)).toBe(200);
    const reports = [{ id: filed.body.id, version }];
    const down = await client.post(path, { as: mona, body: { reason: 'Hate', reports } });
    expect(down.status, down.text).toBe(200);
    expect([await statusFor(list.id), await statusFor(list.id, rita)]).toEqual([404, 404]);
    const profile = await client.get(`/api/v1/accounts/${owner.id}/playlists`);
    expect(profile.body).toEqual([]);
    expect((await client.get(`/api/v1/playlists/${list.id}/videos`)).status).toBe(404);
    expect((await client.get(`/feeds/playlists/${list.id}.atom`)).status).toBe(404);
    const own = await client.get(`/api/v1/playlists/${list.id}`, { as: owner });
    expect(own.body).toMatchObject({ taken_down: true, title: 'Love' });
    expect(await rowOf(filed.body.id)).toMatchObject({ state: 'resolved', closed_by: mona.id });
    expect((await client.post(path, { as: mona, body: {} })).body.code).toBe('decided-before');

    const body = { audit_ids: down.body.audit_ids };
    const undone = await client.post('/api/v1/admin/report_changes/undo', { as: mona, body });
    expect(undone.status, undone.text).toBe(200);
    expect(await statusFor(list.id)).toBe(200);
    expect(await rowOf(filed.body.id)).toMatchObject({ state: 'open', closed_by: null });
  });

  test('is of the account that is reported, and one that the reporter may see', async () => {
    const other = await people.signedIn('lister');
    const [theirs, own, gone] = [
      await listOf(other, 'public'),
      await listOf(owner, 'private'),
      await listOf(owner, 'unlisted'),
    ];
    await client.post(`/api/v1/admin/playlists/${gone.id}/take_down`, { as: mona, body: {} });
    const filed = await reportList([theirs.id, own.id, gone.id]);
    expect(filed.status, filed.text).toBe(200);
    expect((await rowOf(filed.body.id)).playlist_ids).toEqual([]);
    const followers = await listOf(owner, 'followers');
    const follower = await people.signedIn('follower');
    await client.post(`/api/v1/accounts/${owner.id}/follow`, { as: follower });
    expect(await statusFor(followers.id, follower)).toBe(200);
    const heard = await reportList([followers.id], owner.id, follower);
    expect((await rowOf(heard.body.id)).playlist_ids).toEqual([followers.id]);
    await client.post(`/api/v1/admin/playlists/${followers.id}/take_down`, { as: mona, body: {} });
    expect(await statusFor(followers.id, follower)).toBe(404);
  });
});
