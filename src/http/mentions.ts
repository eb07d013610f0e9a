import { videoLimits } from '../../config/limits.ts';
import { handlesOf } from '../lib/html/from-text.ts';
import type { AccountId } from '../lib/ids.ts';
import type { Account } from '../modules/accounts/index.ts';
import type { HttpDeps } from './deps.ts';

/** Questions to other servers that one person may cause. */
export const REMOTE_LOOKUPS = { name: 'remote-lookup', points: 30, seconds: 300 };

/**
 * The accounts that a text mentions, by the handles it names them with. Those of other servers that are not
 * known here are asked for, as long as the person may cause such questions; whoever cannot be found stays text.
 */
export async function mentionsIn(
  deps: Pick<HttpDeps, 'accounts' | 'lookup' | 'limits'>,
  viewerId: AccountId,
  text: string,
): Promise<Map<string, Account>> {
  const found = new Map<string, Account>();
  for (const handle of handlesOf(text).slice(0, videoLimits.maxMentions)) {
    const known = await deps.accounts.byHandle(handle);
    const account = known ?? (handle.includes('@') ? await ask(deps, viewerId, handle) : null);
    if (account?.state === 'active') found.set(handle, account);
  }
  return found;
}

async function ask(
  deps: Pick<HttpDeps, 'lookup' | 'limits'>,
  viewerId: AccountId,
  handle: string,
): Promise<Account | null> {
  const allowed = await deps.limits.take(REMOTE_LOOKUPS, viewerId).then(
    () => true,
    () => false,
  );
  const outcome = allowed ? await deps.lookup.account(handle) : null;
  return outcome?.ok ? outcome.account : null;
}
