import type { Db, Tx } from './database.ts';

/** Keeps the address of something deleted, so that it is answered with 410 and a late Create is refused. */
export async function rememberDeleted(tx: Tx, uri: string, actorUri: string): Promise<void> {
  await tx('tombstones').insert({ uri, actor_uri: actorUri }).onConflict(['uri', 'actor_uri']).ignore();
}

/**
 * Whether one of `actorUris`, who may all speak for the post, deleted it; what others claim does not count. A
 * version of it that is newer than the deletion brings it back: PeerTube deletes a video elsewhere when it
 * becomes private, and sends it again under the same id when it is public once more (peertube.md 5).
 */
export async function isDeleted(
  tx: Tx,
  post: { readonly uri: string; readonly actorUris: readonly string[]; readonly editedAt: Date | null },
): Promise<boolean> {
  const mine = () =>
    tx('tombstones')
      .where({ uri: post.uri })
      .whereIn('actor_uri', [...post.actorUris]);
  const row = await mine().max('deleted_at as at').first();
  const deletedAt: Date | null = row?.at ?? null;
  if (deletedAt === null) return false;
  if (post.editedAt === null || post.editedAt <= deletedAt) return true;
  await mine().delete();
  return false;
}

/** When the post at this address was deleted, or null. */
export async function tombstoneOf(db: Db, uri: string): Promise<{ uri: string; deletedAt: Date } | null> {
  const row = await db('tombstones').where({ uri }).first('uri', 'deleted_at as deletedAt');
  return row ?? null;
}
