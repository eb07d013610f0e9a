import type { Tx } from '../../src/db/database.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { IdSource } from '../../src/lib/ids.ts';
import type { Account, Accounts } from '../../src/modules/accounts/index.ts';
import type { Comments } from '../../src/modules/comments/index.ts';
import type { Engagement } from '../../src/modules/engagement/index.ts';
import type { Instances, Urls } from '../../src/modules/instances/index.ts';
import type { Moderation } from '../../src/modules/moderation/index.ts';
import type { Packs } from '../../src/modules/packs/index.ts';
import type { Relays } from '../../src/modules/relays/index.ts';
import type { Remixes } from '../../src/modules/remixes/index.ts';
import type { Social } from '../../src/modules/social/index.ts';
import type { Videos } from '../../src/modules/videos/index.ts';
import type { Inspector } from '../inspect.ts';
import type { Lookup } from '../lookup.ts';
import type { LoadDocument } from '../net/document-loader.ts';
import type { DeliveryDeps } from '../outbox/deliveries.ts';
import type { KnownPost, Posts, Unusable } from '../posts.ts';
import type { Threads } from '../reading/threads.ts';
import type { Activity } from './normalise.ts';
import type { FetchBudget } from './signature/fetch-budget.ts';

export { lockObject, lockObjects } from '../object-lock.ts';

/** What handlers of activities work with. They call the same commands as local people do. */
export interface VerbContext extends DeliveryDeps {
  readonly ids: IdSource;
  readonly accounts: Accounts;
  readonly social: Social;
  readonly videos: Videos;
  readonly comments: Comments;
  readonly engagement: Engagement;
  readonly moderation: Moderation;
  readonly packs: Pick<Packs, 'byUri' | 'forgetRemote'>;
  readonly relays: Relays;
  readonly remixes: Remixes;
  readonly posts: Posts;
  readonly instances: Instances;
  readonly threads: Threads;
  readonly inspector: Inspector;
  /** How often each relay may send us to ask for something. */
  readonly relayBudget: FetchBudget;
  readonly instanceAccount: Account;
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

/** A post that could not be used, as an outcome. Throws where another try may help. */
export function unusable(why: Unusable): Outcome {
  if (why.again) throw new Error(`It could not be had just now: ${why.reason}`);
  return why.refused ? refused(why.reason) : ignored(why.reason);
}

/** The account of the sender, from its server where it is not known. Throws where that is away for now. */
export async function senderOf(
  { actorUri }: Activity,
  { lookup }: VerbContext,
): Promise<Outcome | { readonly account: Account }> {
  const found = await lookup.actor(actorUri);
  if (found.ok) return { account: found.account };
  if (found.reason === 'unreachable') throw new Error(found.detail ?? found.reason);
  return ignored(`sender-${found.reason}`);
}

/**
 * The post that an activity is about, where the sender may see it; one that is out of its sight is as absent
 * as one that never was (security.md P2).
 */
export async function seenPost(
  uri: string | null,
  viewer: Account,
  { posts }: VerbContext,
): Promise<KnownPost | null> {
  return uri === null ? null : posts.seen(uri, viewer);
}

/**
 * An account of this server by its actor id, or null. A channel stands for its owner, except towards those who
 * follow it.
 */
export async function ourPerson(uri: string | null, { accounts }: VerbContext): Promise<Account | null> {
  const account = uri === null ? null : await accounts.byActorUri(uri);
  if (account?.domain !== null) return null;
  return account.ownerId === null ? account : accounts.byId(account.ownerId);
}

/** What a Like or its Undo points at, in the terms of the engagement module. */
export function likeableOf(post: KnownPost) {
  return post.kind === 'video' ? { videoId: post.video.id } : { commentId: post.comment.id };
}

/** A check that ended early, or a plan to be carried out in one transaction. */
export type Checked = Outcome | Ready;

/** A plan to be carried out: together with others of its kind, which are those with the same `carryOut`. */
interface Ready {
  readonly state: 'ready';
  readonly carryOut: (steps: readonly Ready[], tx: Tx) => Promise<readonly Outcome[]>;
}

/** The handler of one type of activity, ready to be put in the map of all. */
export type Verb = (activity: Activity, context: VerbContext) => Promise<Checked>;

interface Verify<Plan> {
  verify(activity: Activity, context: VerbContext): Promise<Outcome | { readonly plan: Plan }>;
}

/**
 * Joins the two steps of a verb. `verify` decides whether the sender may do this, and may ask other servers,
 * but writes nothing; `apply` carries its plan out. Throwing from either means: try again later.
 */
export function verb<Plan extends object>(
  steps: Verify<Plan> & { apply(plan: Plan, tx: Tx, context: VerbContext): Promise<Outcome> },
): Verb {
  return verbForMany({
    verify: steps.verify,
    async applyAll(plans, tx, context) {
      const outcomes: Outcome[] = [];
      for (const plan of plans) outcomes.push(await steps.apply(plan, tx, context));
      return outcomes;
    },
  });
}

/** Like `verb`, for what comes in such numbers that many plans are carried out at once: one outcome for each. */
export function verbForMany<Plan extends object>(
  steps: Verify<Plan> & {
    applyAll(plans: readonly Plan[], tx: Tx, context: VerbContext): Promise<readonly Outcome[]>;
  },
): Verb {
  const plans = new WeakMap<Ready, { readonly plan: Plan; readonly context: VerbContext }>();
  const carryOut: Ready['carryOut'] = async (ready, tx) => {
    const mine = ready.flatMap((step) => plans.get(step) ?? []);
    const [first] = mine;
    if (!first) return [];
    return steps.applyAll(
      mine.map(({ plan }) => plan),
      tx,
      first.context,
    );
  };
  return async (activity, context) => {
    const verdict = await steps.verify(activity, context);
    if ('state' in verdict) return verdict;
    const ready: Ready = { state: 'ready', carryOut };
    plans.set(ready, { plan: verdict.plan, context });
    return ready;
  };
}

/** Carries out what was checked, and tells what became of each, in their order. */
export async function carryOutAll(checked: readonly Checked[], tx: Tx): Promise<readonly Outcome[]> {
  const outcomes = new Map<Checked, Outcome>();
  const ready: Ready[] = [];
  for (const one of checked) {
    if (one.state === 'ready') ready.push(one);
    else outcomes.set(one, one);
  }
  for (const [carryOut, steps] of Map.groupBy(ready, (step) => step.carryOut)) {
    const told = await carryOut(steps, tx);
    for (const [at, step] of steps.entries()) {
      const outcome = told[at];
      if (outcome) outcomes.set(step, outcome);
    }
  }
  return checked.map((one) => {
    const outcome = outcomes.get(one);
    if (!outcome) throw new Error('An activity was carried out without a word on its outcome.');
    return outcome;
  });
}
