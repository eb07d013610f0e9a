import { claimLimits } from '../../../config/claim-limits.ts';
import type { Db } from '../../db/database.ts';
import { within } from '../../db/paging.ts';
import type { AccountId, MeasureId, VideoId } from '../../lib/ids.ts';
import type { Page } from '../../lib/paging.ts';
import type { ClaimDeps } from './deps.ts';
import { describe, type Related, relatedTo } from './finding.ts';
import {
  type Claim,
  type ClaimId,
  type ClaimRow,
  type ClaimState,
  type ClaimVideo,
  type ClaimVideoRow,
  type Counter,
  type CounterId,
  type CounterRow,
  claimFromRow,
  claimVideoFromRow,
  counterFromRow,
} from './model.ts';
import { repeatCounts } from './repeats.ts';

/** What the staff asks for; what is left out does not narrow. */
export interface ClaimFilter {
  readonly state?: ClaimState | undefined;
  /** Part of a name, an organisation or an address. */
  readonly q?: string | undefined;
  /** Claims against videos of this account. */
  readonly accountId?: AccountId | undefined;
}

/** How many claims of one sort are in which state. */
type Tally = { readonly state: ClaimState; readonly count: number }[];

interface Preview {
  readonly videos: readonly Related[];
  /** False: there may be more. */
  readonly isComplete: boolean;
}

/** What of a decision is still being done, in portions. */
interface Remaining {
  readonly toRemove: number;
  readonly toReturn: number;
}

/** What somebody is told of the claim that a video of theirs was removed for. */
export interface ToldClaim {
  readonly claim: Claim;
  readonly video: ClaimVideo;
  readonly counter: Counter | null;
}

/** Reads of claims. */
export function claimQueries(deps: Pick<ClaimDeps, 'db' | 'clock' | 'rules' | 'hashes'>) {
  const { db } = deps;

  async function tally(narrow: { email: string } | { accountId: AccountId }): Promise<Tally> {
    const query = db('claims').whereNot('state', 'unconfirmed').groupBy('state').select('state');
    if ('email' in narrow) query.whereRaw('lower(email) = lower(?)', [narrow.email]);
    else query.whereIn('id', claimsOf(db, narrow.accountId));
    const rows: { state: ClaimState; count: string }[] = await query.count('* as count');
    return rows.map(({ state, count }) => ({ state, count: Number(count) }));
  }

  return {
    async byId(id: ClaimId): Promise<Claim | null> {
      const row: ClaimRow | undefined = await db('claims').where({ id }).first();
      return row ? claimFromRow(row) : null;
    },

    /** For the staff, newest first. Those that were not confirmed are shown where they are asked for. */
    async list({ state, q, accountId }: ClaimFilter, page: Page): Promise<Claim[]> {
      const query = db('claims').modify(within(page, 'id')).select('*');
      if (state === undefined) query.whereNot({ state: 'unconfirmed' });
      else query.where({ state });
      if (accountId !== undefined) query.whereIn('id', claimsOf(db, accountId));
      if (q !== undefined && q !== '') {
        const pattern = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
        query.where((any) =>
          any
            .whereILike('name', pattern)
            .orWhereILike('organisation', pattern)
            .orWhereILike('email', pattern),
        );
      }
      const rows: ClaimRow[] = await query;
      return (page.minId === null ? rows : rows.reverse()).map(claimFromRow);
    },

    /** How many wait for a decision. */
    async countOpen(): Promise<number> {
      const row = await db('claims').where({ state: 'open' }).count('* as count').first();
      return Number(row?.count ?? 0);
    },

    /** Videos of these claims, the claimed ones first. */
    async videosAmong(ids: readonly ClaimId[]): Promise<Map<ClaimId, ClaimVideo[]>> {
      const rows: ClaimVideoRow[] = await db('claim_videos')
        .whereRaw('claim_id = any(?::bigint[])', [[...ids]])
        .orderByRaw(`(via <> 'claimed'), id`)
        .limit(claimLimits.maxListed * Math.max(1, ids.length));
      return Map.groupBy(rows.map(claimVideoFromRow), ({ claimId }) => claimId);
    },

    /** How many videos of these claims are still to be removed, or to come back. */
    async remainingAmong(ids: readonly ClaimId[]): Promise<Map<ClaimId, Remaining>> {
      const rows: { claim_id: ClaimId; removal: string; return: string }[] = await db('claim_videos')
        .whereRaw('claim_id = any(?::bigint[])', [[...ids]])
        .whereNotNull('awaits')
        .groupBy('claim_id')
        .select(
          'claim_id',
          db.raw(`count(*) filter (where awaits = 'removal') as removal`),
          db.raw(`count(*) filter (where awaits = 'return') as return`),
        );
      return new Map(
        rows.map((row) => [row.claim_id, { toRemove: Number(row.removal), toReturn: Number(row.return) }]),
      );
    },

    /** What uploaders answered, oldest first. */
    async countersAmong(ids: readonly ClaimId[]): Promise<Map<ClaimId, Counter[]>> {
      const rows: CounterRow[] = await db('claim_counters')
        .whereRaw('claim_id = any(?::bigint[])', [[...ids]])
        .orderBy('id');
      return Map.groupBy(rows.map(counterFromRow), ({ claimId }) => claimId);
    },

    async counterById(id: CounterId): Promise<Counter | null> {
      const row: CounterRow | undefined = await db('claim_counters').where({ id }).first();
      return row ? counterFromRow(row) : null;
    },

    /** How claims with this address ended. */
    ofClaimant: (email: string) => tally({ email }),
    /** How claims against videos of this account ended. */
    againstAccount: (accountId: AccountId) => tally({ accountId }),
    repeatCounts: (accountIds: readonly AccountId[]) => repeatCounts(deps, db, accountIds),

    /** What upholding a claim removes besides the claimed videos, in bounds; pictures are looked through as far as the signal allows. */
    async preview(claimed: readonly VideoId[], signal: AbortSignal): Promise<Preview> {
      const related = await relatedTo(deps.hashes, db, claimed, 'mute');
      const seen = new Set<VideoId>(related.map(({ videoId }) => videoId));
      const steps = [];
      for await (const { videoId, ofId } of deps.hashes.samePictures(claimed, signal)) {
        if (seen.has(videoId)) continue;
        steps.push({ videoId, ofId, via: 'picture' as const });
        if (steps.length >= claimLimits.maxListed) break;
      }
      return {
        videos: [...related, ...(await describe(db, steps))],
        isComplete:
          !signal.aborted && related.length < claimLimits.maxCascade && steps.length < claimLimits.maxListed,
      };
    },

    /** The claims that these measures carried out, by the measure. */
    async toldAmong(measureIds: readonly MeasureId[]): Promise<Map<MeasureId, ToldClaim>> {
      const rows: ClaimVideoRow[] = await db('claim_videos')
        .whereRaw('measure_id = any(?::bigint[])', [[...measureIds]])
        .where({ owns_measure: true })
        .orderBy('id');
      const ids = [...new Set(rows.map((row) => row.claim_id))];
      const claims: ClaimRow[] = await db('claims').whereRaw('id = any(?::bigint[])', [ids]);
      const counters: CounterRow[] = await db('claim_counters').whereRaw('claim_id = any(?::bigint[])', [
        ids,
      ]);
      const told = new Map<MeasureId, ToldClaim>();
      for (const row of rows) {
        const claim = claims.find(({ id }) => id === row.claim_id);
        const counter = counters.find(
          ({ claim_id, account_id }) => claim_id === row.claim_id && account_id === row.account_id,
        );
        if (claim && row.measure_id !== null) {
          told.set(row.measure_id, {
            claim: claimFromRow(claim),
            video: claimVideoFromRow(row),
            counter: counter ? counterFromRow(counter) : null,
          });
        }
      }
      return told;
    },
  };
}

const claimsOf = (db: Db, accountId: AccountId) =>
  db('claim_videos').where({ account_id: accountId }).select('claim_id');
