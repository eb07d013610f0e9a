import type { Db, Tx } from '../../db/database.ts';
import type { AccountId } from '../../lib/ids.ts';
import { rankingDefaults } from '../ranking/index.ts';

/** How somebody wants For You to be. */
export interface FeedWishes {
  /** False: nothing that was learnt of the person is used. */
  readonly isPersonal: boolean;
  /** Factors, by the names of `sliderNames`; 1 where there is none. */
  readonly sliders: Readonly<Record<string, number>>;
  /** Hashtags, folded. */
  readonly interests: readonly string[];
  readonly languages: readonly string[];
}

const NONE: FeedWishes = { isPersonal: true, sliders: {}, interests: [], languages: [] };

/** What somebody may turn up or down: where videos come from, what speaks for one, and what they are likely to do with it. */
export const sliderNames: readonly string[] = [
  ...Object.keys(rankingDefaults.mix).map((name) => `source.${name}`),
  ...Object.keys(rankingDefaults.weights).map((name) => `weight.${name}`),
  ...Object.keys(rankingDefaults.heads).map((name) => `head.${name}`),
];

/** Wishes of people about their feeds. */
export function wishesOf(db: Db) {
  return {
    async of(accountId: AccountId): Promise<FeedWishes> {
      const row = await db('feed_settings')
        .where({ account_id: accountId })
        .first('personal as isPersonal', 'sliders', 'interests', 'languages');
      return row ?? NONE;
    },

    /** Changes what is given. */
    async set(
      tx: Tx,
      accountId: AccountId,
      change: { readonly [Name in keyof FeedWishes]?: FeedWishes[Name] | undefined },
      now: Date,
    ): Promise<void> {
      const told = {
        personal: change.isPersonal,
        sliders: change.sliders === undefined ? undefined : JSON.stringify(change.sliders),
        interests: change.interests && [...change.interests],
        languages: change.languages && [...change.languages],
      };
      const given = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
      if (Object.keys(given).length === 0) return;
      await tx('feed_settings')
        .insert({ account_id: accountId, ...given, changed_at: now })
        .onConflict('account_id')
        .merge({ ...given, changed_at: now });
    },
  };
}
