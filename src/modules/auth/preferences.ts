import type { Db, Tx } from '../../db/database.ts';
import type { AccountId } from '../../lib/ids.ts';

/** What the posts of somebody of this server are, where an app does not say. */
export interface Preferences {
  readonly visibility: 'public' | 'unlisted' | 'followers' | 'direct';
  readonly sensitive: boolean;
  readonly language: string | null;
  /** What others may do with videos. */
  readonly allows: {
    readonly download: boolean;
    readonly duet: boolean;
    readonly stitch: boolean;
    readonly sound: boolean;
    /** Each duet and stitch waits for the author. */
    readonly ask: boolean;
  };
}

/** A change of them: what is not given stays as it is. */
export type PreferenceChange = Partial<Omit<Preferences, 'allows'>> & {
  readonly allows?: { readonly [What in keyof Preferences['allows']]?: boolean | undefined };
};

/** Reads and writes of what people prefer. */
export function preferences(db: Db) {
  return {
    async preferencesOf(accountId: AccountId): Promise<Preferences> {
      const row = await db('users')
        .where({ account_id: accountId })
        .first(
          ...['default_visibility', 'default_sensitive', 'default_language'],
          ...['default_allows_download', 'default_allows_duet', 'default_allows_stitch'],
          ...['default_allows_sound', 'default_remix_asks'],
        );
      return {
        visibility: row?.default_visibility ?? 'public',
        sensitive: row?.default_sensitive ?? false,
        language: row?.default_language ?? null,
        allows: {
          download: row?.default_allows_download ?? true,
          duet: row?.default_allows_duet ?? true,
          stitch: row?.default_allows_stitch ?? true,
          sound: row?.default_allows_sound ?? true,
          ask: row?.default_remix_asks ?? false,
        },
      };
    },

    /** What is not given stays as it is. */
    async prefer(tx: Tx, accountId: AccountId, change: PreferenceChange): Promise<void> {
      const named = {
        default_visibility: change.visibility,
        default_sensitive: change.sensitive,
        default_language: change.language,
        default_allows_download: change.allows?.download,
        default_allows_duet: change.allows?.duet,
        default_allows_stitch: change.allows?.stitch,
        default_allows_sound: change.allows?.sound,
        default_remix_asks: change.allows?.ask,
      };
      const facts = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
      if (Object.keys(facts).length > 0) await tx('users').where({ account_id: accountId }).update(facts);
    },
  };
}
