import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { reportLimits } from '../../config/limits.ts';
import type { AuditId, VideoId } from '../../src/lib/ids.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** Rules that look at what people of this server say. */
let server: TestServer;
let client: Client;
let boss: Person;
let bob: Person;
let author: Person;
let video: VideoId;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  const people = createPeople(server);
  boss = await people.signedIn('boss', 'admin');
  author = await people.signedIn('author');
  bob = await people.signedIn('bob');
});
afterAll(() => server?.close());
beforeEach(async () => {
  const { db } = server.context;
  await db('content_rules').delete();
  await db('rules_version').increment('version', 1);
  await db('recent_texts').delete();
  await db('videos').delete();
  video = await createVideoFactory(server.context).video(author.account);
});

const RULES = '/api/v1/admin/rules';
const rule = async (action: string, when: object, more: object = {}): Promise<string> => {
  const body = { name: `To ${action}`, action, when, ...more };
  const made = await client.post(RULES, { as: boss, body });
  expect(made.status, made.text).toBe(200);
  return made.body.id;
};
const comment = (text: string, as = bob, headers: Record<string, string> = {}) =>
  client.post(`/api/v1/videos/${video}/comments`, { as, body: { text }, headers });
const thread = async (as?: Person): Promise<string[]> =>
  (await client.get(`/api/v1/videos/${video}/comments`, { as })).body.map(({ id }: { id: string }) => id);
const hitsOf = async (id: string) => (await client.get(`${RULES}/${id}/hits`, { as: boss })).body;
const held = async () => (await client.get('/api/v1/admin/held', { as: boss })).body;
const published = () =>
  server.context.db('events').where({ name: 'comment.published' }).orderBy('id').pluck('payload');

describe('a rule that rejects', () => {
  test('turns a comment away with a sentence, and notes that it did', async () => {
    const id = await rule('reject', { words: ['replica*'], fields: ['comment'] });
    const answer = await comment('Buy Re\u200bplicas!');
    expect(answer.body).toMatchObject({ code: 'rule', status: 422, error: expect.stringContaining('rule') });
    expect(await thread(bob)).toEqual([]);
    expect(await hitsOf(id)).toMatchObject([
      { account_id: bob.id, target: { kind: 'none', id: null }, field: 'comment', action: 'reject' },
    ]);
    expect((await client.get(RULES, { as: boss })).body).toMatchObject([{ id, hits: 1 }]);
    expect((await comment('Nice watch')).status).toBe(200);
  });

  test('looks at edits, too, which then change nothing', async () => {
    await rule('reject', { regex: 'free\\s+money' });
    const { id } = (await comment('Hello')).body;
    const edit = { as: bob, body: { status: 'FREE  money' } };
    expect((await client.put(`/api/v1/statuses/${id}`, edit)).body.code).toBe('rule');
    expect((await client.get(`/api/v1/statuses/${id}`)).body.content).toBe('<p>Hello</p>');
  });

  test('looks at captions, names, bios and the servers that links lead to', async () => {
    await rule('reject', { words: ['spam.example'], fields: ['link-host'] });
    await rule('reject', { words: ['casino'], fields: ['name', 'bio'] });
    expect((await comment('See https://www.spam.example/x?y=1')).body.code).toBe('rule');
    expect((await comment('spam.example is a bad place')).status).toBe(200);
    const profile = (body: object) => client.patch('/api/v1/accounts/update_credentials', { as: bob, body });
    expect((await profile({ display_name: 'Casino' })).body.code).toBe('rule');
    expect((await profile({ note: 'My casino' })).body.code).toBe('rule');
    expect((await profile({ note: 'I like birds' })).status).toBe(200);
    const own = await createVideoFactory(server.context).video(bob.account);
    const edit = { as: bob, body: { caption: 'https://spam.example' } };
    expect((await client.patch(`/api/v1/videos/${own}`, edit)).body.code).toBe('rule');
  });

  test('stops at once when it is switched off, and is for whom it says', async () => {
    const id = await rule('reject', { words: ['bad'] });
    expect((await comment('bad')).status).toBe(422);
    expect((await client.post(`${RULES}/${id}/disable`, { as: boss })).body.enabled).toBe(false);
    expect((await comment('bad')).status).toBe(200);
    await client.post(`${RULES}/${id}/enable`, { as: boss });
    expect((await comment('bad')).status).toBe(422);
    await client.delete(`${RULES}/${id}`, { as: boss });
    await rule('reject', { words: ['bad'] }, { scope: 'federated' });
    expect((await comment('bad')).status).toBe(200);
    const actions = (
      await server.context.audit.list({ action: 'rule', target: { kind: 'rule', id } }, PAGE)
    ).map(({ action }) => action);
    expect(actions).toEqual(['rule.remove', 'rule.enable', 'rule.disable', 'rule.add']);
  });
});

const PAGE = { maxId: null, minId: null, sinceId: null, limit: 40 };

describe('conditions', () => {
  test('all that a rule names have to be so', async () => {
    await rule('reject', { account_days: 3, links: 1 });
    const two = 'https://a.example https://b.example';
    expect((await comment('https://a.example')).status).toBe(200);
    expect((await comment(two)).status).toBe(422);
    await server.context
      .db('accounts')
      .where({ id: bob.id })
      .update({ created_at: new Date(Date.now() - 4 * 86_400_000) });
    expect((await comment(two)).status).toBe(200);
  });

  test('the same text again and again, by whomever', async () => {
    await rule('reject', { duplicates: { count: 2, hours: 1 } });
    expect((await comment('Look at  this')).status).toBe(200);
    expect((await comment('look at this', author)).status).toBe(200);
    expect((await comment('Look at this')).status).toBe(422);
    expect((await comment('Something else')).status).toBe(200);
  });

  test('too many posts within a time', async () => {
    await rule('reject', { rate: { count: 3, minutes: 10 } });
    const answers = [];
    for (const text of ['a', 'b', 'c', 'd']) answers.push((await comment(text)).status);
    expect(answers).toEqual([200, 200, 200, 422]);
    expect((await comment('e', author)).status).toBe(200);
  });
});

describe('a rule that marks or tells', () => {
  test('marks a post as sensitive', async () => {
    await rule('sensitive', { words: ['blood'] });
    const { id } = (await comment('Much blood')).body;
    expect((await client.get(`/api/v1/statuses/${id}`)).body.sensitive).toBe(true);
  });

  test('limits a video: only lists of what is new leave it out', async () => {
    await rule('limit', { words: ['odd'], fields: ['caption'] });
    const { context } = server;
    const videos = createVideoFactory(context);
    const draft = await videos.video(bob.account, { state: 'draft', awaitsPost: true });
    const body = { status: 'How odd', media_ids: [draft] };
    const { id } = (await client.post('/api/v1/statuses', { as: bob, body })).body;
    const timeline = (await client.get('/api/v1/timelines/public')).body;
    expect(timeline.map((one: { id: string }) => one.id)).toEqual([video]);
    expect((await client.get(`/api/v1/statuses/${id}`)).status).toBe(200);
  });

  test('reports a post as the server itself', async () => {
    const id = await rule('report', { words: ['odd'] });
    const made = await comment('How odd');
    expect(made.status).toBe(200);
    const reports = await server.context.db('reports').where({ target_id: bob.id });
    expect(reports).toMatchObject([{ comment_ids: [made.body.id], comment: 'Rule “To report”: How odd' }]);
    expect(await hitsOf(id)).toMatchObject([{ target: { kind: 'comment', id: made.body.id } }]);
  });

  test('goes on reporting on a day when it has much to report', async () => {
    const { context } = server;
    const reporter = await context
      .db('accounts')
      .where({ actor_uri: context.urls.instanceActor })
      .first('id');
    await context.db('reports').insert(
      Array.from({ length: reportLimits.perReporterPerDay }, (_, at) => ({
        ...{ id: context.ids.next<'report'>(), reporter_id: reporter.id, target_id: bob.id },
        ...{ uri: `${server.origin}/reports/earlier-${at}`, comment: '', category: 'other' },
      })),
    );
    await rule('report', { words: ['odd'] });
    const made = await comment('Odd again');
    const told = await context.db('reports').whereRaw('? = any(comment_ids)', [made.body.id]);
    expect(told).toHaveLength(1);
  });
});

describe('a rule that holds', () => {
  test('shows a comment to its author alone until a moderator lets it out, and tells of it once', async () => {
    await rule('hold', { words: ['maybe'] });
    const before = (await published()).length;
    const made = await comment('Well, maybe');
    expect(made.body).toMatchObject({ held: true, hidden: false });
    const { id } = made.body;
    expect(await thread(bob)).toEqual([id]);
    for (const other of [author, boss, undefined]) expect(await thread(other)).toEqual([]);
    expect((await client.get(`/api/v1/videos/${video}`)).body.stats.comments).toBe(0);
    expect((await client.post(`/api/v1/videos/${video}/comments/${id}/unhide`, { as: author })).status).toBe(
      404,
    );
    expect(await published()).toHaveLength(before);
    const [waiting] = await held();
    expect(waiting).toMatchObject({ kind: 'comment', target_id: id, rule: 'To hold', text: 'Well, maybe' });

    const let_out = () => client.post(`/api/v1/admin/held/${waiting.id}/release`, { as: boss, body: {} });
    expect((await let_out()).status).toBe(200);
    expect((await let_out()).status).toBe(404);
    expect(await thread()).toEqual([id]);
    expect((await client.get(`/api/v1/videos/${video}`)).body.stats.comments).toBe(1);
    expect((await published()).slice(before)).toEqual([{ commentId: id, local: true }]);
    expect(await held()).toEqual([]);
  });

  test('that is refused is gone, and nobody was told', async () => {
    await rule('hold', { words: ['maybe'] });
    const { id } = (await comment('maybe')).body;
    const [waiting] = await held();
    const body = { reason: 'Not here.' };
    expect((await client.post(`/api/v1/admin/held/${waiting.id}/reject`, { as: boss, body })).status).toBe(
      200,
    );
    expect(await thread(bob)).toEqual([]);
    const deleted = await server.context.db('events').where({ name: 'comment.deleted' }).pluck('payload');
    expect(deleted.find((one: { commentId: string }) => one.commentId === id)).toMatchObject({
      local: false,
    });
    const [entry] = await server.context.audit.list({ action: 'held' }, PAGE);
    expect(entry).toMatchObject({
      action: 'held.reject',
      reason: 'Not here.',
      target: { kind: 'comment', id },
    });
  });

  test('does not let an edit through either', async () => {
    await rule('hold', { words: ['maybe'] });
    const { id } = (await comment('Hello')).body;
    const edit = { as: bob, body: { status: 'maybe' } };
    expect((await client.put(`/api/v1/statuses/${id}`, edit)).body.code).toBe('rule');
  });

  test('keeps a draft that is posted from everybody; it is published once when it is let out', async () => {
    await rule('hold', { words: ['maybe'] });
    const { context } = server;
    const draft = await createVideoFactory(context).video(bob.account, { state: 'draft', awaitsPost: true });
    const body = { status: 'maybe', media_ids: [draft] };
    const posted = await client.post('/api/v1/statuses', { as: bob, body });
    expect(posted.status, posted.text).toBe(200);
    const { id } = posted.body;
    expect((await client.get(`/api/v1/statuses/${id}`)).status).toBe(404);
    expect((await client.get(`/api/v1/videos/${id}/processing`, { as: bob })).body.state).toBe('held');
    const told = () => context.db('events').where({ name: 'video.published' }).pluck('payload');
    const before = (await told()).length;
    const [waiting] = await held();
    expect(waiting).toMatchObject({
      kind: 'video',
      target_id: id,
      media: expect.stringContaining('/media/s/'),
    });
    await client.post(`/api/v1/admin/held/${waiting.id}/release`, { as: boss, body: {} });
    expect((await client.get(`/api/v1/statuses/${id}`)).status).toBe(200);
    expect((await told()).slice(before)).toEqual([{ videoId: id }]);
  });

  test('tells the author of a video why it was refused', async () => {
    const id = await createVideoFactory(server.context).video(bob.account, { state: 'held' });
    const { db, ids } = server.context;
    await db('held_posts').insert({ id: ids.next(), video_id: id, account_id: bob.id, cause: 'rule' });
    const [waiting] = await held();
    const body = { reason: 'It sells watches.' };
    await client.post(`/api/v1/admin/held/${waiting.id}/reject`, { as: boss, body });
    const state = (await client.get(`/api/v1/videos/${id}/processing`, { as: bob })).body;
    expect(state).toMatchObject({ state: 'rejected', detail: 'It sells watches.' });
    expect(await db('video_assets').where({ video_id: id })).toEqual([]);
  });
});

describe('what was released', () => {
  const lastEntry = async (action: string) =>
    (await server.context.audit.list({ action }, PAGE))[0]?.id ?? raise();
  const raise = (): never => {
    throw new Error('Nothing is on record.');
  };
  const undo = (id: AuditId) =>
    server.context.inTx((tx) => server.context.holding.undo(tx, operator, id, 'A mistake.'));
  const release = async () => {
    const [waiting] = await held();
    const done = await client.post(`/api/v1/admin/held/${waiting.id}/release`, { as: boss, body: {} });
    expect(done.status).toBe(200);
    return lastEntry('held.release');
  };

  test('of another server is held again, once, and can be released again', async () => {
    const { context } = server;
    const far = await createPeople(server).remote('far');
    const id = await createVideoFactory(context).video(far, { state: 'held' });
    await context.db('videos').where({ id }).update({ hold: true });
    const ruleId = await rule('hold', { words: ['maybe'] });
    const row = { id: context.ids.next(), account_id: far.id, cause: 'rule', rule_id: ruleId };
    await context.db('held_posts').insert({ ...row, video_id: id });
    const entry = await release();
    expect((await client.get(`/api/v1/videos/${id}`)).status).toBe(200);
    expect(await undo(entry)).toEqual({ ok: true });
    expect((await client.get(`/api/v1/videos/${id}`)).status).toBe(404);
    expect(await held()).toMatchObject([{ target_id: id, cause: 'rule', rule_id: ruleId }]);
    expect(await undo(entry)).toMatchObject({ ok: false });
    const [log] = await context.audit.list({ action: 'held.undo' }, PAGE);
    expect(log).toMatchObject({ undoes: entry, reason: 'A mistake.', target: { kind: 'video', id } });
    await release();
    expect((await client.get(`/api/v1/videos/${id}`)).status).toBe(200);
    expect(await undo(entry)).toMatchObject({ ok: false, reason: 'undone-before' });
  });

  test('as a comment of another server is hidden again, and counts no more', async () => {
    const { context } = server;
    await rule('hold', { words: ['maybe'] });
    const { id } = (await comment('Well, maybe')).body;
    const far = await createPeople(server).remote('farther');
    await context.db('comments').where({ id }).update({ local: false, account_id: far.id });
    const entry = await release();
    expect(await thread()).toEqual([id]);
    expect(await undo(entry)).toEqual({ ok: true });
    expect(await thread()).toEqual([]);
    expect((await client.get(`/api/v1/videos/${video}`)).body.stats.comments).toBe(0);
    expect(await held()).toMatchObject([{ target_id: id }]);
  });

  test('of this server stays: others were told; what was refused is gone', async () => {
    await rule('hold', { words: ['maybe'] });
    await comment('maybe');
    const entry = await release();
    expect(await undo(entry)).toMatchObject({
      ...{ ok: false, reason: 'not-undoable', detail: expect.stringContaining('Remove it instead') },
    });
    await comment('maybe');
    const [waiting] = await held();
    await client.post(`/api/v1/admin/held/${waiting.id}/reject`, { as: boss, body: {} });
    expect(await undo(await lastEntry('held.reject'))).toMatchObject({ reason: 'not-undoable' });
    const nobody = { kind: 'person', accountId: bob.id, rank: 0, permissions: [] } as const;
    const { inTx, holding } = server.context;
    expect(await inTx((tx) => holding.undo(tx, nobody, entry))).toMatchObject({
      reason: 'permission-missing',
    });
  });
});

describe('a dry run', () => {
  test('shows what a rule would find, and changes nothing', async () => {
    const { id } = (await comment('A replica here')).body;
    await comment('Nothing');
    const when = { words: ['replica'], fields: ['comment', 'caption'] };
    const answer = await client.post(`${RULES}/test`, { as: boss, body: { when } });
    expect(answer.body).toMatchObject({
      ...{ looked_at: 3, found: 1 },
      matches: [{ field: 'comment', excerpt: 'A replica here', target: { kind: 'comment', id } }],
    });
    expect(await server.context.db('rule_hits')).toEqual([]);
    const local = await client.post(`${RULES}/test`, { as: boss, body: { when, scope: 'federated' } });
    expect(local.body.found).toBe(0);
  });

  test('refuses what cannot be read', async () => {
    const bad = await client.post(`${RULES}/test`, { as: boss, body: { when: { regex: '(?=a)' } } });
    expect(bad.body).toMatchObject({
      code: 'rule-invalid',
      error: expect.stringContaining('cannot be read'),
    });
    const empty = await client.post(RULES, { as: boss, body: { name: 'x', action: 'hold', when: {} } });
    expect(empty.body.code).toBe('validation-failed');
  });
});

describe('raid mode', () => {
  const raid = (body: object) => client.put('/api/v1/admin/raid', { as: boss, body });
  const newcomer = (username: string, more: object = {}) =>
    client.post('/api/v1/accounts', { body: { username, password: 'long enough it is', ...more } });

  test('lets nobody in without approval, and ends by itself', async () => {
    expect((await newcomer('first')).body.pending).toBe(false);
    expect((await raid({ on: true, hours: 2, reason: 'Waves' })).body).toMatchObject({ on: true });
    expect((await newcomer('second')).body.code).toBe('reason-required');
    expect((await newcomer('second', { reason: 'Birds' })).body.pending).toBe(true);
    expect((await client.get('/api/v2/instance')).body.registrations.approval_required).toBe(true);
    await server.context.db('raid_mode').update({ until: new Date(Date.now() - 1_000) });
    expect((await newcomer('third')).body.pending).toBe(false);
    expect((await client.get('/api/v1/admin/raid', { as: boss })).body.on).toBe(false);
    await server.context.inTx((tx) => server.context.raid.noteEnd(tx));
    await server.context.inTx((tx) => server.context.raid.noteEnd(tx));
    const entries = await server.context.audit.list({ action: 'raid' }, PAGE);
    expect(entries.map(({ action, actor }) => [action, actor.kind])).toEqual([
      ['raid.off', 'server'],
      ['raid.on', 'person'],
    ]);
  });

  test('limits servers that became known a short while ago, and leaves the others', async () => {
    const { context } = server;
    const people = createPeople(server);
    const [fresh, old] = [
      await people.remote('newbie', 'new.example'),
      await people.remote('oldie', 'old.example'),
    ];
    const longAgo = new Date(Date.now() - 30 * 86_400_000);
    await context
      .db('instances')
      .insert([{ host: 'new.example' }, { host: 'old.example', first_seen_at: longAgo }])
      .onConflict('host')
      .merge();
    const videos = createVideoFactory(context);
    const [hers, his] = [await videos.video(fresh), await videos.video(old)];
    const timeline = async () =>
      (await client.get('/api/v1/timelines/public?remote=true')).body.map(({ id }: { id: string }) => id);
    expect(await timeline()).toEqual([his, hers]);
    await context.inTx((tx) => context.raid.on(tx, operator, {}));
    expect(await timeline()).toEqual([his]);
    await context.inTx((tx) => context.raid.off(tx, operator));
    expect(await timeline()).toEqual([his, hers]);
  });

  test('sets mentions by strangers aside, not those of people one follows', async () => {
    const { context } = server;
    const people = createPeople(server);
    await people.follow(bob.account, author.account, 'accepted');
    const { settle } = await import('../helpers/news.ts');
    const told = async () =>
      (await client.get('/api/v1/notifications?types[]=mention', { as: bob })).body.map(
        ({ account }: { account: { id: string } }) => account.id,
      );
    await context.inTx((tx) => context.raid.on(tx, operator, {}));
    await comment('Hello @bob', boss);
    const stranger = await people.signedIn('stranger');
    await comment('Hello @bob', stranger);
    await comment('Hello @bob', author);
    await settle(context);
    // The staff is let through always.
    expect((await told()).toSorted()).toEqual([author.id, boss.id].toSorted());
    await context.inTx((tx) => context.raid.off(tx, operator));
    const requests = (await client.get('/api/v1/notifications/requests', { as: bob })).body;
    expect(requests).toMatchObject([{ account: { id: stranger.id } }]);
  });

  test('is taken back: to off, or to the moment when it would have ended', async () => {
    const { raid, inTx, audit, db } = server.context;
    const undo = async () => {
      const [entry] = await audit.list({ action: 'raid' }, PAGE);
      return inTx((tx) => raid.undo(tx, operator, entry?.id as AuditId, 'A mistake.'));
    };
    const entries = async () => (await audit.list({ action: 'raid' }, PAGE)).map(({ action }) => action);
    await inTx((tx) => raid.on(tx, operator, { hours: 2 }));
    const { until } = await raid.status();
    const [first] = await audit.list({ action: 'raid' }, PAGE);
    await inTx((tx) => raid.on(tx, operator, { hours: 9 }));
    expect(await inTx((tx) => raid.undo(tx, operator, first?.id as AuditId))).toMatchObject({
      ...{ ok: false, reason: 'not-undoable' },
    });
    expect(await undo()).toMatchObject({ ok: true, status: { on: true, until } });
    expect(await undo()).toMatchObject({ ok: false, reason: 'not-undoable' });
    await inTx((tx) => raid.off(tx, operator));
    expect(await undo()).toMatchObject({ ok: true, status: { on: true, until } });
    await inTx((tx) => raid.off(tx, operator));
    await inTx((tx) => raid.on(tx, operator, {}));
    expect(await undo()).toMatchObject({ ok: true, status: { on: false } });
    expect((await entries()).slice(0, 7)).toEqual([
      'raid.off',
      'raid.on',
      'raid.off',
      'raid.on',
      'raid.off',
      'raid.on',
      'raid.on',
    ]);
    expect(await db('raid_mode').first()).toMatchObject({ until: null });
  });
});
