import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { claimLimits } from '../../config/claim-limits.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import type { ClaimId, CounterId } from '../../src/modules/claims/index.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { addressOf, counterBody, openClaim } from '../helpers/claims.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { jobRun } from '../helpers/job-run.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

/** What goes with a claim is removed, and comes back, a portion at a time (ADR 0052). */
let server: TestServer;
let client: Client;
let videos: VideoFactory;
let moderator: Person;
let author: Person;
let maker: Person;
let round = 0;

const MANY = claimLimits.changedAtOnce + 30;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  videos = createVideoFactory(server.context);
  const people = createPeople(server);
  moderator = await people.signedIn('mo', 'moderator');
  [author, maker] = [await people.signedIn('author'), await people.signedIn('maker')];
});
afterAll(() => server?.close());
beforeEach(() => {
  round += 1;
});

const db = () => server.context.db;

/** A claimed video, many that were made with its sound, and a duet of the last of these; others that are claimed with it. */
async function claimed(
  others: readonly VideoId[] = [],
): Promise<{ original: VideoId; used: VideoId[]; duet: VideoId; claim: ClaimId }> {
  const original = await videos.video(author.account, {});
  const { uri } = await db()('videos').where({ id: original }).first('uri');
  const used: VideoId[] = [];
  for (let n = 0; n < MANY; n += 1) used.push(await videos.video(maker.account, { assets: [] }));
  await db()('videos').whereIn('id', used).update({ sound_of_id: original, sound_of_uri: uri });
  const duet = await videos.video(maker.account, { assets: [] });
  const remix = { remix_of_id: used.at(-1), remix_kind: 'duet', carries_sound: true };
  await db()('videos').where({ id: duet }).update(remix);
  const claim = await openClaim(server.context, {
    videos: await Promise.all([original, ...others].map((id) => addressOf(server.context, id))),
    email: `ada${round}@rights.example`,
  });
  return { original, used, duet, claim };
}

const mutedAmong = async (ids: readonly VideoId[]): Promise<number> =>
  Number((await db()('videos').whereIn('id', ids).where({ staff_muted: true }).count('* as n').first())?.n);
const remainingOf = async (claim: ClaimId) =>
  (await client.get(`/api/v1/admin/claims/${claim}`, { as: moderator })).body.remaining;
const post = (claim: ClaimId, what: 'uphold' | 'restore', body: object = {}) =>
  client.post(`/api/v1/admin/claims/${claim}/${what}`, { as: moderator, body });
const settle = (claimId: ClaimId, run = jobRun()) =>
  server.context.handlers['claims.settle']({ claimId }, run);

/** A worker that dies after so many portions. */
function dyingAfter(portions: number) {
  const dying = new AbortController();
  let asked = 0;
  const signal = {
    throwIfAborted: () => {
      if (asked >= portions) dying.abort();
      asked += 1;
      dying.signal.throwIfAborted();
    },
  } as AbortSignal;
  return { ...jobRun(), signal };
}

describe('a claim that takes more with it than one transaction changes', { timeout: 240_000 }, () => {
  test('says before that there may be more than what is shown', async () => {
    const original = await videos.video(author.account, {});
    const address = await addressOf(server.context, original);
    const claim = await openClaim(server.context, { videos: [address], email: `ada${round}@rights.example` });
    const preview = async () =>
      (await client.get(`/api/v1/admin/claims/${claim}/preview`, { as: moderator })).body;
    expect(await preview()).toEqual({ videos: [], complete: true });
    const same = `account_id, local, state, visibility, caption, caption_html, media_state, published_at`;
    await db().raw(
      `insert into videos (id, uri, url, remix_of_id, remix_kind, carries_sound, ${same})
       select n, uri || '/' || n, url || '/' || n, id, 'duet', true, ${same}
         from videos, generate_series(1, :many) as n where id = :original`,
      { many: claimLimits.maxCascade + 1, original },
    );
    const { videos: shown, complete } = await preview();
    expect(shown).toHaveLength(claimLimits.maxCascade);
    expect(complete).toBe(false);
  });

  test('removes the claimed video at once, the rest by a job that may die, and tells how much is left', async () => {
    const { original, used, duet, claim } = await claimed();
    expect((await post(claim, 'uphold')).status).toBe(200);
    expect((await db()('videos').where({ id: original }).first('state')).state).toBe('removed');
    const all = [...used, duet];
    // One of the first portion is the claimed video.
    expect(await mutedAmong(all)).toBe(claimLimits.changedAtOnce - 1);
    expect(await remainingOf(claim)).toEqual({
      to_remove: all.length + 1 - claimLimits.changedAtOnce,
      to_return: 0,
    });
    await expect(settle(claim, dyingAfter(1))).rejects.toThrow();
    await settle(claim);
    expect(await mutedAmong(all)).toBe(all.length);
    expect(await remainingOf(claim)).toEqual({ to_remove: 0, to_return: 0 });
    await settle(claim);
    expect(await db()('claim_videos').where({ claim_id: claim })).toHaveLength(all.length + 1);

    expect((await post(claim, 'restore')).status).toBe(200);
    expect((await db()('videos').where({ id: original }).first('state')).state).toBe('published');
    expect(await mutedAmong(all)).toBe(all.length + 1 - claimLimits.changedAtOnce);
    expect((await remainingOf(claim)).to_return).toBe(all.length + 1 - claimLimits.changedAtOnce);
    await settle(claim);
    expect(await mutedAmong(all)).toBe(0);
  });

  test('finds what was made from it meanwhile, until nothing is left', async () => {
    const { duet, claim } = await claimed();
    await post(claim, 'uphold');
    const later = await videos.video(maker.account, { assets: [] });
    const remix = { remix_of_id: duet, remix_kind: 'stitch', carries_sound: true };
    await db()('videos').where({ id: later }).update(remix);
    await settle(claim);
    expect(await mutedAmong([later, duet])).toBe(2);
  });

  test('can be lifted while it is at it: what is done is undone, and what is not never is', async () => {
    const { used, duet, claim } = await claimed();
    await post(claim, 'uphold');
    await post(claim, 'restore');
    await settle(claim);
    expect(await mutedAmong([...used, duet])).toBe(0);
    const left = await db()('claim_videos').where({ claim_id: claim }).whereNotNull('awaits');
    expect(left).toEqual([]);
    // And again, the other way around.
    await post(claim, 'uphold');
    await settle(claim);
    expect(await mutedAmong([...used, duet])).toBe(used.length + 1);
  });

  /** The author of the claimed video says that it was a mistake. */
  async function answered(claimId: ClaimId): Promise<CounterId> {
    const { inTx, claims } = server.context;
    const { name, address, country, text, signature } = counterBody;
    const said = { claimId, accountId: author.id, name, address, country, text, signature };
    const made = await inTx((tx) => claims.counter(tx, said));
    if (!made.ok) throw new Error(made.detail);
    return made.counter.id;
  }

  test('leaves alone what goes with one that came back meanwhile, and with that', async () => {
    const other = await videos.video(maker.account, {});
    const { original, used, duet, claim } = await claimed([other]);
    await post(claim, 'uphold');
    const counterId = await answered(claim);
    const { inTx, claims } = server.context;
    const decision = { counterId, accept: true, answer: '' };
    expect(await inTx((tx) => claims.decideCounter(tx, operator, decision))).toMatchObject({ ok: true });
    const later = await videos.video(maker.account, { assets: [] });
    const remix = { remix_of_id: duet, remix_kind: 'stitch', carries_sound: true };
    await db()('videos').where({ id: later }).update(remix);
    await settle(claim);
    expect(await mutedAmong([...used, duet, later])).toBe(0);
    const states = await db()('videos').whereIn('id', [original, other]).orderBy('id').pluck('state');
    expect(states).toEqual(['removed', 'published']);
  });

  test('is removed for good by none of its portions while a court has not decided', async () => {
    const { used, duet, claim } = await claimed();
    await post(claim, 'uphold', { sounds: 'remove' });
    const counterId = await answered(claim);
    const { inTx, claims } = server.context;
    const sued = { claimId: claim, counterId, court: 'Kiel, 12 O 34/26' };
    expect(await inTx((tx) => claims.sue(tx, sued))).toMatchObject({ ok: true });
    await settle(claim);
    const kept = await db()('measures')
      .whereIn('target_id', [...used, duet])
      .where({ target_kind: 'video', measure: 'remove' })
      .pluck('purge_at');
    expect(kept).toHaveLength(used.length + 1);
    expect(new Set(kept)).toEqual(new Set([null]));
  });

  test('follows when the removal of the claimed video is taken back otherwise', async () => {
    const { original, used, duet, claim } = await claimed();
    await post(claim, 'uphold');
    await settle(claim);
    const { context } = server;
    const row = await db()('claim_videos').where({ claim_id: claim, video_id: original }).first('measure_id');
    const { audit_id: auditId } = await db()('measures').where({ id: row.measure_id }).first('audit_id');
    await context.inTx((tx) => context.measures.undo(tx, operator, auditId, ''));
    await context.inTx((tx) => context.claims.onMeasureLifted(tx, { measureId: row.measure_id }));
    expect((await db()('claims').where({ id: claim }).first('state')).state).toBe('restored');
    await settle(claim);
    expect(await mutedAmong([...used, duet])).toBe(0);
  });
});
