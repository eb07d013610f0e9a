import { useState } from 'preact/hooks';
import type { Account } from '../api/types.ts';
import { refreshRelationship, relationships, setFollowing } from '../state/relationships.ts';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { say } from './say.ts';
import { useInterval } from './use-interval.ts';

const ACCEPT_POLL_MS = 4_000;

interface Follow {
  /** `stranger`: whoever is not signed in. */
  readonly state: 'stranger' | 'none' | 'requested' | 'following';
  readonly busy: boolean;
  /** What a button about it says. */
  readonly label: string;
  /** Follows, withdraws or stops following. */
  readonly change: () => void;
}

/** How somebody follows an account, and what changes that; `null` where that is not known, or for oneself. */
export function useFollow(account: Account): Follow | null {
  const [busy, setBusy] = useState(false);
  const relationship = relationships.value.get(account.id);
  useInterval(() => refreshRelationship(account.id), relationship?.requested ? ACCEPT_POLL_MS : null);
  const followLabel = say('followWho', { acct: account.acct });
  if (me.value === null) {
    return { state: 'stranger', busy, label: followLabel, change: () => undefined };
  }
  if (!relationship || account.id === me.value?.id) return null;

  const { following, requested } = relationship;
  const change = async () => {
    setBusy(true);
    const wanted = !following && !requested;
    const outcome = await setFollowing(account.id, wanted);
    setBusy(false);
    if (outcome.ok) return;
    if (outcome.status === 0) {
      const later = await import('../device/follow-later.ts').catch(() => null);
      if (later?.followLater(account.id, wanted)) return;
    }
    toast(outcome.sentence, 'error');
  };
  if (following) {
    return {
      state: 'following',
      busy,
      change,
      label: say('followingWho', { acct: account.acct }),
    };
  }
  if (requested) {
    const label = say('requestedWho', { acct: account.acct });
    return { state: 'requested', busy, change, label };
  }
  return { state: 'none', busy, change, label: followLabel };
}
