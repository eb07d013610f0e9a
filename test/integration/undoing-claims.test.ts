import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AuditId, VideoId } from '../../src/lib/ids.ts';
import type { Result } from '../../src/lib/result.ts';
import { actorOf } from '../../src/modules/auth/index.ts';
import type { ClaimId, Counter, CounterId } from '../../src/modules/claims/index.ts';
import { type Actor, auditActions, undoable } from '../../src/modules/staff/index.ts';
import { addressOf, counterBody, openClaim } from '../helpers/claims.ts';
import { createClipFactory } from '../helpers/clip-rows.ts';
import { createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** Every decision about a copyright claim is taken back: the videos, the claim and what was answered are as they were. */
const DAY_MS = 24 * 3_600_000;

let server: TestServer;
let boss: Actor;
let author: Person;
let ahead = 0;
let made = 0;

beforeAll(async () => {
  server = await startTestServer({
    role: 'web',
    overrides: { clock: { now: () => Date.now() + ahead } },
    variables: { SMTP_HOST: '127.0.0.1', SMTP_TLS: 'none', MAIL_FROM: 'vireo@video.example' },
  });
  const people = createPeople(server);
  const viewer = await server.context.auth.viewerOf((await people.signedIn('boss', 'owner')).token);
  if (!viewer) throw new Error('Nobody is signed in.');
  boss = actorOf(viewer);
  author = await people.signedIn('author');
});
beforeEach(() => {
  ahead = 0;
});
afterAll(() => server?.close());

/** A claim against a new video, as far as these steps have brought it. */
interface Case {
  readonly id: ClaimId;
  readonly videoId: VideoId;
  readonly counterId: CounterId | null;
}

type Step = 'uphold' | 'reject' | 'restore' | 'counter' | 'sue' | 'accept-counter' | 'reject-counter';

async function claimed(steps: readonly Step[]): Promise<Case> {
  const { context } = server;
  made += 1;
  const videoId = await (await createClipFactory(context))(author.account);
  const videos = [await addressOf(context, videoId)];
  const id = await openClaim(context, { videos, email: `ada${made}@rights.example` });
  let one: Case = { id, videoId, counterId: null };
  for (const step of steps) one = await take(one, step);
  return one;
}

async function take(one: Case, step: Step): Promise<Case> {
  const { claims, inTx } = server.context;
  const { mistaken: _mistaken, jurisdiction: _jurisdiction, ...said } = counterBody;
  const [claimId, counterId] = [one.id, one.counterId ?? ('0' as CounterId)];
  const done = await inTx(async (tx): Promise<Result<{ counter?: Counter }>> => {
    if (step === 'counter') return claims.counter(tx, { ...said, claimId, accountId: author.id });
    if (step === 'sue') return claims.sue(tx, { claimId, counterId, court: 'Kiel, 12 O 34/26' });
    if (step === 'uphold')
      return claims.uphold(tx, boss, { claimId, answer: '', keepAway: true, sounds: 'mute' });
    if (step === 'reject' || step === 'restore') return claims[step](tx, boss, { claimId, answer: '' });
    return claims.decideCounter(tx, boss, { counterId, accept: step === 'accept-counter', answer: '' });
  });
  if (!done.ok) throw new Error(`${step}: ${done.reason}`);
  return done.counter ? { ...one, counterId: done.counter.id } : one;
}

/** What people see of it. */
async function stateOf({ id, videoId }: Case) {
  const { db } = server.context;
  const counter = await db('claim_counters').where({ claim_id: id }).first('state', 'court', 'due_at');
  const measure = await db('measures')
    .where({ target_kind: 'video', target_id: videoId, lifted_at: null })
    .first('measure', 'purge_at');
  const isOpen = counter?.state === 'waiting' || counter?.state === 'sued';
  return {
    claim: (await db('claims').where({ id }).first('state')).state,
    video: (await db('videos').where({ id: videoId }).first('state')).state,
    removed: measure?.measure ?? null,
    // Nothing goes for good while it is not decided.
    keptUntil: isOpen ? measure?.purge_at : null,
    counter: counter ?? null,
    keptAway: (await db('listed_media').where({ label: `Copyright claim ${id}` })).length,
  };
}

const newest = async (action: string): Promise<AuditId> =>
  (await server.context.db('audit_log').where({ action }).orderBy('id', 'desc').first('id')).id;
const undo = (id: AuditId) =>
  server.context.undoing.undo(boss, { auditIds: [id], reason: 'A mistake of ours.' });

/** Each decision, from each state in which it can be taken. */
const DECISIONS: readonly (readonly [Step, readonly Step[]])[] = [
  ['uphold', []],
  ['uphold', ['uphold', 'restore']],
  ['reject', []],
  ['restore', ['uphold']],
  ['accept-counter', ['uphold', 'counter']],
  ['accept-counter', ['uphold', 'counter', 'sue']],
  ['accept-counter', ['uphold', 'counter', 'reject-counter']],
  ['reject-counter', ['uphold', 'counter']],
  ['reject-counter', ['uphold', 'counter', 'sue']],
  ['reject-counter', ['uphold', 'counter', 'accept-counter']],
];

test('every decision that can be taken back is tried here', () => {
  const ways = auditActions.filter((action) => {
    const undoing = undoable[action];
    return 'way' in undoing && undoing.way === 'claim';
  });
  expect([...new Set(DECISIONS.map(([step]) => `claim.${step}`))].sort()).toEqual([...ways].sort());
});

describe('taken back, all is as it was', () => {
  test.each(DECISIONS)('%s after %j', async (step, before) => {
    const { db } = server.context;
    const one = await claimed(before);
    const was = await stateOf(one);
    await take(one, step);
    const id = await newest(`claim.${step}`);
    expect(await stateOf(one)).not.toEqual(was);
    const mails = Number((await db('mails').count('* as count').first())?.count);
    const undone = await undo(id);
    expect(undone).toMatchObject({ ok: true });
    expect(await stateOf(one)).toEqual(was);
    const entries = await db('audit_log').where({ undoes: id }).select('action', 'reason', 'target_id');
    expect(entries).toMatchObject([{ reason: 'A mistake of ours.', target_id: one.id }]);
    // Whoever was told of the decision is told of this.
    expect(Number((await db('mails').count('* as count').first())?.count)).toBeGreaterThan(mails);
    expect(await undo(id)).toMatchObject({ reason: 'undone-before' });
  });
});

describe('is refused', () => {
  test('where something was decided since', async () => {
    const one = await claimed(['reject']);
    const id = await newest('claim.reject');
    const { claims, inTx } = server.context;
    await inTx((tx) => claims.reopen(tx, boss, { claimId: one.id, answer: '' }));
    expect(await undo(id)).toMatchObject({ reason: 'undone-before' });
    const counters = await claimed(['uphold', 'counter', 'accept-counter', 'reject-counter']);
    const first = await server.context
      .db('audit_log')
      .where({ action: 'claim.accept-counter', target_id: counters.id })
      .first('id');
    expect(await undo(first.id)).toMatchObject({ ok: false });
  });

  test.each(['uphold', 'restore'] as const)('for %s, once an uploader has answered', async (step) => {
    const one = await claimed(['uphold', 'counter']);
    if (step === 'restore') await take(one, 'restore');
    const was = await stateOf(one);
    expect(await undo(await newest(`claim.${step}`))).toMatchObject({
      ...{ reason: 'not-undoable', detail: expect.stringContaining('has answered') },
    });
    expect(await stateOf(one)).toEqual(was);
  });

  test('for an answer whose days are over', async () => {
    const one = await claimed(['uphold', 'counter', 'accept-counter']);
    const was = await stateOf(one);
    ahead = 40 * DAY_MS;
    expect(await undo(await newest('claim.accept-counter'))).toMatchObject({
      ...{ reason: 'not-undoable', detail: expect.stringContaining('days are over') },
    });
    expect(await stateOf(one)).toEqual(was);
  });

  test('to whoever may not decide', async () => {
    await claimed(['uphold', 'counter', 'accept-counter']);
    const id = await newest('claim.accept-counter');
    const reader: Actor = {
      kind: 'person',
      accountId: author.id,
      permissions: ['audit', 'reports'],
      rank: 1,
    };
    expect(await server.context.undoing.undo(reader, { auditIds: [id], reason: '' })).toMatchObject({
      reason: 'permission-missing',
    });
  });
});
