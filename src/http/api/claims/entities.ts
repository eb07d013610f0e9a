import { z } from 'zod';
import { type Claim, type ClaimVideo, claimStates, lentVias, vias } from '../../../modules/claims/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { accountEntitiesOf } from '../accounts/entities.ts';
import { staffVideoEntitiesOf, staffVideoEntity } from '../measures/videos.ts';
import { accountEntity } from '../schemas.ts';
import { counterEntity, counterEntityOf } from './counter-entity.ts';

const claimState = z
  .enum(claimStates)
  .describe('`unconfirmed`: nobody has followed the link of the mail yet');

/** What whoever filed a claim sees of it. */
export const claimEntity = z
  .object({
    id: z.string(),
    state: claimState,
    name: z.string(),
    email: z.string(),
    organisation: z.string(),
    work: z.string(),
    originals: z.array(z.string()),
    videos: z.array(z.object({ url: z.string(), removed: z.boolean() })),
    answer: z.string().describe('Why it was decided so'),
    created_at: z.string(),
    decided_at: z.string().nullable(),
    counter_notices: z.array(counterEntity),
    link: z
      .string()
      .nullable()
      .describe(
        'The page of the claim; told only in the answer to filing one, where this server sends no mail',
      ),
  })
  .meta({ id: 'CopyrightClaim' });

const at = (date: Date | null): string | null => date?.toISOString() ?? null;
const isRemoved = ({ removedAt, restoredAt }: ClaimVideo): boolean =>
  removedAt !== null && restoredAt === null;

export async function claimEntityOf(
  deps: HttpDeps,
  claim: Claim,
  link: string | null,
): Promise<z.input<typeof claimEntity>> {
  const videos = (await deps.claims.videosAmong([claim.id])).get(claim.id) ?? [];
  const counters = (await deps.claims.countersAmong([claim.id])).get(claim.id) ?? [];
  const { name, email, organisation } = claim.claimant;
  return {
    ...{ id: claim.id, state: claim.state, name, email, organisation, work: claim.work },
    originals: [...claim.originals],
    videos: videos
      .filter(({ via }) => via === 'claimed')
      .map((video) => ({ url: video.url, removed: isRemoved(video) })),
    answer: claim.answer,
    created_at: claim.createdAt.toISOString(),
    decided_at: at(claim.decidedAt),
    counter_notices: counters.map(counterEntityOf),
    link,
  };
}

const tally = z.array(z.object({ state: z.enum(claimStates), count: z.number() }));

/** A claim in the list of the staff. */
export const staffClaimEntity = z
  .object({
    id: z.string(),
    state: claimState,
    name: z.string(),
    email: z.string(),
    confirmed: z.boolean().describe('Whether the e-mail address was shown to be theirs'),
    organisation: z.string(),
    address: z.string(),
    country: z.string(),
    acts_as: z.enum(['owner', 'agent']),
    work: z.string(),
    originals: z.array(z.string()),
    signature: z.string(),
    created_at: z.string(),
    decided_at: z.string().nullable(),
    decided_by: accountEntity.nullable(),
    answer: z.string(),
    audit_id: z.string().nullable(),
    video_count: z.number().describe('Of the claimed ones'),
    waiting_counter_notices: z.number(),
  })
  .meta({ id: 'AdminClaim' });

const claimVideoEntity = z.object({
  id: z.string(),
  url: z.string(),
  via: z
    .enum(vias)
    .describe(
      '`file`, `picture`: a copy; `remix`: a duet or a stitch; `sound`: made with its sound, or from such a one',
    ),
  via_video_id: z.string().nullable().describe('Whose copy or remix it is, or whose sound it has'),
  removed: z.boolean(),
  restored: z.boolean(),
  video: staffVideoEntity.nullable().describe('Null where it is gone, or not for everybody'),
});

const uploaderEntity = z.object({
  account: accountEntity,
  upheld: z.number().describe('Claims that count now'),
  at_limit: z.boolean().describe('A repeat infringer by the settings of this server'),
  history: tally,
});

/** All that the staff needs to decide. */
export const staffClaimDetail = staffClaimEntity
  .extend({
    videos: z.array(claimVideoEntity),
    remaining: z
      .object({ to_remove: z.number(), to_return: z.number() })
      .describe('Videos that a decision is still being carried out for, in portions'),
    uploaders: z.array(uploaderEntity),
    claimant_history: tally.describe('How claims with the same e-mail address ended'),
    counter_notices: z.array(counterEntity.extend({ account: accountEntity.nullable() })),
  })
  .meta({ id: 'AdminClaimDetail' });

/** Claims as the list shows them. */
export async function staffClaimEntitiesOf(
  deps: HttpDeps,
  claims: readonly Claim[],
): Promise<z.input<typeof staffClaimEntity>[]> {
  const ids = claims.map(({ id }) => id);
  const [videos, counters, people] = await Promise.all([
    deps.claims.videosAmong(ids),
    deps.claims.countersAmong(ids),
    peopleOf(
      deps,
      claims.flatMap(({ decidedById }) => decidedById ?? []),
    ),
  ]);
  return claims.map((claim) => {
    const { name, email, organisation, address, country, actsAs } = claim.claimant;
    return {
      ...{ id: claim.id, state: claim.state, name, email, organisation, address, country },
      ...{ acts_as: actsAs, work: claim.work, originals: [...claim.originals] },
      ...{ signature: claim.signature, answer: claim.answer, audit_id: claim.auditId },
      confirmed: claim.confirmedAt !== null,
      created_at: claim.createdAt.toISOString(),
      decided_at: at(claim.decidedAt),
      decided_by: claim.decidedById === null ? null : (people.get(claim.decidedById) ?? null),
      video_count: (videos.get(claim.id) ?? []).filter(({ via }) => via === 'claimed').length,
      waiting_counter_notices: (counters.get(claim.id) ?? []).filter(
        ({ state }) => state === 'waiting' || state === 'sued',
      ).length,
    };
  });
}

type AccountEntity = z.input<typeof accountEntity>;

async function peopleOf(
  deps: HttpDeps,
  ids: readonly Claim['decidedById'][],
): Promise<Map<string, AccountEntity>> {
  const known = await deps.accounts.byIds([...new Set(ids.flatMap((id) => id ?? []))]);
  const people = [...known.values()];
  const written = await accountEntitiesOf(deps, people);
  return new Map(people.flatMap(({ id }, place) => (written[place] ? [[id, written[place]]] : [])));
}

/** One claim with all that belongs to it. */
export async function staffClaimDetailOf(
  deps: HttpDeps,
  claim: Claim,
): Promise<z.input<typeof staffClaimDetail>> {
  const [entity] = await staffClaimEntitiesOf(deps, [claim]);
  if (!entity) throw new Error('A claim has no entity.');
  const videos = (await deps.claims.videosAmong([claim.id])).get(claim.id) ?? [];
  const counters = (await deps.claims.countersAmong([claim.id])).get(claim.id) ?? [];
  const remaining = (await deps.claims.remainingAmong([claim.id])).get(claim.id);
  const people = await peopleOf(deps, [
    ...videos.map(({ accountId }) => accountId),
    ...counters.map(({ accountId }) => accountId),
  ]);
  return {
    ...entity,
    videos: await claimVideosOf(deps, videos),
    remaining: { to_remove: remaining?.toRemove ?? 0, to_return: remaining?.toReturn ?? 0 },
    uploaders: await uploadersOf(deps, videos, people),
    claimant_history: await deps.claims.ofClaimant(claim.claimant.email),
    counter_notices: counters.map((counter) => ({
      ...counterEntityOf(counter),
      account: people.get(counter.accountId) ?? null,
    })),
  };
}

async function claimVideosOf(deps: HttpDeps, videos: readonly ClaimVideo[]) {
  const ids = videos.map(({ videoId }) => videoId);
  const found = await deps.measures.videos(
    { ids },
    { maxId: null, minId: null, sinceId: null, limit: ids.length },
  );
  const written = await staffVideoEntitiesOf(deps, found);
  const byId = new Map(written.map((video) => [video.id, video]));
  return videos.map((video) => ({
    ...{ id: video.videoId, url: video.url, via: video.via, via_video_id: video.viaVideoId },
    removed: isRemoved(video),
    restored: video.restoredAt !== null,
    video: byId.get(video.videoId) ?? null,
  }));
}

async function uploadersOf(
  deps: HttpDeps,
  videos: readonly ClaimVideo[],
  people: ReadonlyMap<string, AccountEntity>,
) {
  const ids = [
    ...new Set(videos.filter(({ via }) => !lentVias.includes(via)).map(({ accountId }) => accountId)),
  ];
  const counts = await deps.claims.repeatCounts(ids);
  const limit = deps.claims.rules.repeatLimit;
  const uploaders = ids.map(async (id) => {
    const account = people.get(id);
    const upheld = counts.get(id) ?? 0;
    const at_limit = limit !== null && upheld >= limit;
    return account ? [{ account, upheld, at_limit, history: await deps.claims.againstAccount(id) }] : [];
  });
  return (await Promise.all(uploaders)).flat();
}
