import type { Tx } from '../../src/db/database.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { Accounts } from '../../src/modules/accounts/index.ts';
import type { Urls } from '../../src/modules/instances/index.ts';
import type { Social } from '../../src/modules/social/index.ts';
import type { Videos } from '../../src/modules/videos/index.ts';
import type { Lookup } from '../lookup.ts';
import type { LoadDocument } from '../net/document-loader.ts';
import type { Activity } from './normalise.ts';

/** What handlers of activities work with. They call the same commands as local people do. */
export interface VerbContext {
  readonly accounts: Accounts;
  readonly social: Social;
  readonly videos: Videos;
  readonly lookup: Lookup;
  readonly loadDocument: LoadDocument;
  readonly urls: Urls;
  readonly clock: Clock;
}

/** What became of an activity: `ignored` is harmless and not for us, `refused` is something nobody may do. */
export type Outcome =
  | { readonly state: 'applied' }
  | { readonly state: 'ignored'; readonly reason: string }
  | { readonly state: 'refused'; readonly reason: string };

export const applied: Outcome = { state: 'applied' };
export const ignored = (reason: string): Outcome => ({ state: 'ignored', reason });
export const refused = (reason: string): Outcome => ({ state: 'refused', reason });

/** A check that ended early, or a plan to be carried out in one transaction. */
export type Checked = Outcome | { readonly state: 'ready'; readonly apply: (tx: Tx) => Promise<Outcome> };

/**
 * Makes activities about one object wait for each other until the transaction ends, so that a Create and its
 * Delete cannot pass one another unseen (federation-interop.md 2).
 */
export async function lockObject(tx: Tx, uri: string): Promise<void> {
  await tx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [uri]);
}

/** The handler of one type of activity, ready to be put in the map of all. */
export type Verb = (activity: Activity, context: VerbContext) => Promise<Checked>;

/**
 * Joins the two steps of a verb. `verify` decides whether the sender may do this, and may ask other servers,
 * but writes nothing; `apply` carries its plan out. Throwing from either means: try again later.
 */
export function verb<Plan extends object>(steps: {
  verify(activity: Activity, context: VerbContext): Promise<Outcome | { readonly plan: Plan }>;
  apply(plan: Plan, tx: Tx, context: VerbContext): Promise<Outcome>;
}): Verb {
  return async (activity, context) => {
    const verdict = await steps.verify(activity, context);
    if ('state' in verdict) return verdict;
    return { state: 'ready', apply: (tx) => steps.apply(verdict.plan, tx, context) };
  };
}
