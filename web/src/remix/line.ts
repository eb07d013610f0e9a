import type { RemixOf } from '../api/types.ts';
import { say } from './say.ts';

/** What a clip was made from, in one line, and where that leads. */
export interface RemixLine {
  readonly text: string;
  /** Null where there is nothing to go to any more. */
  readonly href: string | null;
}

export function lineOf({ kind, state, video_id, url, account }: RemixOf): RemixLine {
  const isDuet = kind === 'duet';
  if (state === 'unavailable') return { text: say(isDuet ? 'duetGone' : 'stitchGone'), href: null };
  if (state === 'refused') return { text: say(isDuet ? 'duetRefused' : 'stitchRefused'), href: null };
  const href = account && video_id !== null ? `/@${account.acct}/${video_id}` : url;
  // Whoever is asked has a name only where this server asked.
  if (!account) return { text: say(isDuet ? 'duetOther' : 'stitchOther'), href };
  const { acct } = account;
  if (state === 'pending') return { text: say(isDuet ? 'duetPending' : 'stitchPending', { acct }), href };
  return { text: say(isDuet ? 'duetWith' : 'stitchWith', { acct }), href };
}
