import { useState } from 'preact/hooks';
import type { Account } from '../api/types.ts';
import { refreshRelationship, relationships, setFollowing } from '../state/relationships.ts';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { strings } from '../strings.ts';
import { Button, ButtonLink } from './button.tsx';
import { signInPath } from './links.ts';
import { useInterval } from './use-interval.ts';

const ACCEPT_POLL_MS = 4_000;

interface FollowButtonProps {
  readonly account: Account;
  readonly small?: boolean;
  readonly onClip?: boolean;
}

/** Follow, withdraw or stop following; says honestly when the other side has not answered yet. */
export function FollowButton({ account, small = false, onClip = false }: FollowButtonProps) {
  const [busy, setBusy] = useState(false);
  const relationship = relationships.value.get(account.id);
  const text = strings.account;
  useInterval(() => refreshRelationship(account.id), relationship?.requested ? ACCEPT_POLL_MS : null);

  const shared = { small, look: onClip ? 'onClip' : 'primary' } as const;
  if (me.value === null) {
    return (
      <ButtonLink {...shared} href={signInPath()} label={text.followWho(account.acct)}>
        {text.follow}
      </ButtonLink>
    );
  }
  if (!relationship || account.id === me.value?.id) return null;

  const change = async (wanted: boolean) => {
    setBusy(true);
    const outcome = await setFollowing(account.id, wanted);
    setBusy(false);
    if (!outcome.ok) toast(outcome.sentence, 'error');
  };
  if (!relationship.following && !relationship.requested) {
    return (
      <Button {...shared} busy={busy} label={text.followWho(account.acct)} onPress={() => change(true)}>
        {text.follow}
      </Button>
    );
  }
  const label = relationship.following ? text.unfollowWho(account.acct) : text.cancelRequestWho(account.acct);
  return (
    <Button
      small={small}
      look={onClip ? 'onClip' : 'quiet'}
      icon={relationship.following ? 'check' : 'clock'}
      busy={busy}
      label={`${relationship.following ? text.following : text.requested}. ${label}`}
      onPress={() => change(false)}
    >
      {relationship.following ? text.following : text.requested}
    </Button>
  );
}

/** Says whose answer a request waits for. */
export function WaitingNote({ account }: { account: Account }) {
  if (!relationships.value.get(account.id)?.requested) return null;
  return <>{account.host ? strings.account.waiting(account.host) : strings.account.waitingHere}</>;
}
