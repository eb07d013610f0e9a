import { ago, count } from '../../format.ts';
import { useRemote } from '../../ui/use-remote.ts';
import { StatTile } from '../parts/stat-tile.tsx';
import { pendingAccounts } from './calls.ts';
import { say } from './say.ts';

/** How many wait to join, and since when. */
export function SignUpsTile() {
  const [remote] = useRemote('pending', pendingAccounts);
  if (remote.state === 'loading') return <StatTile label={say('title')} value="…" />;
  if (remote.state === 'failed') {
    return <StatTile label={say('title')} value="–" note={remote.failure.sentence} href="/admin/approvals" />;
  }
  const waiting = remote.value;
  const [first] = waiting.map((account) => account.created_at).sort();
  return (
    <StatTile
      label={say('title')}
      value={count(waiting.length)}
      note={first === undefined ? say('empty') : say('since', { ago: ago(first) })}
      href="/admin/approvals"
      tone={waiting.length > 0 ? 'warn' : 'plain'}
    />
  );
}
