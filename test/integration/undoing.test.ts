import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { vireo } from '../../src/cli/program.ts';
import type { Tx } from '../../src/db/database.ts';
import type { AuditId, CommentId, StaffRoleId, VideoId } from '../../src/lib/ids.ts';
import { announcementInputSchema } from '../../src/modules/announcements/index.ts';
import { actorOf } from '../../src/modules/auth/index.ts';
import type { accountMeasures, Target, videoMeasures } from '../../src/modules/moderation/index.ts';
import { type Actor, auditActions, undoable } from '../../src/modules/staff/index.ts';
import { createAsker } from '../helpers/asker.ts';
import { cliEnvOf } from '../helpers/cli-env.ts';
import { createClipFactory } from '../helpers/clip-rows.ts';
import { collectedTrials } from '../helpers/collected-trials.ts';
import { faspTrials } from '../helpers/fasp-rows.ts';
import { createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { soundTrials } from '../helpers/sounds.ts';
import { stateOfArea } from '../helpers/undone-tables.ts';

/** Everything of the audit log that can be taken back is taken back, and then all is as it was. */
let server: TestServer;
let boss: Actor;
let bossPerson: Person;
let target: Person;
let videoId: VideoId;
let commentId: CommentId;

beforeAll(async () => {
  server = await startTestServer({ role: 'web' });
  const people = createPeople(server);
  bossPerson = await people.signedIn('boss', 'owner');
  const viewer = await server.context.auth.viewerOf(bossPerson.token);
  if (!viewer) throw new Error('Nobody is signed in.');
  boss = actorOf(viewer);
  target = await people.signedIn('target');
  videoId = await (await createClipFactory(server.context))(target.account);
  await people.remote('somebody', 'known.test');
  commentId = await comment();
});

afterAll(() => server?.close());

async function comment(): Promise<CommentId> {
  const { videos, comments, inTx } = server.context;
  const video = await videos.internal(videoId);
  if (!video) throw new Error('There is no such video.');
  const details = {
    ...{ text: 'Nice.', contentWarning: '', sensitive: false, language: null, mentions: new Map() },
  };
  const made = await inTx((tx) =>
    comments.publish(tx, { author: target.account, video, parent: null, visibility: 'public', details }),
  );
  if (!made.ok) throw new Error(made.detail);
  return made.commentId;
}

/** A number for each name that must be new. */
let serial = 0;
const next = (): number => (serial += 1);

type Deed = (tx: Tx) => Promise<unknown>;
const outcome = async (made: Promise<{ readonly ok: boolean; readonly reason?: string }>) => {
  const done = await made;
  if (!done.ok) throw new Error(`It was refused: ${JSON.stringify(done)}`);
  return done;
};

type AccountKind = (typeof accountMeasures)[number];
type VideoKind = (typeof videoMeasures)[number];
const measure =
  (about: () => Target, kind: AccountKind | VideoKind): Deed =>
  (tx) =>
    outcome(server.context.measures.take(tx, boss, { target: about(), measure: kind, facts: 'Insults.' }));
const onAccount = (kind: AccountKind): Deed => measure(() => ({ kind: 'account', id: target.id }), kind);
const onVideo = (kind: VideoKind): Deed => measure(() => ({ kind: 'video', id: videoId }), kind);

async function report(tx: Tx) {
  const { moderation } = server.context;
  const filed = await moderation.file(tx, {
    ...{ reporterId: bossPerson.id, targetId: target.id, videoIds: [], commentIds: [] },
    ...{ comment: 'Rude', category: 'spam', forward: false, byServer: true },
  });
  if (!filed.ok) throw new Error(filed.detail);
  return { id: filed.reportId };
}

async function role(tx: Tx): Promise<StaffRoleId> {
  const input = { name: `Helper ${next()}`, permissions: ['reports' as const], rank: 10 };
  const made = await server.context.staff.roles.create(tx, boss, input);
  if (!made.ok) throw new Error(made.reason);
  return made.id;
}

async function rule(tx: Tx) {
  const made = await server.context.rules.add(tx, boss, ruleInput());
  if (!made.ok) throw new Error(made.reason);
  return made.rule.id;
}
const ruleInput = (more: object = {}) => ({
  ...{ name: `Rule ${next()}`, when: { words: ['casino'], fields: [] } },
  ...{ action: 'hold' as const, scope: 'everybody' as const, enabled: true },
  ...more,
});

async function listed(tx: Tx) {
  const sha256 = String(next()).padStart(64, '0');
  const made = await server.context.hashes.add(tx, boss, { sha256, phash: null, label: 'Bad' });
  if (!made.ok) throw new Error(made.reason);
  return made.id;
}

const TWO_FILES = ['a', 'b'].map((digit) => digit.repeat(64)).join('\n');
async function invite(tx: Tx) {
  const inviter = { id: bossPerson.id, role: 'owner' as const };
  const form = { inviter, maxUses: 1, expiresInSeconds: null, autofollow: false };
  const made = await server.context.auth.invites.give(tx, boss, form);
  if (!made.ok) throw new Error(made.reason);
  return made.invite.id;
}

async function held(tx: Tx) {
  const { id } = await report(tx);
  const input = { target: { kind: 'report', id }, reason: 'Asked for.', reference: '' } as const;
  const made = await server.context.legalHolds.add(tx, boss, input);
  if (!made.ok) throw new Error(made.reason);
  return made.holdId;
}

async function aRelay(tx: Tx): Promise<string> {
  const inboxUri = `https://relay${next()}.test/inbox`;
  await outcome(server.context.relays.add(tx, boss, { kind: 'mastodon', inboxUri, actorUri: null }));
  return inboxUri;
}

async function aPack(tx: Tx): Promise<string> {
  const chosen = { topics: ['birds'], hosts: ['far.test'], accounts: [], maxVideos: 60 };
  await tx('discovery_packs').delete();
  const made = await server.context.exchange.packs.start(tx, boss, chosen);
  if (!made.ok) throw new Error(made.reason);
  return made.id;
}

async function anAsked(tx: Tx): Promise<string> {
  const address = `asked${next()}.test`;
  return (await outcome(server.context.exchange.peers.add(tx, boss, { address }))) && address;
}

const announced = (text: string) => announcementInputSchema.parse({ text });

async function announcement(tx: Tx) {
  const made = await server.context.announcements.add(tx, boss, announced('The server moves.'));
  if (!made.ok) throw new Error(made.reason);
  return made.announcement.id;
}

const picture: Deed = (tx) => {
  const made = { ...{ ok: true as const, width: 1, height: 1, blurhash: null }, bytes: Buffer.of(next()) };
  const sha256 = String(next()).padStart(64, '0');
  const input = { role: 'logo' as const, picture: { ...made, sha256 }, alt: '' };
  return outcome(server.context.branding.set(tx, boss, input));
};

async function subscription(tx: Tx) {
  const input = { url: `https://list.test/${next()}.csv`, ...HOW };
  const made = await server.context.domains.subscriptions.subscribe(tx, boss, input);
  if (!made.ok) throw new Error(made.reason);
  return made.subscription.id;
}
const HOW = { title: '', priority: 1, drafts: true, adoptOrphans: false, onRetraction: 'remove' as const };

async function draft(tx: Tx): Promise<string> {
  const id = server.context.ids.next<'draft'>();
  await tx('domain_drafts').insert({
    ...{ id, subscription_id: await subscription(tx), domain: `draft${next()}.test` },
    decision: JSON.stringify(LISTED),
  });
  return id;
}
const LISTED = {
  ...{ severity: 'silence', rejectMedia: false, rejectReports: false, obfuscate: false },
  ...{ publicComment: '', privateComment: '' },
};

/** What comes before a deed, and the deed. */
interface Trial {
  readonly before?: (tx: Tx) => Promise<unknown>;
  readonly deed: (tx: Tx, before: never) => Promise<unknown>;
}
const trial = <B>(before: (tx: Tx) => Promise<B>, deed: (tx: Tx, before: B) => Promise<unknown>): Trial => ({
  before,
  deed,
});

function trials(): Readonly<Record<string, Trial>> {
  const {
    announcements,
    auth,
    raid,
    staff,
    settings,
    work,
    serverLock,
    relays,
    exchange,
    recommending,
    trending,
    reportDesk,
    rules,
    hashes,
    domains,
    branding,
    legalHolds,
  } = server.context;
  const { roles, joining } = staff;
  const change = { severity: 'silence' as const };
  const trend = (standing: 'vetoed' | 'approved') => ({
    ...{ subject: { of: 'tags' as const, id: 'birds' }, standing, note: 'Seen.' },
  });
  const ranks = { numbers: { 'weights.trending': 0.31 }, reason: 'Tried.' };
  const block = async (tx: Tx) => {
    const made = await joining.reserveName(tx, boss, `name${next()}`, '');
    if (!made.ok) throw new Error(made.reason);
    return made.id;
  };
  return {
    'role.assign': {
      deed: (tx) => outcome(roles.assign(tx, boss, { accountId: target.id, role: 'moderator', reason: '' })),
    },
    'role.create': { deed: role },
    'role.change': trial(role, (tx, id) =>
      outcome(roles.change(tx, boss, id, { name: `Other ${next()}`, permissions: ['audit'], rank: 20 })),
    ),
    'role.remove': trial(role, (tx, id) => outcome(roles.remove(tx, boss, id))),
    'branding.set': { deed: picture },
    'branding.remove': trial(picture, (tx) => outcome(branding.remove(tx, boss, { role: 'logo' }))),
    'joining-block.add': { deed: block },
    'announcement.add': { deed: announcement },
    'announcement.change': trial(announcement, (tx, id) =>
      outcome(announcements.change(tx, boss, id, announced('Moved to Sunday.'))),
    ),
    'announcement.publish': trial(announcement, (tx, id) => outcome(announcements.publish(tx, boss, id))),
    'announcement.end': trial(
      async (tx) => {
        const id = await announcement(tx);
        await outcome(announcements.publish(tx, boss, id));
        return id;
      },
      (tx, id) => outcome(announcements.end(tx, boss, id)),
    ),
    'announcement.remove': trial(announcement, (tx, id) => outcome(announcements.remove(tx, boss, id))),
    'joining-block.change': trial(block, (tx, id) => outcome(joining.changeName(tx, boss, id, 'Kept free.'))),
    'invite.create': { deed: invite },
    'invite.revoke': trial(invite, (tx, id) => outcome(auth.invites.end(tx, boss, id))),
    'raid.on': { deed: (tx) => outcome(raid.on(tx, boss, { hours: 2 })) },
    'raid.off': trial(
      (tx) => outcome(raid.on(tx, boss, { hours: 2 })),
      (tx) => outcome(raid.off(tx, boss)),
    ),
    'joining-block.remove': trial(block, (tx, id) => outcome(joining.remove(tx, boss, 'name', id))),
    'setting.change': {
      deed: (tx) => outcome(settings.change(tx, boss, { INSTANCE_NAME: 'Aviary' }, 'Renamed.')),
    },
    'maintenance.unlock': trial(
      (tx) => outcome(serverLock.lock(tx, boss, { note: 'Back at noon.', reason: 'A new disk.' })),
      (tx) => outcome(serverLock.unlock(tx, boss, { reason: 'It is in.' })),
    ),
    'maintenance.lock': { deed: (tx) => outcome(serverLock.lock(tx, boss, { reason: 'A new disk.' })) },
    'queue.pause': { deed: (tx) => outcome(work.pause(tx, boss, 'media')) },
    'queue.resume': trial(
      (tx) => outcome(work.pause(tx, boss, 'mail')),
      (tx) => outcome(work.resume(tx, boss, 'mail')),
    ),
    'relay.pause': trial(aRelay, (tx, at) => outcome(relays.pause(tx, boss, at, { isPaused: true }))),
    'relay.resume': trial(
      async (tx) => {
        const at = await aRelay(tx);
        await outcome(relays.pause(tx, boss, at, { isPaused: true }));
        return at;
      },
      (tx, at) => outcome(relays.pause(tx, boss, at, { isPaused: false })),
    ),
    'relay.add': { deed: aRelay },
    ...collectedTrials(server.context, boss, target),
    ...faspTrials(server.context, boss),
    'exchange.add': { deed: anAsked },
    'exchange.start-pack': { deed: aPack },
    'exchange.stop-pack': trial(aPack, (tx, id) => outcome(exchange.packs.stop(tx, boss, id))),
    'exchange.resume-pack': trial(
      async (tx) => {
        const id = await aPack(tx);
        await outcome(exchange.packs.stop(tx, boss, id));
        return id;
      },
      (tx, id) => outcome(exchange.packs.stop(tx, boss, id, { isStopped: false })),
    ),
    'exchange.remove': trial(anAsked, (tx, host) => outcome(exchange.peers.remove(tx, boss, host))),
    'exchange.pause': trial(anAsked, (tx, host) =>
      outcome(exchange.peers.pause(tx, boss, host, { isPaused: true })),
    ),
    'exchange.resume': trial(
      async (tx) => {
        const host = await anAsked(tx);
        await outcome(exchange.peers.pause(tx, boss, host, { isPaused: true }));
        return host;
      },
      (tx, host) => outcome(exchange.peers.pause(tx, boss, host, { isPaused: false })),
    ),
    'ranking.change': { deed: (tx) => outcome(recommending.settings.change(tx, boss, ranks)) },
    'ranking.reset': trial(
      (tx) => outcome(recommending.settings.change(tx, boss, ranks)),
      (tx) => outcome(recommending.settings.reset(tx, boss)),
    ),
    'trend.decide': trial(
      (tx) => outcome(trending.decisions.decide(tx, boss, trend('approved'))),
      (tx) => outcome(trending.decisions.decide(tx, boss, trend('vetoed'))),
    ),
    'trend.trust': {
      deed: (tx) =>
        outcome(trending.decisions.setTrust(tx, boss, { domain: 'known.test', trust: 0.2, note: '' })),
    },
    'report.assign': trial(report, (tx, one) =>
      outcome(reportDesk.assign(tx, boss, { reports: [one], to: bossPerson.id })),
    ),
    'report.resolve': trial(report, (tx, one) =>
      outcome(reportDesk.close(tx, boss, { reports: [one], as: 'resolved' })),
    ),
    'report.dismiss': trial(report, (tx, one) =>
      outcome(reportDesk.close(tx, boss, { reports: [one], as: 'dismissed' })),
    ),
    'report.reopen': trial(
      async (tx) => {
        const one = await report(tx);
        await outcome(reportDesk.close(tx, boss, { reports: [one], as: 'dismissed' }));
        return one;
      },
      (tx, one) => outcome(reportDesk.reopen(tx, boss, { reports: [one] })),
    ),
    'report.categorise': trial(report, (tx, one) =>
      outcome(reportDesk.categorise(tx, boss, { reports: [one], category: 'legal', ruleIds: [] })),
    ),
    'report.note': {
      deed: (tx) => outcome(reportDesk.noteAccount(tx, boss, { accountId: target.id, text: 'Mind.' })),
    },
    'rule.add': { deed: rule },
    'rule.change': trial(rule, (tx, id) =>
      outcome(rules.change(tx, boss, id, ruleInput({ action: 'report' }))),
    ),
    'rule.enable': trial(
      async (tx) => {
        const id = await rule(tx);
        await outcome(rules.switch(tx, boss, { id, enabled: false }));
        return id;
      },
      (tx, id) => outcome(rules.switch(tx, boss, { id, enabled: true })),
    ),
    'rule.disable': trial(rule, (tx, id) => outcome(rules.switch(tx, boss, { id, enabled: false }))),
    'rule.remove': trial(rule, (tx, id) => outcome(rules.remove(tx, boss, id))),
    'legal-hold.add': { deed: held },
    'legal-hold.release': trial(held, (tx, id) =>
      outcome(legalHolds.release(tx, boss, { id, reason: 'Over.' })),
    ),
    ...soundTrials(server.context, boss),
    'hash.add': { deed: listed },
    'hash.remove': trial(listed, (tx, id) => outcome(hashes.remove(tx, boss, id))),
    'hash.import': { deed: (tx) => outcome(hashes.import(tx, boss, TWO_FILES)) },
    'user.quota': {
      deed: (tx) => outcome(staff.quotas.set(tx, boss, { accountId: target.id, megabytes: 20 })),
    },
    'domain.set': {
      deed: (tx) => outcome(domains.set(tx, boss, { domain: 'one.test', change, reason: '' })),
    },
    'domain.remove': trial(
      (tx) => outcome(domains.set(tx, boss, { domain: 'two.test', change, reason: '' })),
      (tx) => outcome(domains.remove(tx, boss, { domain: 'two.test', reason: '' })),
    ),
    'domain.bulk': {
      deed: (tx) => outcome(domains.bulk(tx, boss, { domains: ['a.test', 'b.test'], change, reason: '' })),
    },
    'domain.import': {
      deed: (tx) =>
        outcome(
          domains.imports.apply(tx, boss, {
            ...{ text: '#domain,#severity\nc.test,suspend\nd.test,silence\n', reason: '' },
            ...{ overwrite: false },
          } as never),
        ),
    },
    'domain.publish': { deed: (tx) => outcome(domains.list.setAudience(tx, boss, 'public')) },
    'domain.change-subscription': trial(subscription, (tx, id) =>
      outcome(domains.subscriptions.change(tx, boss, id, { ...HOW, priority: 9 })),
    ),
    'domain.accept-draft': trial(draft, (tx, id) => outcome(domains.drafts.accept(tx, boss, [id]))),
    'domain.reject-draft': trial(draft, (tx, id) => outcome(domains.drafts.reject(tx, boss, [id]))),
    'domain.exclude': {
      deed: (tx) => outcome(domains.subscriptions.exclude(tx, boss, { domain: 'free.test', note: '' })),
    },
    'domain.include': trial(
      (tx) => outcome(domains.subscriptions.exclude(tx, boss, { domain: 'held.test', note: '' })),
      (tx) => outcome(domains.subscriptions.include(tx, boss, 'held.test')),
    ),
    'domain.watch': { deed: (tx) => outcome(domains.peers.watch(tx, boss, 'peer.test')) },
    'domain.unwatch': trial(
      (tx) => outcome(domains.peers.watch(tx, boss, 'peer2.test')),
      (tx) => outcome(domains.peers.unwatch(tx, boss, 'peer2.test')),
    ),
    'domain.dismiss-notice': trial(
      (tx) => tx('block_notices').insert({ domain: 'bad.test', peers: 3 }),
      (tx) => outcome(domains.peers.dismiss(tx, boss, 'bad.test')),
    ),
    'account.warn': { deed: onAccount('warn') },
    'account.mark-sensitive': { deed: onAccount('sensitive') },
    'account.close-comments': { deed: onAccount('comments-off') },
    'account.hide-from-discovery': { deed: onAccount('no-discovery') },
    'account.freeze': { deed: onAccount('freeze') },
    'account.silence': { deed: onAccount('silence') },
    'account.suspend': { deed: onAccount('suspend') },
    'video.mark-sensitive': { deed: onVideo('sensitive') },
    'video.close-comments': { deed: onVideo('comments-off') },
    'video.mute': { deed: onVideo('mute') },
    'video.hide-from-discovery': { deed: onVideo('no-discovery') },
    'video.remove': { deed: onVideo('remove') },
    'comment.remove': { deed: measure(() => ({ kind: 'comment', id: commentId }), 'remove') },
  };
}

/** What needs lists that are fetched (domain-lists.test.ts), posts that came from elsewhere (rules.test.ts), and claims (undoing-claims.test.ts). */
const ELSEWHERE = new Set<string>(['domain.sync', 'held.release']);
const actions = auditActions.filter((action) => {
  const undoing = undoable[action];
  return 'way' in undoing && undoing.way !== 'claim' && !ELSEWHERE.has(action);
});

test('every action that can be taken back is tried here', () => {
  expect(Object.keys(trials()).sort()).toEqual([...actions].sort());
});

const newest = async (): Promise<AuditId> =>
  (await server.context.db('audit_log').orderBy('id', 'desc').first('id'))?.id ?? ('0' as AuditId);

describe('done and taken back, all is as it was', () => {
  // That it was opened was taken back, too.
  afterAll(() => server.context.inTx((tx) => server.context.serverLock.unlock(tx, boss, { reason: '' })));

  test.for(actions)('%s', async (action) => {
    const { inTx, db, undoing } = server.context;
    const { before, deed } = trials()[action] ?? {};
    if (!deed) throw new Error(`Nothing tries ${action}`);
    const given = before ? await inTx(before) : undefined;
    const area = action.split('.')[0] ?? '';
    const was = await stateOfArea(server.context, area);
    await inTx((tx) => deed(tx, given as never));
    const id = await newest();
    expect(await db('audit_log').where({ id }).first('action')).toEqual({ action });
    if (action !== 'account.warn' && action !== 'domain.publish')
      expect(await stateOfArea(server.context, area)).not.toEqual(was);
    const undone = await undoing.undo(boss, { auditIds: [id], reason: 'A mistake.' });
    expect(undone).toMatchObject({ ok: true });
    expect(await stateOfArea(server.context, area)).toEqual(was);
    const entry = await db('audit_log').where({ undoes: id }).first('id', 'account_id');
    expect(undone).toMatchObject({ auditIds: [entry.id] });
    expect(entry.account_id).toBe(bossPerson.id);
    expect(await undoing.undo(boss, { auditIds: [id], reason: '' })).toMatchObject({
      reason: 'undone-before',
    });
  });
});

describe('taking back', () => {
  const lookedAtEvidence = () =>
    server.context.inTx((tx) =>
      server.context.audit.record(tx, boss, {
        action: 'report.evidence',
        target: { kind: 'report', id: '7' },
      }),
    );

  test('is refused with the reason where there is no way, and where somebody went on', async () => {
    const { inTx, rules, undoing } = server.context;
    const id = await inTx(rule);
    const added = await newest();
    await inTx((tx) => rules.switch(tx, boss, { id, enabled: false }));
    expect(await undoing.undo(boss, { auditIds: [added], reason: '' })).toMatchObject({
      ...{ ok: false, reason: 'not-undoable', detail: expect.stringContaining('Somebody changed it since') },
    });
    const looked = await lookedAtEvidence();
    expect(await undoing.undo(boss, { auditIds: [looked], reason: '' })).toMatchObject({
      detail: expect.stringContaining('cannot be unseen'),
    });
  });

  test('takes several back together or none of them, by the route and the command line', async () => {
    const { inTx, domains, audit, db } = server.context;
    await inTx((tx) => domains.subscriptions.exclude(tx, boss, { domain: 'many.test', note: '' }));
    const first = await newest();
    const looked = await lookedAtEvidence();
    const asker = createAsker(server.origin);
    const undo = (audit_ids: AuditId[]) =>
      asker.ask('post', '/api/v1/admin/audit_log/undo', { as: bossPerson, body: { audit_ids } });
    expect((await undo([first, looked])).code).toBe('not-undoable');
    expect(await audit.byId(db, first)).toMatchObject({ undoneBy: null });
    const code = await vireo(['audit', 'undo', first], {
      env: cliEnvOf(server),
      stdout: { write: () => true },
      stderr: process.stderr,
    });
    expect(code).toBe(0);
    expect(await db('domain_excludes').where({ domain: 'many.test' }).first()).toBeUndefined();
    await asker.close();
  });

  test('needs the permission of what is taken back', async () => {
    await server.context.inTx(rule);
    const only: Actor = { kind: 'person', accountId: bossPerson.id, permissions: ['audit'], rank: 1 };
    const undone = server.context.undoing.undo(only, { auditIds: [await newest()], reason: '' });
    expect(await undone).toMatchObject({ reason: 'permission-missing' });
  });
});
