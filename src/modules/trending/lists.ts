import { z } from 'zod';
import { trendSettings, trendUpkeep } from '../../../config/trend-limits.ts';
import type { Db } from '../../db/database.ts';
import { notMutedBy } from '../../db/feed.ts';
import {
  accountListedTo,
  notKeptFromLists,
  notLimited,
  notSilencedFor,
  type UnlistedDomains,
  visibleTo,
} from '../../db/visibility.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import type { TrendSubject } from './aggregator.ts';
import type { DecisionReads } from './decisions.ts';
import type { DomainTrust } from './domains.ts';
import { plainTag } from './plain-tag.ts';
import type { TrendScope } from './scopes.ts';
import type { Shelves } from './shelves.ts';
import { boardKey, OWN_BOARD, type TrendWindow } from './standing.ts';

export interface TrendPage {
  readonly offset: number;
  readonly limit: number;
}

type VideoScope = Extract<TrendScope, { of: 'videos' }>;

const trustSchema = z.array(
  z.object({
    ...{ domain: z.string(), trust: z.number(), override: z.number().nullable(), knownMs: z.number() },
    ...{ followers: z.number(), actors: z.number(), returned: z.number(), reports: z.number() },
  }),
);
const toldSchema = z.record(z.string(), z.number().nullable());
const spellingsSchema = z.record(z.string(), z.string());

/**
 * Trends as people read them: the lists come from Redis, and what may be shown of them from PostgreSQL, at the moment they
 * are read. A page costs one question to each, whatever its length. Null where there is no such list (yet).
 */
export function createTrendLists(deps: {
  readonly db: Db;
  readonly shelves: Shelves;
  readonly decisions: DecisionReads;
  readonly unlistedDomains: UnlistedDomains;
}) {
  const { db, shelves, decisions, unlistedDomains } = deps;

  /** Enough of a list for a page, with some to spare for what may not be shown. */
  const candidates = async (board: string, { offset, limit }: TrendPage): Promise<string[] | null> => {
    const most = Math.min(trendSettings.bounds.perBoard, (offset + limit) * 2 + trendUpkeep.spare);
    const ids = await shelves.best(board, most);
    return ids === null || ids.length === 0 ? null : ids;
  };

  /** The same without what has its place by the word of other servers: nobody passes on what is only told. */
  const ownCandidates = async (board: string, { offset, limit }: TrendPage): Promise<string[] | null> => {
    const most = (offset + limit) * 2 + trendUpkeep.spare + trendUpkeep.maxTold;
    const values = await shelves.bestWithValues(board, Math.min(trendSettings.bounds.perBoard, most));
    if (values === null || values.length === 0) return null;
    const real = toldSchema.catch({}).parse((await shelves.read('told')) ?? {});
    return values
      .flatMap(([id, value]) => {
        const own = real[id] === undefined ? value : real[id];
        return own === null ? [] : [[id, board === OWN_BOARD ? own : value] as const];
      })
      .sort((a, b) => b[1] - a[1])
      .map(([id]) => id);
  };

  const part = <T>(of: readonly T[], { offset, limit }: TrendPage): T[] => of.slice(offset, offset + limit);

  /** Those of these videos that somebody may see as trends now, in their order. */
  async function showable(viewerId: AccountId | null, ids: readonly string[]): Promise<VideoId[]> {
    const shown: VideoId[] = await db('videos')
      .whereRaw('videos.id = any(?::bigint[])', [[...ids]])
      .where({ 'videos.visibility': 'public', 'videos.sensitive': false, 'videos.staff_sensitive': false })
      .modify(visibleTo(viewerId, unlistedDomains))
      .modify(notSilencedFor(viewerId))
      .modify(notMutedBy(viewerId))
      .whereNotExists((decided) =>
        decided
          .select('subject')
          .from('trend_decisions')
          .where((against) =>
            against
              .where((own) =>
                own
                  .where('of', 'videos')
                  .whereIn('standing', ['held', 'vetoed'])
                  .whereRaw('subject = videos.id::text'),
              )
              .orWhere((maker) =>
                maker
                  .where({ of: 'creators', standing: 'vetoed' })
                  .whereRaw('subject = videos.account_id::text'),
              ),
          ),
      )
      .pluck('videos.id');
    const isShown = new Set<string>(shown);
    return ids.filter((id): id is VideoId => isShown.has(id));
  }

  return {
    async videos(
      viewerId: AccountId | null,
      scope: VideoScope,
      page: TrendPage,
      { window = 'usual', isOwn = false }: { readonly window?: TrendWindow; readonly isOwn?: boolean } = {},
    ): Promise<VideoId[] | null> {
      const folded = scope.within === 'tag' ? { ...scope, key: plainTag(scope.key) } : scope;
      const ids = await (isOwn ? ownCandidates : candidates)(boardKey(folded, window), page);
      return ids === null ? null : part(await showable(viewerId, ids), page);
    },

    /** Hashtags as most people write them. */
    async tags(page: TrendPage): Promise<string[] | null> {
      const ids = await candidates('tags', page);
      if (ids === null) return null;
      const spellings = spellingsSchema.catch({}).parse((await shelves.read('spellings')) ?? {});
      const shown = part(await decisions.allowed('tags', ids), page);
      return shown.map((tag) => spellings[tag] ?? tag);
    },

    /** Sounds, those that most people are on about first; `offered` says which of them there are for whoever reads. */
    async sounds<T extends string>(
      page: TrendPage,
      offered: (ids: readonly string[]) => Promise<readonly T[]>,
    ): Promise<T[]> {
      const ids = (await candidates('sounds', page)) ?? [];
      return part(await offered(await decisions.allowed('sounds', ids)), page);
    },

    /** Accounts that may be shown, most is going on around their videos first. */
    async creators(viewerId: AccountId | null, page: TrendPage): Promise<AccountId[]> {
      const ids = (await candidates('creators', page)) ?? [];
      const shown: string[] = await db('accounts')
        .whereRaw('accounts.id = any(?::bigint[])', [ids])
        .where({ 'accounts.discoverable': true })
        .modify(accountListedTo(viewerId, unlistedDomains))
        .modify(notLimited)
        .modify(notKeptFromLists)
        .whereNotExists((decided) =>
          decided
            .select('subject')
            .from('trend_decisions')
            .where({ of: 'creators' })
            .whereIn('standing', ['held', 'vetoed'])
            .whereRaw('subject = accounts.id::text'),
        )
        .pluck('accounts.id');
      const isShown = new Set(shown);
      return part(
        ids.filter((id): id is AccountId => isShown.has(id)),
        page,
      );
    },

    /** What an admin decides about: a list as it is, whatever was decided. */
    async unfiltered(of: TrendSubject['of'], page: TrendPage): Promise<string[]> {
      const board = of === 'videos' ? boardKey({ of, within: 'global' }, 'usual') : of;
      return part((await candidates(board, page)) ?? [], page);
    },

    /** Servers and how much they are trusted, those with most people first. */
    trust: async (): Promise<DomainTrust[]> =>
      trustSchema.catch([]).parse((await shelves.read('trust')) ?? []),
  };
}
