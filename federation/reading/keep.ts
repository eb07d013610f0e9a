import type { InTx } from '../../src/db/database.ts';
import { fail, ok, type Result } from '../../src/lib/result.ts';
import type { Arrival } from '../../src/modules/videos/index.ts';
import { lockObject } from '../object-lock.ts';
import type { KnownPost, NewPost, Posts } from '../posts.ts';
import { idOf, isObject, type JsonObject, sameOrigin } from '../translate/read.ts';

/** A post that was read of its own server is stored, as if it had been sent; one that is here stays as it is. */
export type Keep = (post: NewPost, arrival?: Arrival) => Promise<Result<{ post: KnownPost }, string>>;

/** What the whole of the internet may read. */
export function isOpen(post: NewPost): boolean {
  const { visibility } = post.kind === 'video' ? post.video : post.comment;
  return visibility === 'public' || visibility === 'unlisted';
}

export function createKeep({ inTx, posts }: { readonly inTx: InTx; readonly posts: Posts }): Keep {
  return async (post, arrival) => {
    // Nobody vouches that a stranger who asks may see anything else.
    if (!isOpen(post)) return fail('not-public');
    const { uri } = post.kind === 'video' ? post.video : post.comment;
    const stored = await inTx(async (tx) => {
      await lockObject(tx, uri);
      return posts.store(tx, post, arrival);
    });
    if (!stored.ok && stored.reason !== 'known') return stored;
    const kept = await posts.find(uri);
    return kept ? ok({ post: kept }) : fail('deleted');
  };
}

/**
 * The document of a post that a collection of `origin` embeds or names, or null. Only posts of that very origin
 * count: then what is embedded speaks for itself (FEP-fe34), and what is only named is asked for there.
 */
export async function documentOfItem(
  posts: Posts,
  origin: string,
  item: unknown,
  signal: AbortSignal,
): Promise<JsonObject | null> {
  const uri = idOf(item);
  if (uri === null || !sameOrigin(uri, origin)) return null;
  if (isObject(item) && item.type !== undefined && item.attributedTo !== undefined) return item;
  const loaded = await posts.load(uri, signal);
  return loaded.ok ? loaded.document : null;
}
