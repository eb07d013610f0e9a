import type { AccountId, VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';

/** Why nobody makes a video with a sound. */
export type SoundRefusal =
  | 'sound-not-found'
  | 'sound-barred'
  | 'sound-region'
  | 'sound-gone'
  | 'sound-not-public'
  | 'sound-not-allowed'
  | 'sound-not-said';

/** The video that a sound is taken from. */
export interface SourceRow {
  readonly id: VideoId;
  readonly uri: string;
  readonly account_id: AccountId;
  readonly visibility: string;
  /** Null: its server does not say. */
  readonly allows_sound: boolean | null;
}

/** Its columns, of a query over `videos`. */
export const SOURCE_COLUMNS = ['id', 'uri', 'account_id', 'visibility', 'allows_sound'].map(
  (name) => `videos.${name}`,
);

/**
 * Whether somebody may make a video with a sound, by what the author of its original says; `source` is null where the
 * viewer does not see that, or it is gone, and `isBarred` where the staff decided against the sound. One's own needs nobody's leave. Only of what everybody may see, as with
 * duets (see the policy of remixes), and where nothing is said, nobody may.
 */
export function usable(
  source: SourceRow | null,
  viewerId: AccountId,
  isBarred = false,
): Result<object, SoundRefusal> {
  if (isBarred) return fail('sound-barred', 'Those who run this server do not allow this sound.');
  if (source === null) return fail('sound-gone', 'The video that this sound is from is not here any more.');
  if (source.visibility !== 'public' && source.visibility !== 'unlisted') {
    return fail('sound-not-public', 'Only the sound of a video that everybody may see can be in another.');
  }
  if (source.account_id === viewerId || source.allows_sound === true) return ok();
  return source.allows_sound === null
    ? fail('sound-not-said', 'The server of this sound does not say that others may use it.')
    : fail('sound-not-allowed', 'Its author does not let others use this sound.');
}
