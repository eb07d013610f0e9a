import type { Account } from '../../api/types.ts';
import { relationships } from '../../state/relationships.ts';
import { Button, ButtonLink } from '../button.tsx';
import { signInPath } from '../links.ts';
import { useFollow } from '../use-follow.ts';
import { say } from './say.ts';

interface FollowButtonProps {
  readonly account: Account;
  readonly small?: boolean;
}

/** Follow, withdraw or stop following; says honestly when the other side has not answered yet. */
export function FollowButton({ account, small = false }: FollowButtonProps) {
  const follow = useFollow(account);
  if (!follow) return null;
  const { state, busy, label, change } = follow;
  if (state === 'stranger') {
    return (
      <ButtonLink small={small} href={signInPath()} label={label}>
        {say('follow')}
      </ButtonLink>
    );
  }
  if (state === 'none') {
    return (
      <Button small={small} busy={busy} label={label} onPress={change}>
        {say('follow')}
      </Button>
    );
  }
  const isFollowing = state === 'following';
  return (
    <Button
      small={small}
      look="quiet"
      icon={isFollowing ? 'check' : 'clock'}
      busy={busy}
      label={label}
      onPress={change}
    >
      {isFollowing ? say('following') : say('requested')}
    </Button>
  );
}

/** Says whose answer a request waits for. */
export function WaitingNote({ account }: { account: Account }) {
  if (!relationships.value.get(account.id)?.requested) return null;
  return <>{account.host ? say('waiting', { host: account.host }) : say('waitingHere')}</>;
}
