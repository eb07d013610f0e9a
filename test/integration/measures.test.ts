import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditId, CommentId, VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { actorOf } from '../../src/modules/auth/index.ts';
import {
  accountMeasures,
  type MeasureKind,
  type NewMeasure,
  type Target,
  videoMeasures,
} from '../../src/modules/moderation/index.ts';
import { type Actor, operator } from '../../src/modules/staff/index.ts';
import { createClipFactory } from '../helpers/clip-rows.ts';
import { createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** What the staff does to accounts and posts, and takes back: ADR 0043. */
let server: TestServer;
let people: ReturnType<typeof createPeople>;
let playable: Awaited<ReturnType<typeof createClipFactory>>;
let moderator: Actor;
let boss: Actor;

beforeAll(async () => {
  server = await startTestServer({ role: 'none' });
  people = createPeople(server);
  playable = await createClipFactory(server.context);
  moderator = await actor(await people.signedIn('mo', 'moderator'));
  boss = await actor(await people.signedIn('boss', 'admin'));
});

afterAll(() => server?.close());

async function actor({ token }: Person): Promise<Actor> {
  const viewer = await server.context.auth.viewerOf(token);
  if (!viewer) throw new Error('Nobody is signed in.');
  return actorOf(viewer);
}

const take = (by: Actor, input: Omit<NewMeasure, 'facts'> & { facts?: string }) =>
  server.context.inTx((tx) => server.context.measures.take(tx, by, { facts: 'Sold feathers.', ...input }));
const undo = (by: Actor, auditId: AuditId) =>
  server.context.inTx((tx) => server.context.measures.undo(tx, by, auditId, 'A mistake.'));
const account = ({ id }: Pick<Account, 'id'>): Target => ({ kind: 'account', id });

let serial = 0;
async function somebody() {
  serial += 1;
  const person = await people.signedIn(`somebody${serial}`);
  const videoId = await playable(person.account);
  return { ...person, videoId };
}

async function commentBy({ account }: Person, videoId: VideoId): Promise<CommentId> {
  const { videos, comments, inTx } = server.context;
  const video = await videos.internal(videoId);
  if (!video) throw new Error('There is no such video.');
  const details = {
    text: 'Nice.',
    contentWarning: '',
    sensitive: false,
    language: null,
    mentions: new Map(),
  };
  const input = { author: account, video, parent: null, visibility: 'public', details } as const;
  const published = await inTx((tx) => comments.publish(tx, input));
  if (!published.ok) throw new Error(published.detail);
  return published.commentId;
}

/** What rows say of an account and a video of it. */
async function stateOf(accountId: string, videoId: VideoId) {
  const { db } = server.context;
  const person = await db('accounts')
    .where({ id: accountId })
    .first(
      'state',
      'silenced',
      'undiscoverable',
      'frozen',
      'all_sensitive',
      'comments_off',
      'statuses_count',
    );
  const video = await db('videos')
    .where({ id: videoId })
    .first(
      ...['state', 'staff_sensitive', 'staff_comments_off', 'undiscoverable', 'staff_muted'],
      'state_before_removal',
    );
  const channel = await db('accounts').where({ owner_id: accountId }).first('state', 'silenced', 'frozen');
  return { person, video, channel };
}

/** What they have to say, by the measures that are in force. */
function expected(on: ReadonlySet<string>) {
  const has = (key: string) => on.has(key);
  const state = has('account suspend') ? 'suspended' : 'active';
  const removed = has('video remove');
  return {
    person: {
      state,
      silenced: has('account silence'),
      undiscoverable: has('account no-discovery'),
      frozen: has('account freeze'),
      all_sensitive: has('account sensitive'),
      comments_off: has('account comments-off'),
      statuses_count: removed ? 0 : 1,
    },
    video: {
      state: removed ? 'removed' : 'published',
      staff_sensitive: has('account sensitive') || has('video sensitive'),
      staff_comments_off: has('account comments-off') || has('video comments-off'),
      undiscoverable: has('video no-discovery'),
      staff_muted: has('video mute'),
      state_before_removal: removed ? 'published' : null,
    },
    channel: { state, silenced: has('account silence'), frozen: has('account freeze') },
  };
}

interface Step {
  readonly kind: 'account' | 'video';
  readonly measure: MeasureKind;
  readonly way: 'take' | 'lift' | 'undo';
}

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('account' as const),
    measure: fc.constantFrom(...accountMeasures.filter((measure) => measure !== 'delete')),
    way: fc.constantFrom('take' as const, 'lift' as const, 'undo' as const),
  }),
  fc.record({
    kind: fc.constant('video' as const),
    measure: fc.constantFrom(...videoMeasures),
    way: fc.constantFrom('take' as const, 'lift' as const, 'undo' as const),
  }),
);

describe('measures', () => {
  test('end as those that are in force say, in whatever order they are taken and taken back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const one = await somebody();
        const on = new Set<string>();
        const audits = new Map<string, AuditId>();
        for (const { kind, measure, way } of steps) {
          const key = `${kind} ${measure}`;
          const target: Target = kind === 'account' ? account(one) : { kind, id: one.videoId };
          if (way === 'take') {
            const taken = await take(moderator, { target, measure });
            if (!taken.ok) throw new Error(taken.detail);
            expect(taken.changed).toBe(measure === 'warn' || !on.has(key));
            if (taken.auditId) audits.set(key, taken.auditId);
            on.add(key);
            continue;
          }
          const auditId = audits.get(key);
          const { inTx, measures } = server.context;
          if (way === 'lift') {
            await inTx((tx) => measures.lift(tx, moderator, { target, measure, reason: '' }));
            // Of several warnings, the latest.
            if (measure !== 'warn') on.delete(key);
          } else if (auditId) {
            const undone = await undo(moderator, auditId);
            expect(undone.ok || undone.reason === 'undone-before').toBe(true);
            on.delete(key);
          }
        }
        expect(await stateOf(one.id, one.videoId)).toEqual(expected(on));
      }),
      { numRuns: 25 },
    );
  }, 240_000);

  test('are recorded with what led to them, and what takes them back names the entry', async () => {
    const { audit } = server.context;
    const one = await somebody();
    const taken = await take(moderator, { target: account(one), measure: 'silence', ruleIds: ['1'] });
    if (!taken.ok || taken.auditId === null) throw new Error('It was not taken.');
    expect((await undo(boss, taken.auditId)).ok).toBe(true);
    expect(await undo(boss, taken.auditId)).toMatchObject({ ok: false, reason: 'undone-before' });
    const entries = await audit.list(
      { target: { kind: 'account', id: one.id } },
      { maxId: null, minId: null, sinceId: null, limit: 10 },
    );
    expect(entries).toMatchObject([
      { action: 'account.unsilence', undoes: taken.auditId },
      { action: 'account.silence', reason: 'Sold feathers.', detail: { ruleIds: ['1'], automated: false } },
    ]);
  });

  test('need the permission for what they are about, and a higher rank than the account has', async () => {
    const one = await somebody();
    const nobody: Actor = { kind: 'person', accountId: one.id, permissions: ['reports'], rank: 100 };
    const owner = (await people.local('owner', { role: 'owner' })).id;
    const bossId = boss.kind === 'person' ? boss.accountId : owner;
    const refusals = [
      [nobody, { target: account(one), measure: 'warn' }, 'permission-missing'],
      [nobody, { target: { kind: 'video', id: one.videoId }, measure: 'remove' }, 'permission-missing'],
      [moderator, { target: { kind: 'account', id: bossId }, measure: 'suspend' }, 'outranked'],
      [boss, { target: { kind: 'account', id: bossId }, measure: 'warn' }, 'outranked'],
      [boss, { target: { kind: 'account', id: owner }, measure: 'silence' }, 'outranked'],
      [operator, { target: { kind: 'account', id: owner }, measure: 'delete' }, 'not-possible'],
      [boss, { target: { kind: 'account', id: '1' as Account['id'] }, measure: 'warn' }, 'not-found'],
      [boss, { target: { kind: 'video', id: one.videoId }, measure: 'suspend' }, 'not-possible'],
    ] as const satisfies readonly (readonly [Actor, Omit<NewMeasure, 'facts'>, string])[];
    for (const [by, input, reason] of refusals)
      expect(await take(by, input), reason).toMatchObject({ ok: false, reason });
    expect(await server.context.measures.of(account(one))).toEqual([]);
  });

  test('hide a comment with its count, and bring both back', async () => {
    const [author, other] = [await somebody(), await somebody()];
    const id = await commentBy(other, author.videoId);
    const { comments, engagement, counters } = server.context;
    const count = async () => (await engagement.statsOf([author.videoId])).get(author.videoId)?.comments;
    const target = { kind: 'comment', id } as const;
    const taken = await take(moderator, { target, measure: 'remove' });
    expect(await comments.forViewer(id, other.id)).toBeNull();
    expect(await count()).toBe(0);
    expect((await counters.recount(true)).wrong).toBe(0);
    if (!taken.ok || taken.auditId === null) throw new Error('It was not taken.');
    await undo(moderator, taken.auditId);
    expect(await comments.forViewer(id, null)).not.toBeNull();
    expect(await count()).toBe(1);
  });

  test('of videos that come later are those of their author', async () => {
    const one = await somebody();
    await take(moderator, { target: account(one), measure: 'sensitive' });
    await take(moderator, { target: account(one), measure: 'comments-off' });
    const later = await server.context.videos.internal(await playable(one.account));
    expect(later).toMatchObject({ sensitive: true, commentsOpen: false });
  });

  test('end the sessions of whoever is suspended, and bring nobody back who was about to leave', async () => {
    const { auth, inTx, accounts } = server.context;
    const one = await somebody();
    await inTx((tx) => auth.leave(tx, one.id));
    const taken = await take(moderator, { target: account(one), measure: 'suspend' });
    expect(await auth.viewerOf(one.token)).toBeNull();
    if (!taken.ok || taken.auditId === null) throw new Error('It was not taken.');
    await undo(moderator, taken.auditId);
    expect((await accounts.byId(one.id))?.state).toBe('leaving');
  });
});

describe('strikes', () => {
  test('are numbered and end; what nobody is told of is none', async () => {
    const { measures, clock } = server.context;
    const one = await somebody();
    await take(moderator, { target: account(one), measure: 'warn' });
    await take(moderator, { target: account(one), measure: 'silence', notice: false });
    await take(moderator, { target: { kind: 'video', id: one.videoId }, measure: 'remove' });
    const strikes = await measures.strikesOf(one.id);
    expect(strikes.map(({ strike, measure }) => [strike, measure])).toEqual([
      [2, 'remove'],
      [1, 'warn'],
    ]);
    const ends = strikes.map(({ expiresAt }) =>
      Math.round(((expiresAt?.getTime() ?? 0) - clock.now()) / 86_400_000),
    );
    expect(ends).toEqual([365, 365]);
  });

  test('can be appealed against once, and somebody else decides', async () => {
    const { measures, inTx, accounts } = server.context;
    const one = await somebody();
    const taken = await take(moderator, { target: account(one), measure: 'suspend' });
    const measureId = taken.ok ? taken.measureId : null;
    if (measureId === null) throw new Error('It was not taken.');
    const appeal = (accountId: Account['id']) =>
      inTx((tx) => measures.appeal(tx, { measureId, accountId, text: 'They were my feathers.' }));
    expect(await appeal((await somebody()).id)).toMatchObject({ ok: false, reason: 'not-found' });
    const appealed = await appeal(one.id);
    expect(await appeal(one.id)).toMatchObject({ ok: false, reason: 'appealed-before' });
    if (!appealed.ok) throw new Error(appealed.detail);
    const { appealId } = appealed;
    const moId = moderator.kind === 'person' ? moderator.accountId : null;
    expect((await measures.appealById(appealId))?.assignedToId).not.toBe(moId);
    const decide = (by: Actor) =>
      inTx((tx) => measures.decideAppeal(tx, by, { appealId, accept: true, answer: 'You are right.' }));
    expect(await decide(moderator)).toMatchObject({ ok: false, reason: 'own-decision' });
    expect(await decide(boss)).toMatchObject({ ok: true });
    expect(await decide(boss)).toMatchObject({ ok: false, reason: 'decided-before' });
    expect((await accounts.byId(one.id))?.state).toBe('active');
    expect(await measures.appealById(appealId)).toMatchObject({
      state: 'accepted',
      answer: 'You are right.',
    });
  });
});

describe('what was hidden for 30 days', () => {
  const long = (target: Target) =>
    server.context
      .db('measures')
      .where({ target_kind: target.kind, target_id: target.id })
      .update({ purge_at: new Date(0) });

  test('is removed for good, and stays on record', async () => {
    const { measures, videos, accounts, audit } = server.context;
    const [one, other] = [await somebody(), await somebody()];
    const video = { kind: 'video', id: one.videoId } as const;
    const taken = await take(moderator, { target: video, measure: 'remove' });
    await take(moderator, { target: account(other), measure: 'suspend' });
    expect(await measures.purgeDue()).toBe(0);
    await long(video);
    await long(account(other));
    expect(await measures.purgeDue()).toBe(2);
    expect(await videos.internal(one.videoId)).toBeNull();
    expect((await accounts.byId(other.id))?.state).toBe('deleted');
    const page = { maxId: null, minId: null, sinceId: null, limit: 10 };
    expect(await audit.list({ action: 'account.purge' }, page)).toMatchObject([{ target: { id: other.id } }]);
    if (!taken.ok || taken.auditId === null) throw new Error('It was not taken.');
    expect(await undo(boss, taken.auditId)).toMatchObject({ ok: false });
  });

  test('of an account elsewhere goes, and the account stays suspended', async () => {
    const { measures, accounts, db } = server.context;
    const remote = await people.remote('bird');
    await take(moderator, { target: account(remote), measure: 'suspend' });
    await long(account(remote));
    await measures.purgeDue();
    expect((await accounts.byId(remote.id))?.state).toBe('suspended');
    const told = await db('events').where({ name: 'account.purged' }).pluck('payload');
    expect(told).toContainEqual({ accountId: remote.id });
  });
});
