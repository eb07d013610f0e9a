import type { AccountId, VideoId } from '../../src/lib/ids.ts';
import { idOf, listOf } from '../translate/read.ts';
import type { Activity } from './normalise.ts';
import { applied, ignored, type Outcome, refused, type VerbContext, verb } from './verb.ts';

interface Plan {
  readonly videoId: VideoId;
  readonly accountId: AccountId;
}

/** `Add` and `Remove` count only for an actor’s own list of pinned posts, and its own posts (security.md V8). */
async function pinPlan(activity: Activity, context: VerbContext): Promise<Outcome | { readonly plan: Plan }> {
  const target = idOf(listOf(activity.raw.target)[0]);
  const account = await context.accounts.byActorUri(activity.actorUri);
  if (!account) return ignored('unknown-actor');
  if (account.featuredUri === null || target !== account.featuredUri) return refused('not-their-collection');
  const post = activity.objectId === null ? null : await context.posts.find(activity.objectId);
  if (post?.kind !== 'video') return ignored('unknown-object');
  if (post.video.accountId !== account.id) return refused('not-the-author');
  return { plan: { videoId: post.video.id, accountId: account.id } };
}

const pin = (pinned: boolean) =>
  verb<Plan>({
    verify: pinPlan,
    async apply(plan, tx, { videos }) {
      const outcome = await videos.pin(tx, { ...plan, pinned });
      return outcome.ok ? applied : ignored(outcome.reason);
    },
  });

/** An author pins a post to the top of its profile. */
export const add = pin(true);

/** An author takes a pinned post down again. */
export const remove = pin(false);
