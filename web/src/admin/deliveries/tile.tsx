import { ago, count } from '../../format.ts';
import { useRemote } from '../../ui/use-remote.ts';
import { StatTile } from '../parts/stat-tile.tsx';
import { failingHosts } from './calls.ts';
import { say } from './say.ts';

/** How many servers do not answer, and for how long at most. */
export function DeliveriesTile() {
  const [remote] = useRemote('failing hosts', failingHosts);
  const href = '/admin/deliveries';
  if (remote.state === 'loading') return <StatTile label={say('tile')} value="…" />;
  if (remote.state === 'failed') {
    return <StatTile label={say('tile')} value="–" note={remote.failure.sentence} href={href} />;
  }
  const [longest] = remote.value;
  const note = longest ? say('tileSince', { ago: ago(longest.failing_since) }) : say('tileNone');
  return (
    <StatTile
      label={say('tile')}
      value={count(remote.value.length)}
      note={note}
      href={href}
      tone={longest ? 'warn' : 'plain'}
    />
  );
}
