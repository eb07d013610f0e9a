import type { Tx } from '../../src/db/database.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import type { Shareable } from '../../src/modules/engagement/index.ts';
import type { NewPost } from '../posts.ts';
import { idOf, listOf, typesOf } from '../translate/read.ts';
import { uriOfPost } from './create.ts';
import { type Hint, hintOf, takeHint } from './hint.ts';
import type { Activity } from './normalise.ts';
import {
  applied,
  ignored,
  lockObject,
  type Outcome,
  seenPost,
  senderOf,
  unusable,
  type VerbContext,
  verb,
} from './verb.ts';

type Plan = Passed | { readonly hint: Hint };

interface Passed {
  readonly account: Account;
  /** A video that is here, or a post that came from its own server just now. */
  readonly what: { readonly video: Shareable } | { readonly post: NewPost };
  /** Null where a channel announces a video of its own, or a server any: it publishes it, which is no share. */
  readonly shareUri: string | null;
}

/**
 * Somebody passes a post on. Only its id counts: what the activity embeds was written by the wrong hand, so
 * an unknown post is asked for at its own server (security.md V3), and only when somebody here follows the one
 * who passes it on.
 */
export const announce = verb<Plan>({
  async verify(activity, context) {
    const objectId = announcedId(activity);
    const relay = await context.relays.accepted(activity.actorUri);
    if (relay) {
      const told = await hintOf(relay, objectId, context);
      return 'state' in told ? told : { plan: told };
    }
    if (objectId === null) return ignored('object-without-id');
    const sender = await senderOf(activity, context);
    if ('state' in sender) return sender;
    const { account } = sender;
    const known = await context.posts.find(objectId);
    if (known) {
      const seen = await seenPost(objectId, account, context);
      if (seen?.kind !== 'video') return ignored(seen ? 'not-a-video' : 'unknown-object');
      const { id, accountId, visibility, attributedTo } = seen.video;
      // Not the whole: its `state` would pass for that of an outcome.
      return {
        plan: planOf(account, activity, { video: { id, accountId, visibility } }, attributedTo, accountId),
      };
    }
    if (context.urls.isOurs(objectId)) return ignored('unknown-object');
    if (!(await context.social.isFollowedHere(account.id))) return ignored('not-followed');
    const fetched = await context.posts.fetch(objectId);
    if (!fetched.ok) return unusable(fetched.why);
    const { post } = fetched;
    // Its server gave it to us alone; to keep it on the word of somebody else would widen its audience (P3).
    const { visibility } = post.kind === 'video' ? post.video : post.comment;
    if (visibility !== 'public' && visibility !== 'unlisted') return ignored('not-public');
    const others = post.kind === 'video' ? post.video.attributedTo : [];
    return { plan: planOf(account, activity, { post }, others, post.author.id) };
  },
  async apply(plan, tx, context) {
    if ('hint' in plan) return takeHint(plan.hint, tx, context);
    const { account, what, shareUri } = plan;
    const brought = 'video' in what ? what : await bring(what.post, tx, context);
    if ('state' in brought) return brought;
    if (shareUri === null) return applied;
    const { video } = brought;
    await lockObject(tx, shareUri);
    const outcome = await context.engagement.share(tx, account, video, shareUri);
    return outcome.ok ? applied : ignored(outcome.reason);
  },
});

function planOf(
  account: Account,
  { id }: Activity,
  what: Passed['what'],
  attributedTo: readonly string[],
  authorId: string,
): Passed {
  const isOwn = authorId === account.id || attributedTo.includes(account.actorUri);
  // A server, be it a relay or PeerTube’s, has no taste of its own: it passes everything on.
  const isPublication = account.actorType === 'Application' || (isOwn && account.actorType !== 'Person');
  return { account, what, shareUri: isPublication ? null : id };
}

async function bring(
  post: NewPost,
  tx: Tx,
  context: VerbContext,
): Promise<{ readonly video: Shareable } | Outcome> {
  await lockObject(tx, uriOfPost(post));
  const stored = await context.posts.store(tx, post);
  // It came in by another way this very moment; the next try finds it known.
  if (!stored.ok && stored.reason === 'known') throw new Error('The post is being stored just now.');
  if (!stored.ok) return ignored(stored.reason);
  if (post.kind !== 'video' || !('videoId' in stored)) return applied;
  return {
    video: { id: stored.videoId, accountId: post.author.id, visibility: post.video.visibility },
  };
}

/** Lemmy wraps the activity of somebody else; what that was about is then what is passed on. */
function announcedId({ object, objectId }: Activity): string | null {
  const wraps = object !== null && typesOf(object).some((type) => type === 'Create' || type === 'Update');
  return wraps ? idOf(listOf(object.object)[0]) : objectId;
}
