import type { Db, Tx } from '../../db/database.ts';
import type { AccountId } from '../../lib/ids.ts';

/** What the posts of somebody of this server are, where an app does not say. */
export interface Preferences {
  readonly visibility: 'public' | 'unlisted' | 'followers' | 'direct';
  readonly sensitive: boolean;
  readonly language: string | null;
}

/** Reads and writes of what people prefer. */
export function preferences(db: Db) {
  return {
    async preferencesOf(accountId: AccountId): Promise<Preferences> {
      const row = await db('users')
        .where({ account_id: accountId })
        .first('default_visibility', 'default_sensitive', 'default_language');
      return {
        visibility: row?.default_visibility ?? 'public',
        sensitive: row?.default_sensitive ?? false,
        language: row?.default_language ?? null,
      };
    },

    /** What is not given stays as it is. */
    async prefer(tx: Tx, accountId: AccountId, change: Partial<Preferences>): Promise<void> {
      const named = {
        default_visibility: change.visibility,
        default_sensitive: change.sensitive,
        default_language: change.language,
      };
      const facts = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
      if (Object.keys(facts).length > 0) await tx('users').where({ account_id: accountId }).update(facts);
    },
  };
}
