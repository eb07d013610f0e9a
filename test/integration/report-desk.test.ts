import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { vireo } from '../../src/cli/program.ts';
import type { AuditId, ReportId, VideoId } from '../../src/lib/ids.ts';
import type { Actor } from '../../src/modules/staff/index.ts';
import { createAsker } from '../helpers/asker.ts';
import { waitingForLocks } from '../helpers/chaos.ts';
import { cliEnvOf } from '../helpers/cli-env.ts';
import { createClipFactory } from '../helpers/clip-rows.ts';
import { createPeople, type People, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** How the staff works through reports: together, and so that everything can be taken back. */
let server: TestServer;
let asker: ReturnType<typeof createAsker>;
let people: People;
let playable: Awaited<ReturnType<typeof createClipFactory>>;
let mona: Person;
let max: Person;
let rita: Person;
let names = 0;

beforeAll(async () => {
  server = await startTestServer({});
  asker = createAsker(server.origin);
  people = createPeople(server);
  playable = await createClipFactory(server.context);
  mona = await people.signedIn('mona', 'moderator');
  max = await people.signedIn('max', 'moderator');
  rita = await people.signedIn('rita');
});

afterAll(async () => {
  await asker?.close();
  await server?.close();
});

/** A report about somebody new. */
async function reported(more: { target?: Person['account']; videoIds?: VideoId[]; comment?: string } = {}) {
  names += 1;
  const target = more.target ?? (await people.local(`target${names}`));
  const filed = await server.context.inTx((tx) =>
    server.context.moderation.file(tx, {
      ...{ reporterId: rita.id, targetId: target.id, commentIds: [], forward: false },
      ...{ videoIds: more.videoIds ?? [], comment: more.comment ?? 'Rude', category: 'spam', byServer: true },
    }),
  );
  if (!filed.ok) throw new Error(filed.detail);
  return { id: filed.reportId, target };
}

const rowOf = (id: ReportId) =>
  server.context
    .db('reports')
    .where({ id })
    .first()
    // When it was closed for the first time stays known, whatever is taken back.
    .then(({ version: _v, updated_at: _u, first_closed_at: _f, ...row }) => row);
const entriesOf = (id: ReportId) =>
  server.context.audit.list(
    { target: { kind: 'report', id } },
    { maxId: null, minId: null, sinceId: null, limit: 40 },
  );
const json = ({ text }: { text: string }) => JSON.parse(text);
const change = (as: Person, body: object) => asker.ask('post', '/api/v1/admin/report_changes', { as, body });

test('the queue is read while others empty it', async () => {
  const { db, reportDesk } = server.context;
  const all = await Promise.all(Array.from({ length: 6 }, () => reported()));
  const targets = all.map(({ target }) => target.id);
  let isOver = false;
  const closing = (async () => {
    for (let n = 0; n < 60; n += 1) {
      const state = n % 2 === 0 ? 'dismissed' : 'open';
      await db('reports').whereIn('target_id', targets).update({ state });
    }
    isOver = true;
  })();
  while (!isOver) {
    // Each as a whole: a group of which nothing is left is none, and one that is left has all of it.
    const groups = await reportDesk.groups({ state: 'open' }, { after: null, limit: 80 });
    for (const { count, reports } of groups) expect(reports).toHaveLength(count);
  }
  await closing;
  await db('reports').whereIn('target_id', targets).delete();
});

describe('two moderators', () => {
  test('who are at the same report: one wins, the other is told by whom', async () => {
    const { id } = await reported();
    const looked = { id, version: 1 };
    const answers = await Promise.all([
      change(mona, { change: 'resolve', reports: [looked] }),
      change(max, { change: 'dismiss', reports: [looked] }),
    ]);
    const [won, lost] = answers.toSorted((a, b) => a.status - b.status);
    expect([won?.status, lost?.status, lost?.code]).toEqual([200, 409, 'report-changed']);
    const { state, closed_by: winner } = await rowOf(id);
    expect(json(lost ?? { text: '' }).error).toContain(
      `@${winner === mona.id ? 'mona' : 'max'} has ${state} report ${id}`,
    );
    expect(await entriesOf(id)).toHaveLength(1);
  });

  test('change all of a group or nothing of it', async () => {
    const first = await reported();
    const second = await reported({ target: first.target });
    await change(max, { change: 'assign', reports: [{ id: second.id, version: 1 }], to: max.id });
    const reports = [first, second].map(({ id }) => ({ id, version: 1 }));
    const answer = await change(mona, { change: 'resolve', reports });
    expect(json(answer).error).toContain('@max has taken');
    expect((await rowOf(first.id)).state).toBe('open');
    expect(await entriesOf(first.id)).toEqual([]);
  });

  test('take a deed back once, and not where somebody went on from it', async () => {
    const { id } = await reported();
    const before = await rowOf(id);
    const take = json(await change(mona, { change: 'assign', reports: [{ id, version: 1 }], to: mona.id }));
    const close = json(await change(mona, { change: 'resolve', reports: [{ id }], reason: 'It was.' }));
    const undo = (audit_ids: AuditId[], as = max) =>
      asker.ask('post', '/api/v1/admin/report_changes/undo', { as, body: { audit_ids } });
    expect((await undo(take.audit_ids)).code).toBe('report-changed');
    expect((await undo([...take.audit_ids, ...close.audit_ids])).status).toBe(200);
    expect(await rowOf(id)).toEqual(before);
    expect((await undo(close.audit_ids)).code).toBe('undone-before');
    const entries = await entriesOf(id);
    expect(entries.map(({ action, reason }) => [action, reason])).toEqual([
      ...[
        ['report.undo', ''],
        ['report.undo', ''],
      ],
      ...[
        ['report.resolve', 'It was.'],
        ['report.assign', ''],
      ],
    ]);
  });
});

test('several deeds are taken back beside somebody who works on the same reports in another order', async () => {
  const { db } = server.context;
  const reports = [await reported(), await reported()].map(({ id }) => ({ id }));
  const done = await change(mona, { change: 'dismiss', reports });
  const [first, second] = reports;
  const other = await db.transaction();
  const lock = (id?: ReportId) => other('reports').where({ id }).forUpdate().noWait().select('id');
  await lock(first?.id);
  const asked = asker.ask('post', '/api/v1/admin/report_changes/undo', { as: mona, body: json(done) });
  await expect.poll(() => waitingForLocks(db), { timeout: 10_000 }).toBeGreaterThan(0);
  // Whoever waits for the first holds none of the others.
  await lock(second?.id).finally(() => other.commit());
  expect((await asked).status).toBe(200);
  for (const { id } of reports) expect((await rowOf(id)).state).toBe('open');
});

describe('a measure and the reports behind it', () => {
  const act = (as: Person, path: string, body: object) =>
    asker.ask('post', `/api/v1/admin/${path}/action`, { as, body });
  const measuresOn = (id: string) => server.context.db('measures').where({ target_id: id, lifted_at: null });

  test('are one deed, on the account and on a post, and are taken back as one', async () => {
    const target = await people.local('author');
    const videoId = await playable(target);
    for (const [path, id, type] of [
      ['accounts', target.id, 'silence'],
      ['videos', videoId, 'remove'],
    ] as const) {
      const report = await reported({ target, videoIds: [videoId] });
      const before = await rowOf(report.id);
      const body = { type, text: 'Spam.', reports: [{ id: report.id, version: 1 }] };
      const done = json(await act(mona, `${path}/${id}`, body));
      expect(done.report_ids).toEqual([report.id]);
      expect(await rowOf(report.id)).toMatchObject({ state: 'resolved', closed_by: mona.id });
      expect((await entriesOf(report.id)).map(({ action, reason }) => [action, reason])).toEqual([
        ['report.resolve', 'Spam.'],
      ]);
      expect(done.audit_ids).toHaveLength(2);
      const undo = { as: max, body: { audit_ids: done.audit_ids } };
      expect((await asker.ask('post', '/api/v1/admin/report_changes/undo', undo)).status).toBe(200);
      expect(await rowOf(report.id)).toEqual(before);
      expect(await measuresOn(id)).toEqual([]);
    }
  });

  test('happen both or neither: who was faster, and what may not be done', async () => {
    const { id, target } = await reported();
    await change(max, { change: 'assign', reports: [{ id, version: 1 }], to: max.id });
    const body = { type: 'silence', reports: [{ id, version: 1 }] };
    expect((await act(mona, `accounts/${target.id}`, body)).code).toBe('report-changed');
    expect(await measuresOn(target.id)).toEqual([]);
    const boss = await people.signedIn(`boss${names}`, 'admin');
    const above = await reported({ target: boss.account });
    const refused = await act(mona, `accounts/${boss.id}`, { type: 'silence', report_ids: [above.id] });
    expect(refused.code).toBe('outranked');
    expect((await rowOf(above.id)).state).toBe('open');
  });

  test('name reports that are closed already without opening or closing them again', async () => {
    const { id, target } = await reported();
    await change(max, { change: 'dismiss', reports: [{ id, version: 1 }] });
    const done = json(await act(mona, `accounts/${target.id}`, { type: 'none', report_id: id }));
    expect(done.report_ids).toEqual([id]);
    expect(await rowOf(id)).toMatchObject({ state: 'dismissed', closed_by: max.id });
  });
});

describe('the queue', () => {
  test('groups by account, counts, and is narrowed by where reports come from', async () => {
    const { target } = await reported({ comment: 'One' });
    await reported({ target, comment: 'Two' });
    const far = await people.remote('flagger', 'far.test');
    await server.context.inTx((tx) =>
      server.context.moderation.file(tx, {
        ...{ reporterId: far.id, targetId: target.id, videoIds: [], commentIds: [], forward: false },
        ...{ comment: 'Flag', uri: 'https://far.test/flags/1' },
      }),
    );
    const groups = async (query: string) =>
      json(await asker.ask('get', `/api/v1/admin/report_groups?limit=80${query}`, { as: mona }));
    const group = (await groups('')).find(({ id }: { id: string }) => id === target.id);
    expect(group).toMatchObject({
      ...{
        count: 3,
        reporters: 2,
        categories: [
          { category: 'spam', count: 2 },
          { category: 'other', count: 1 },
        ],
      },
      sources: expect.arrayContaining([
        { host: null, count: 2 },
        { host: 'far.test', count: 1 },
      ]),
    });
    const far1 = (await groups('&source=far.test')).map(({ id, count }: { id: string; count: number }) => [
      id,
      count,
    ]);
    expect(far1).toEqual([[target.id, 1]]);
    const page = json(await asker.ask('get', `/api/v1/admin/report_groups/${target.id}`, { as: mona }));
    expect(page.reporters.find(({ id }: { id: string }) => id === rita.id).open).toBeGreaterThan(2);
    expect(page.reports.map(({ comment }: { comment: string }) => comment)).toEqual(['One', 'Two', 'Flag']);
  });

  test('finds reports about others with the same words', async () => {
    const one = await reported({ comment: 'Buy followers at cheap.test' });
    const other = await reported({ comment: 'Buy followers at cheap.test' });
    const page = json(await asker.ask('get', `/api/v1/admin/report_groups/${one.target.id}`, { as: mona }));
    expect(page.similar.map(({ id }: { id: string }) => id)).toEqual([other.id]);
  });

  test('is for those whose role includes it', async () => {
    const answer = await asker.ask('get', '/api/v1/admin/report_groups', { as: rita });
    expect(answer.status).toBe(403);
    const { id } = await reported();
    const nobody: Actor = { kind: 'person', accountId: rita.id, permissions: [], rank: 0 };
    const outcome = await server.context.inTx((tx) =>
      server.context.reportDesk.close(tx, nobody, { reports: [{ id }], as: 'resolved' }),
    );
    expect(outcome).toMatchObject({ ok: false, reason: 'permission-missing' });
  });

  test('gives reports to nobody who may not work on them', async () => {
    const { id } = await reported();
    const answer = await change(mona, { change: 'assign', reports: [{ id }], to: rita.id });
    expect(answer.code).toBe('not-staff');
  });
});

describe('the calls of the Mastodon API', () => {
  test('take, give back, correct, resolve and open again', async () => {
    const { id, target } = await reported();
    const path = `/api/v1/admin/reports/${id}`;
    const post = async (verb: string) => json(await asker.ask('post', `${path}/${verb}`, { as: mona }));
    expect(await post('assign_to_self')).toMatchObject({ assigned_account: { id: mona.id } });
    expect(await post('unassign')).toMatchObject({ assigned_account: null });
    const corrected = await asker.ask('put', path, { as: mona, body: { category: 'legal' } });
    expect(json(corrected)).toMatchObject({ category: 'legal', target_account: { id: target.id } });
    expect(await post('resolve')).toMatchObject({
      ...{ action_taken: true, action_taken_by_account: { id: mona.id }, state: 'resolved' },
    });
    const listed = async (resolved: boolean) =>
      json(
        await asker.ask('get', `/api/v1/admin/reports?target_account_id=${target.id}&resolved=${resolved}`, {
          as: mona,
        }),
      ).map((report: { id: string }) => report.id);
    expect([await listed(true), await listed(false)]).toEqual([[id], []]);
    expect(await post('reopen')).toMatchObject({ action_taken: false, action_taken_at: null });
  });
});

describe('notes', () => {
  test('are read by the staff, and go when they are taken back', async () => {
    const { id, target } = await reported();
    const noted = json(
      await asker.ask('post', `/api/v1/admin/reports/${id}/notes`, {
        as: mona,
        body: { text: 'Third time.' },
      }),
    );
    await asker.ask('post', `/api/v1/admin/accounts/${target.id}/notes`, {
      as: max,
      body: { text: 'Wrote to them.' },
    });
    const notes = async () =>
      json(await asker.ask('get', `/api/v1/admin/accounts/${target.id}/notes`, { as: max })).map(
        ({ text, account }: { text: string; account: { username: string } }) => [account.username, text],
      );
    expect(await notes()).toEqual([
      ['mona', 'Third time.'],
      ['max', 'Wrote to them.'],
    ]);
    const body = { audit_ids: noted.audit_ids };
    await asker.ask('post', '/api/v1/admin/report_changes/undo', { as: mona, body });
    expect(await notes()).toEqual([['max', 'Wrote to them.']]);
  });
});

describe('evidence', () => {
  test('stays when the author deletes the video, is shown to the staff, and who looked is on record', async () => {
    const { context } = server;
    const author = await people.local('vanishing');
    const videoId = await playable(author, { caption: 'Hateful words' });
    const { id } = await reported({ target: author, videoIds: [videoId] });
    await context
      .db('video_assets')
      .where({ video_id: videoId, role: 'mp4' })
      .update({ width: 180, height: 320 });
    await context.reportDesk.sheets.keep(id, run);
    await context.inTx((tx) => context.videos.remove(tx, videoId, author.id));
    await context.videos.jobs.purge(videoId, run);
    const answer = await asker.ask('get', `/api/v1/admin/reports/${id}/evidence`, { as: mona });
    const [evidence] = json(answer);
    expect(evidence).toMatchObject({
      ...{ kind: 'video', status_id: videoId, text: 'Hateful words', frames_state: 'kept', video_url: null },
      frames: { tiles: 5, columns: 5, rows: 1 },
    });
    const { pathname } = new URL(evidence.frames.url);
    const sheet = await fetch(`${server.origin}${pathname}`, {
      headers: { Authorization: `Bearer ${mona.token}` },
    });
    const bytes = new Uint8Array(await sheet.arrayBuffer());
    expect([sheet.status, sheet.headers.get('content-type'), ...bytes.slice(0, 2)]).toEqual([
      ...[200, 'image/jpeg', 0xff, 0xd8],
    ]);
    expect((await asker.ask('get', pathname, { as: rita })).status).toBe(403);
    const [entry] = await entriesOf(id);
    expect(entry).toMatchObject({ action: 'report.evidence', actor: { accountId: mona.id } });
  });

  test('is copied before the files go, though the author deletes the video at once', async () => {
    const { context } = server;
    const { db, storage, videos, reportDesk } = context;
    const author = await people.local('quick');
    const videoId = await playable(author);
    await db('video_assets').where({ video_id: videoId, role: 'mp4' }).update({ width: 180, height: 320 });
    const { id } = await reported({ target: author, videoIds: [videoId] });
    const { key } = await db('video_assets').where({ video_id: videoId, role: 'mp4' }).first('key');
    await context.inTx((tx) => videos.remove(tx, videoId, author.id));
    const later = await videos.jobs.purge(videoId, run);
    const again = await context.inTx(async (tx) => later?.(tx));
    expect(again).toBeInstanceOf(Date);
    expect(await storage.stat(key)).not.toBeNull();
    await reportDesk.sheets.keep(id, run);
    expect(await db('report_evidence').where({ report_id: id }).first()).toMatchObject({
      frames_state: 'kept',
    });
    expect(await videos.jobs.purge(videoId, run)).toBeUndefined();
    expect(await storage.stat(key)).toBeNull();
  });

  test('keeps nobody from deleting for longer than two days, though it cannot be copied', async () => {
    const { db, storage, videos, inTx } = server.context;
    const author = await people.local('stuck');
    const videoId = await playable(author);
    const { key } = await db('video_assets').where({ video_id: videoId, role: 'mp4' }).first('key');
    const { id } = await reported({ target: author, videoIds: [videoId] });
    await inTx((tx) => videos.remove(tx, videoId, author.id));
    const captured_at = new Date(Date.now() - 49 * 3_600_000);
    await db('report_evidence').where({ report_id: id }).update({ captured_at });
    expect(await videos.jobs.purge(videoId, run)).toBeUndefined();
    expect(await storage.stat(key)).toBeNull();
  });

  test('is forgotten half a year after its report was closed, with its file', async () => {
    const { context } = server;
    const author = await people.local('longago');
    const videoId = await playable(author);
    const { id } = await reported({ target: author, videoIds: [videoId] });
    await context
      .db('video_assets')
      .where({ video_id: videoId, role: 'mp4' })
      .update({ width: 180, height: 320 });
    await context.reportDesk.sheets.keep(id, run);
    const { sheet_key: key } = await context.db('report_evidence').where({ report_id: id }).first();
    const closed = (days: number) =>
      context
        .db('reports')
        .where({ id })
        .update({ closed_at: new Date(Date.now() - days * 24 * 3_600_000) });
    await closed(170);
    await context.reportDesk.sheets.sweep();
    expect(await context.storage.stat(key)).not.toBeNull();
    await closed(181);
    expect(await context.reportDesk.sheets.sweep()).toBe(1);
    expect(await context.storage.stat(key)).toBeNull();
  });
});

const run = {
  signal: new AbortController().signal,
  attempt: 1,
  lastAttempt: false,
  whenLost: () => undefined,
};

describe('whoever reported', () => {
  test('reads whether something was done, and nothing of what', async () => {
    const { id } = await reported();
    const own = async () =>
      json(await asker.ask('get', '/api/v1/reports', { as: rita })).find(
        (one: { id: string }) => one.id === id,
      );
    expect(await own()).toMatchObject({ outcome: 'waiting', decided_at: null });
    await change(mona, { change: 'dismiss', reports: [{ id }], reason: 'Secret' });
    expect(await own()).toMatchObject({ outcome: 'not-done' });
    expect(JSON.stringify(await own())).not.toContain('Secret');
    const [foreign] = json(await asker.ask('get', '/api/v1/reports', { as: max }));
    expect(foreign).toBeUndefined();
  });
});

describe('vireo report', () => {
  const cli = async (...args: string[]) => {
    const out: string[] = [];
    const stdout = { write: (text: string) => out.push(text) > 0 };
    const code = await vireo(['--json', 'report', ...args], {
      env: cliEnvOf(server),
      stdout,
      stderr: stdout,
    });
    return {
      code,
      ...JSON.parse(
        out
          .join('')
          .split('\n')
          .find((line) => line.startsWith('{')) ?? '{}',
      ),
    };
  };

  test('resolves with a measure on the account or a post, in one', async () => {
    const target = await people.local('measured');
    const videoId = await playable(target);
    const { id } = await reported({ target, videoIds: [videoId] });
    expect((await cli('resolve', id, '--measure', 'freeze', '--video', videoId)).code).toBe(2);
    expect((await rowOf(id)).state).toBe('open');
    const done = await cli('resolve', id, '--measure', 'remove', '--video', videoId, '--reason', 'Spam.');
    expect(done).toMatchObject({ code: 0, rows: [{ auditId: expect.any(String) }, {}] });
    expect(await rowOf(id)).toMatchObject({ state: 'resolved', closed_by: null });
    expect((await server.context.videos.internal(videoId))?.state).toBe('removed');
  });

  test('lists, gives, notes, closes and opens again; the log says that it was the command line', async () => {
    const { id, target } = await reported();
    const listed = await cli('list');
    expect(listed.rows).toContainEqual(
      expect.objectContaining({ id, target: target.username, source: 'local' }),
    );
    expect(await cli('assign', id, 'max')).toMatchObject({ code: 0 });
    expect(await cli('note', id, 'From the terminal')).toMatchObject({ code: 0 });
    expect((await cli('show', id)).message).toContain('Note: From the terminal');
    expect(await cli('resolve', id, '--dismiss', '--reason', 'No rule')).toMatchObject({ code: 0 });
    expect(await cli('resolve', id)).toMatchObject({ code: 1, ok: false });
    expect(await cli('reopen', id)).toMatchObject({ code: 0 });
    expect(await rowOf(id)).toMatchObject({ state: 'open', assigned_to: max.id });
    const entries = await entriesOf(id);
    expect(entries.map(({ action }) => action)).toEqual([
      ...['report.reopen', 'report.dismiss', 'report.note', 'report.assign'],
    ]);
    expect(new Set(entries.map(({ actor }) => actor.kind))).toEqual(new Set(['operator']));
  });

  test('refuses an id that is none', async () => {
    expect((await cli('show', 'x')).code).not.toBe(0);
    expect(await cli('show', '7')).toMatchObject({ code: 3, message: 'There is no such report.' });
  });
});
