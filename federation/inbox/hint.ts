import type { Tx } from '../../src/db/database.ts';
import type { Relay } from '../../src/modules/relays/index.ts';
import type { NewPost } from '../posts.ts';
import { applied, ignored, lockObject, type Outcome, type VerbContext } from './verb.ts';

/** A public video that a relay told of, as its own server serves it. */
export interface Hint {
  readonly relay: Relay;
  readonly post: Extract<NewPost, { kind: 'video' }>;
  readonly isDiscovery: boolean;
}

/**
 * What a relay passes on is a hint to ask the origin, and nothing else: its word is never believed, and nothing but
 * a public video is kept (federation-interop.md 4). Hints that cannot be followed now, or are too many, are lost.
 */
export async function hintOf(
  relay: Relay,
  objectId: string | null,
  { posts, urls, instances, relayBudget }: VerbContext,
): Promise<Outcome | { readonly hint: Hint }> {
  if (objectId === null) return ignored('object-without-id');
  if (urls.isOurs(objectId)) return ignored('object-is-ours');
  if (await posts.find(objectId)) return ignored('known');
  // What such a server sends itself is not heard either, or not shown: no relay brings it in by another way.
  const { silenced, rejectsMedia } = await instances.standingOf(new URL(objectId).host);
  if (silenced || rejectsMedia) return ignored('domain-limited');
  if (!relayBudget.take(relay.id)) return ignored('too-many-hints');
  const fetched = await posts.fetch(objectId);
  if (!fetched.ok) return ignored(fetched.why.reason);
  const { post } = fetched;
  if (post.kind !== 'video' || post.video.visibility !== 'public') return ignored('not-a-public-video');
  return { hint: { relay, post, isDiscovery: (await posts.whyNotWanted(post)) !== null } };
}

/** Keeps the video, without a word on who passed it on. */
export async function takeHint(
  { relay, post, isDiscovery }: Hint,
  tx: Tx,
  context: VerbContext,
): Promise<Outcome> {
  await lockObject(tx, post.video.uri);
  // Counted first: one that is known by now uses up a place of the day, which does no harm.
  if (!(await context.relays.countVideo(tx, relay.id))) return ignored('too-many-videos');
  const stored = await context.posts.store(tx, post, { isPast: true, isDiscovery });
  return stored.ok ? applied : ignored(stored.reason);
}
