import type { Invite } from '../../api/types.ts';
import { say } from './say.ts';

/** How many came by it, of how many. */
export function cameBy({ uses, max_uses }: Invite): string {
  return max_uses === null ? say('came', { uses }) : say('cameOf', { uses, max: max_uses });
}

/** Why nobody comes by it any more; null where somebody could. */
export function whyOver({ revoked_at, max_uses, uses, expires_at }: Invite): string | null {
  if (revoked_at !== null) return say('ended');
  if (max_uses !== null && uses >= max_uses) return say('usedUp');
  return expires_at !== null && Date.parse(expires_at) <= Date.now() ? say('ranOut') : null;
}
