import type { Db, Tx } from './database.ts';

/** Keeps the address of something deleted, so that it is answered with 410 and a late Create is refused. */
export async function rememberDeleted(tx: Tx, uri: string, actorUri: string): Promise<void> {
  await tx('tombstones').insert({ uri, actor_uri: actorUri }).onConflict(['uri', 'actor_uri']).ignore();
}

/** A post that arrives, and who may speak for it. */
interface Arriving {
  readonly uri: string;
  readonly actorUris: readonly string[];
  readonly editedAt: Date | null;
}

/**
 * Of each post, whether one of its `actorUris` deleted it; what others claim does not count. A version of it that
 * is newer than the deletion brings it back: PeerTube deletes a video elsewhere when it becomes private, and sends
 * it again under the same id when it is public once more (peertube.md 5).
 */
export async function deletedAmong(tx: Tx, posts: readonly Arriving[]): Promise<boolean[]> {
  const rows: { uri: string; actor_uri: string; deleted_at: Date }[] = await tx('tombstones').whereRaw(
    'uri = any(?)',
    [posts.map(({ uri }) => uri)],
  );
  const byUri = Map.groupBy(rows, ({ uri }) => uri);
  const deleted: boolean[] = [];
  for (const { uri, actorUris, editedAt } of posts) {
    const mine = (byUri.get(uri) ?? []).filter((row) => actorUris.includes(row.actor_uri));
    const isBack = mine.every((row) => editedAt !== null && editedAt > row.deleted_at);
    if (isBack && mine.length > 0) {
      await tx('tombstones')
        .where({ uri })
        .whereIn('actor_uri', [...actorUris])
        .delete();
    }
    deleted.push(!isBack);
  }
  return deleted;
}

/** `deletedAmong` of one post. */
export async function isDeleted(tx: Tx, post: Arriving): Promise<boolean> {
  return (await deletedAmong(tx, [post]))[0] === true;
}

/** When the post at this address was deleted, or null. */
export async function tombstoneOf(db: Db, uri: string): Promise<{ uri: string; deletedAt: Date } | null> {
  const row = await db('tombstones').where({ uri }).first('uri', 'deleted_at as deletedAt');
  return row ?? null;
}
