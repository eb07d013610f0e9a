import type { AdminAccount } from '../../api/schema.gen.ts';
import { Badge } from '../parts/badge.tsx';
import { say } from './say.ts';

/** How an account stands, in words. */
export function AccountStates({ account }: { account: AdminAccount }) {
  const bad = (['suspended', 'silenced', 'disabled', 'sensitized'] as const).filter(
    (state) => account[state],
  );
  return (
    <>
      {bad.map((state) => (
        <Badge key={state} tone="bad">
          {say(state)}
        </Badge>
      ))}
      {!account.approved && <Badge>{say('pending')}</Badge>}
      {account.state === 'leaving' && <Badge>{say('leaving')}</Badge>}
      {bad.length === 0 && account.state === 'active' && <Badge tone="good">{say('active')}</Badge>}
    </>
  );
}

const USUAL = ['owner', 'admin', 'moderator', 'user'] as const;

/** How a role is called; those of this server have a name of their own. */
export function roleName({ id, name }: { readonly id: string; readonly name: string }): string {
  const usual = USUAL.find((role) => role === id);
  return usual === undefined ? name : say(usual);
}
