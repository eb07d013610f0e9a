import type { Context } from '../../src/context.ts';
import type { Id, VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { createVideoFactory } from './factories.ts';

/** Where a video of the factory is for people. */
export async function addressOf({ db }: Context, id: VideoId): Promise<string> {
  const row = await db('videos').where({ id }).first('url');
  return row.url;
}

/** What the form of a claim sends. */
export const claimBody = (videos: readonly string[], more: object = {}) => ({
  ...{ name: 'Ada Rights', email: 'ada@rights.example', organisation: 'Rights & Co', country: 'DE' },
  ...{ acts_as: 'owner', work: 'A film of the sea', originals: ['https://rights.example/sea'] },
  ...{ videos, good_faith: true, accurate: true, signature: 'Ada Rights' },
  ...more,
});

/** What the form of a counter-notice sends. */
export const counterBody = {
  ...{ name: 'Una Ploader', address: 'Shore 1, Kiel', country: 'DE', text: 'I filmed it myself.' },
  ...{ mistaken: true, jurisdiction: true, signature: 'Una Ploader' },
};

const FRAMES = 20;

/** Hashes of a video that looks like no other of another seed. */
export function printOf(seed: number): Buffer {
  let state = seed * 2_654_435_761 + 1;
  const words = Array.from({ length: FRAMES * 2 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  });
  return Buffer.from(Uint32Array.from(words).buffer);
}

/** A video with what goes with it: the same file posted again, the same pictures, a duet of it, and one that has nothing to do with it. */
export async function postedAgain(
  context: Context,
  people: readonly [Account, Account, Account],
  seed: number,
  video: (account: Account, facts: object) => Promise<VideoId> = createVideoFactory(context).video,
) {
  const { db } = context;
  const [author, copier, remixer] = people;
  const sha = seed.toString(16).padStart(64, '0');
  const original = await video(author, {});
  const sameFile = await video(copier, {});
  const samePictures = await video(copier, {});
  const duet = await video(remixer, {});
  const other = await video(copier, {});
  await db('videos').where({ id: original }).update({ original_sha256: sha });
  await db('videos').where({ id: sameFile }).update({ original_sha256: sha });
  const remix = { account: remixer, videoId: duet, originalId: original };
  const made = await context.inTx((tx) =>
    context.remixes.attach(tx, { ...remix, kind: 'duet', layout: 'side_by_side', carriesSound: true }),
  );
  if (!made.ok) throw new Error(made.detail);
  const prints = [
    ...[original, samePictures].map((id) => ({ video_id: id, phash: printOf(seed) })),
    { video_id: other, phash: printOf(seed + 7_000) },
  ];
  await db('video_fingerprints').insert(prints).onConflict('video_id').merge();
  return { original, sameFile, samePictures, duet, other };
}

/** A claim about these videos whose claimant followed the mailed link, where there is mail. */
export async function openClaim(
  { claims, clock, db, inTx }: Context,
  { videos, email }: { readonly videos: readonly string[]; readonly email: string },
): Promise<Id<'claim'>> {
  const { acts_as: _asWhom, good_faith: _faith, accurate: _accurate, ...said } = claimBody([]);
  const outcome = await inTx((tx) =>
    claims.file(tx, { ...said, videos, email, address: '', actsAs: 'owner' }),
  );
  if (!outcome.ok) throw new Error(outcome.detail);
  const { id } = outcome.claim;
  await db('claims')
    .where({ id })
    .update({ state: 'open', confirmed_at: new Date(clock.now()) });
  return id;
}

/** What becomes of somebody against whom so many claims were upheld, so many days ago, and who answers to the last one. */
export async function infringing(
  context: Context,
  account: Account,
  { claims: count, daysAgo }: { readonly claims: number; readonly daysAgo: number },
) {
  const { claims, clock, db, inTx } = context;
  const { video } = createVideoFactory(context);
  const { mistaken: _mistaken, jurisdiction: _jurisdiction, ...notice } = counterBody;
  const filed = [];
  for (let n = 0; n < count; n += 1) {
    const videos = [await addressOf(context, await video(account, {}))];
    const email = `${account.id}-${n}@rights.example`;
    const claimId = await openClaim(context, { videos, email });
    const upheld = await inTx((tx) =>
      claims.uphold(tx, operator, { claimId, answer: '', keepAway: false, sounds: 'mute' }),
    );
    if (!upheld.ok) throw new Error(upheld.detail);
    filed.push(claimId);
  }
  const claimId = filed.at(-1);
  if (claimId === undefined) throw new Error('No claim was filed.');
  await db('claims')
    .whereIn('id', filed)
    .update({ decided_at: new Date(clock.now() - daysAgo * DAY_MS) });
  const answered = await inTx((tx) => claims.counter(tx, { ...notice, claimId, accountId: account.id }));
  if (!answered.ok) throw new Error(answered.detail);
  const { state } = await db('accounts').where({ id: account.id }).first('state');
  const counts = (await claims.repeatCounts([account.id])).get(account.id) ?? 0;
  const limit = claims.rules.repeatLimit;
  return {
    ...{ state, counts, atLimit: limit !== null && counts >= limit },
    /** In working days: weeks have five. */
    waiting: workingDaysUntil(answered.counter.dueAt, clock.now()),
  };
}

const DAY_MS = 24 * 3_600_000;

function workingDaysUntil(to: Date, from: number): number {
  let days = 0;
  for (let at = from + DAY_MS; at <= to.getTime() + DAY_MS / 2; at += DAY_MS) {
    const day = new Date(at).getUTCDay();
    if (day !== 0 && day !== 6) days += 1;
  }
  return days;
}
