/** What becomes of rows that are one and the same by their natural key. */
type Way =
  /** Rows of other servers: all that hangs on the others goes over to one of them. */
  | 'merge'
  /** Accounts of other servers with one handle and different ids: the one that was read last has it. */
  | 'rename'
  /** They say no more than the key does: the oldest stays. */
  | 'drop'
  /** Which is right, only people know. */
  | 'by-hand';

export interface NaturalKey {
  readonly table: string;
  readonly columns: readonly string[];
  /** The name of its index, as the migrations made it. */
  readonly index: string;
  /** How the index is made again. */
  readonly as: 'primary key' | 'unique';
  readonly way: Way;
}

const key = (way: Way, table: string, ...columns: readonly string[]): NaturalKey => ({
  ...{ way, table, columns, as: 'unique', index: `${table}_${columns.join('_')}_unique` },
});
const primary = (way: Way, table: string, ...columns: readonly string[]): NaturalKey => ({
  ...{ way, table, columns, as: 'primary key', index: `${table}_pkey` },
});

/** In this order: what hangs on accounts and posts may be there twice once these are one. */
export const naturalKeys: readonly NaturalKey[] = [
  key('merge', 'accounts', 'actor_uri'),
  key('rename', 'accounts', 'username_key', 'domain'),
  key('by-hand', 'users', 'email_key'),
  key('merge', 'videos', 'uri'),
  key('merge', 'comments', 'uri'),
  key('drop', 'follows', 'follower_id', 'target_id'),
  key('drop', 'account_blocks', 'account_id', 'target_id'),
  key('drop', 'account_mutes', 'account_id', 'target_id'),
  key('drop', 'list_accounts', 'list_id', 'account_id'),
  key('drop', 'likes', 'account_id', 'video_id'),
  key('drop', 'likes', 'account_id', 'comment_id'),
  key('drop', 'dislikes', 'account_id', 'video_id'),
  key('drop', 'shares', 'account_id', 'video_id'),
  key('drop', 'bookmarks', 'account_id', 'video_id'),
  key('drop', 'bookmarks', 'account_id', 'comment_id'),
  key('drop', 'mentions', 'video_id', 'account_id'),
  key('drop', 'mentions', 'comment_id', 'account_id'),
  primary('drop', 'pins', 'account_id', 'video_id'),
  primary('drop', 'video_tags', 'tag', 'video_id'),
  key('drop', 'tag_follows', 'account_id', 'tag'),
  key('drop', 'tag_mutes', 'account_id', 'tag'),
  key('drop', 'featured_tags', 'account_id', 'tag'),
  key('drop', 'pack_members', 'pack_id', 'account_id'),
];
