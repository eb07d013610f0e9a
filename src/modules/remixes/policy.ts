import type { AccountId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { RemixKind, Video } from '../videos/index.ts';

/** Why nobody makes a remix of a video. */
export type RemixRefusal = 'remix-not-found' | 'remix-not-public' | 'remix-not-allowed' | 'remix-not-said';

const NAMES: Record<RemixKind, string> = { duet: 'duets', stitch: 'stitches' };

/**
 * Whether somebody who sees this video may make a remix of it, by what its author says. One's own needs nobody's leave.
 * Only what everybody may see: a remix shows its pictures to an audience that the author of the original did not choose,
 * also where both are the same person. A remote author who says nothing is taken to allow nothing (FEP-044f): a remix has
 * the original's very pictures, so that silence is no consent. `asks`: who decides each time is asked before anybody sees
 * the remix (ADR 0080).
 */
export function remixable(
  { visibility, accountId, local, allows, remixPolicy }: Video,
  viewerId: AccountId,
  kind: RemixKind,
): Result<{ asks: boolean }, RemixRefusal> {
  if (visibility !== 'public' && visibility !== 'unlisted') {
    return fail('remix-not-public', 'Only videos that everybody may see can be part of another.');
  }
  if (accountId === viewerId) return ok({ asks: false });
  if (allows[kind]) return ok({ asks: allows.ask });
  const what = NAMES[kind];
  if (local || remixPolicy !== null) {
    return fail('remix-not-allowed', `Its author does not let others make ${what} of it.`);
  }
  return fail('remix-not-said', `Its server does not say that others may make ${what} of it.`);
}
