import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { legalHoldLimits } from '../../config/legal-hold-limits.ts';
import type { LegalHoldId, VideoId } from '../../src/lib/ids.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { waitingForLocks } from '../helpers/chaos.ts';
import { createClipFactory } from '../helpers/clip-rows.ts';
import { jobRun } from '../helpers/job-run.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { unzip } from '../helpers/zip.ts';

/** What is kept for authorities outlives the author’s deletion and the clean-up, and everybody who looks is on record. */
let server: TestServer;
let client: Client;
let people: People;
let playable: Awaited<ReturnType<typeof createClipFactory>>;
let boss: Person;
let mona: Person;
let names = 0;

const AT = '/api/v1/admin/legal_holds';
const DAY = 24 * 3_600_000;
const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');

beforeAll(async () => {
  server = await startTestServer({ role: 'web' });
  client = clientOf(server.origin);
  people = createPeople(server);
  playable = await createClipFactory(server.context);
  boss = await people.signedIn('boss', 'admin');
  mona = await people.signedIn('mona', 'moderator');
});

afterAll(() => server?.close());

async function somebody() {
  names += 1;
  const account = await people.local(`author${names}`, { email: `author${names}@mail.example` });
  const person: Person = { id: account.id, account, token: await people.tokenOf(account) };
  return { person, videoId: await playable(account, { caption: 'A threat' }) };
}

async function hold(kind: 'account' | 'video' | 'report', id: string): Promise<LegalHoldId> {
  const body = { kind, target_id: id, reason: 'Order of the court.', reference: 'AZ 12/34' };
  const made = await client.post(AT, { as: boss, body });
  expect(made.status).toBe(200);
  return made.body.id;
}

const copied = (id: LegalHoldId) => server.context.legalHolds.copy(id, jobRun());
const purge = (id: VideoId) => server.context.videos.jobs.purge(id, jobRun());
const objects = async (prefix: string) => {
  const keys: string[] = [];
  for await (const { key } of server.context.storage.list(prefix)) keys.push(key);
  return keys;
};
const bytesOf = async (key: string) =>
  buffer((await server.context.storage.open(key))?.stream ?? Readable.from([]));
const actions = async (id: LegalHoldId) =>
  (
    await server.context.db('audit_log').where({ target_kind: 'legal-hold', target_id: id }).orderBy('id')
  ).map(({ action }) => action);

async function exported(id: LegalHoldId): Promise<Map<string, Buffer>> {
  const begun = await client.post(`${AT}/${id}/export`, { as: boss, body: { reason: 'For the police.' } });
  expect(begun.status).toBe(200);
  const file = await fetch(begun.body.url, { headers: { Authorization: `Bearer ${boss.token}` } });
  expect(file.status).toBe(200);
  const bytes = Buffer.from(await file.arrayBuffer());
  expect(bytes.length).toBe(begun.body.bytes);
  const files = await unzip(bytes);
  expect(sha256(files.get('SHA256SUMS') ?? '')).toBe(begun.body.sums);
  return files;
}

describe('a hold', () => {
  test('keeps a video that its author deletes at once, outside of what is served', async () => {
    const { person, videoId } = await somebody();
    const film = await server.context
      .db('video_assets')
      .where({ video_id: videoId, role: 'mp4' })
      .first('key');
    const bytes = await bytesOf(film.key);
    const id = await hold('video', videoId);
    expect((await client.delete(`/api/v1/statuses/${videoId}`, { as: person })).status).toBe(200);
    // Nothing goes before it is copied.
    expect(await purge(videoId)).toBeTypeOf('function');
    expect(await objects(`media/${videoId}/`)).not.toEqual([]);
    await copied(id);
    expect(await purge(videoId)).toBeUndefined();
    expect(await objects(`media/${videoId}/`)).toEqual([]);
    const kept = await objects(`holds/${id}/`);
    expect(kept.length).toBeGreaterThan(0);
    for (const key of kept) expect((await fetch(`${server.origin}/media/${key}`)).status).toBe(404);

    const files = await exported(id);
    const names = [...files.keys()];
    expect(names).toEqual(
      expect.arrayContaining(['manifest.json', 'account.json', `videos/${videoId}/video.json`]),
    );
    const inZip = names.find((name) => name.endsWith('.mp4')) ?? '';
    expect(files.get(inZip)).toEqual(bytes);
    expect(String(files.get('account.json'))).toContain(
      `author${names.length > 0 ? person.account.username.slice(6) : ''}@mail.example`,
    );
    // Every file is in the list of hashes, as `sha256sum -c` reads it.
    const sums = String(files.get('SHA256SUMS')).trimEnd().split('\n');
    expect(sums.toSorted()).toEqual(
      names
        .filter((name) => name !== 'SHA256SUMS')
        .map((name) => `${sha256(files.get(name) ?? '')}  ${name}`)
        .toSorted(),
    );
    expect(JSON.parse(String(files.get('manifest.json'))).hold).toMatchObject({ reference: 'AZ 12/34' });
  });

  test('keeps all videos and words of an account that is deleted, and the evidence of a report past its time', async () => {
    const { context } = server;
    const { person, videoId } = await somebody();
    const other = await playable(person.account, { caption: 'Another threat' });
    const filed = await context.inTx((tx) =>
      context.moderation.file(tx, {
        ...{ reporterId: mona.id, targetId: person.id, videoIds: [videoId], commentIds: [], forward: false },
        ...{ comment: 'He threatens me', byServer: true },
      }),
    );
    if (!filed.ok) throw new Error(filed.detail);
    const [ofAccount, ofReport] = [await hold('account', person.id), await hold('report', filed.reportId)];
    await Promise.all([copied(ofAccount), copied(ofReport)]);
    await context.reportDesk.sheets.keep(filed.reportId, jobRun());
    await context
      .db('reports')
      .where({ id: filed.reportId })
      .update({ created_at: new Date(0) });
    await context.reportDesk.sheets.sweep();
    expect(await context.db('report_evidence').where({ report_id: filed.reportId })).toHaveLength(1);

    const gone = { as: person, body: { password: 'correct horse battery' } };
    await client.post('/api/v1/accounts/delete_account', gone);
    const files = await exported(ofAccount);
    expect(String(files.get(`videos/${other}/video.json`))).toContain('Another threat');
    const ofIt = await exported(ofReport);
    expect(String(ofIt.get('report.json'))).toContain('He threatens me');
    expect([...ofIt.keys()]).toContain(`evidence/video-${videoId}.json`);

    // Released, it goes with the next clean-up.
    await client.post(`${AT}/${ofReport}/release`, { as: boss, body: { reason: 'Over.' } });
    await context.reportDesk.sheets.sweep();
    expect(await context.db('report_evidence').where({ report_id: filed.reportId })).toEqual([]);
  });

  test('is read and handed out by those alone who may, and each look is on record', async () => {
    const { videoId } = await somebody();
    const id = await hold('video', videoId);
    expect((await client.get(AT, { as: mona })).status).toBe(403);
    expect((await client.get(`${AT}/${id}`, { as: mona })).status).toBe(403);
    const early = await client.post(`${AT}/${id}/export`, { as: boss, body: { reason: 'Now.' } });
    expect([early.status, early.body.code]).toEqual([422, 'too-soon']);
    await copied(id);
    const looked = await client.get(`${AT}/${id}`, { as: boss });
    expect(looked.body).toMatchObject({ kind: 'video', target_id: videoId, waiting: 0, missing: 0 });
    const file = () => client.get(`${AT}/${id}/file`, { as: boss });
    expect((await file()).status).toBe(404);
    await exported(id);
    expect(await actions(id)).toEqual(['legal-hold.add', 'legal-hold.look', 'legal-hold.export']);
    const again = await client.post(AT, {
      as: boss,
      body: { kind: 'video', target_id: videoId, reason: 'Again.' },
    });
    expect([again.status, again.body.code]).toEqual([422, 'decided-before']);
    const none = await client.post(AT, {
      as: boss,
      body: { kind: 'video', target_id: '9', reason: 'Again.' },
    });
    expect(none.status).toBe(404);
  });

  test('is sent in parts that fit together, and not at all where a file is not what was kept', async () => {
    const { videoId } = await somebody();
    const id = await hold('video', videoId);
    await copied(id);
    const begun = await server.context.inTx((tx) =>
      server.context.legalHolds.beginExport(tx, operator, { id, reason: 'For the police.' }),
    );
    if (!begun.ok) throw new Error(begun.detail);
    const { size, open } = begun.file;
    const read = async (start: number, end: number) => buffer((await open({ start, end })).stream);
    const whole = await read(0, size - 1);
    const middle = Math.floor(size / 2);
    expect(Buffer.concat([await read(0, middle), await read(middle + 1, size - 1)])).toEqual(whole);
    const [key = ''] = await objects(`holds/${id}/`);
    const spoilt = await bytesOf(key);
    spoilt[0] = (spoilt[0] ?? 0) ^ 1;
    await server.context.storage.remove([key]);
    await server.context.storage.putBytes(key, spoilt, { contentType: 'application/octet-stream' });
    await expect(read(0, size - 1)).rejects.toThrow('is not what was kept');
  });

  test('is taken up again within a month, and gone after it', async () => {
    const { db, legalHolds, clock } = server.context;
    const { videoId } = await somebody();
    const id = await hold('video', videoId);
    await copied(id);
    const release = () => client.post(`${AT}/${id}/release`, { as: boss, body: { reason: 'Over.' } });
    const age = (days: number) =>
      db('legal_holds')
        .where({ id })
        .update({ released_at: new Date(clock.now() - days * DAY) });
    expect((await release()).status).toBe(200);
    await age(legalHoldLimits.releasedDays - 1);
    await legalHolds.sweep(new AbortController().signal);
    const restored = await client.post(`${AT}/${id}/restore`, { as: boss, body: { reason: 'Not over.' } });
    expect(restored.status).toBe(200);
    expect((await release()).status).toBe(200);
    await age(legalHoldLimits.releasedDays + 1);
    const went = await legalHolds.sweep(new AbortController().signal);
    expect(went.rows).toBe(1);
    expect(went.bytes).toBeGreaterThan(0);
    expect(await objects(`holds/${id}/`)).toEqual([]);
    expect((await client.get(`${AT}/${id}`, { as: boss })).status).toBe(404);
  });

  test('keeps its copies where it is taken up again in the moment in which they would go', async () => {
    const { db, legalHolds, clock } = server.context;
    const { videoId } = await somebody();
    const id = await hold('video', videoId);
    await copied(id);
    const kept = await objects(`holds/${id}/`);
    const row = () => db('legal_holds').where({ id });
    await row().update({ released_at: new Date(clock.now() - (legalHoldLimits.releasedDays + 1) * DAY) });
    const restoring = await db.transaction();
    const restored = await legalHolds.restore(restoring, operator, { id, reason: 'Not over.' });
    expect(restored.ok).toBe(true);
    const sweeping = legalHolds.sweep(new AbortController().signal);
    await expect.poll(() => waitingForLocks(db), { timeout: 10_000 }).toBeGreaterThan(0);
    await restoring.commit();
    expect(await sweeping).toEqual({ rows: 0, bytes: 0 });
    expect(await row().pluck('released_at')).toEqual([null]);
    expect(await objects(`holds/${id}/`)).toEqual(kept);
  });

  test('tells of files that were gone before, and sets off copies again whose job failed', async () => {
    const { db, storage, legalHolds } = server.context;
    const { videoId } = await somebody();
    const poster = await db('video_assets').where({ video_id: videoId, role: 'poster' }).first('key');
    await storage.remove([poster.key]);
    const id = await hold('video', videoId);
    await db('jobs')
      .where({ key: `legal-holds.copy:${id}` })
      .delete();
    await legalHolds.sweep(new AbortController().signal);
    expect(await db('jobs').where({ key: `legal-holds.copy:${id}` })).toHaveLength(1);
    await copied(id);
    const { body } = await client.get(`${AT}/${id}`, { as: boss });
    expect(body).toMatchObject({ missing: 1, waiting: 0 });
    expect((await exported(id)).has(`videos/${videoId}/${poster.key.split('/').at(-1)}`)).toBe(false);
  });
});
