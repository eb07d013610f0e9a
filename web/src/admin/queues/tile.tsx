import { count } from '../../format.ts';
import { useRemote } from '../../ui/use-remote.ts';
import { StatTile } from '../parts/stat-tile.tsx';
import { queues } from './calls.ts';
import { say } from './say.ts';

/** How much waits and failed, and whether anybody works on it. */
export function QueuesTile() {
  const [remote] = useRemote('queues', queues);
  const href = '/admin/queues';
  if (remote.state === 'loading') return <StatTile label={say('title')} value="…" />;
  if (remote.state === 'failed') {
    return <StatTile label={say('title')} value="–" note={remote.failure.sentence} href={href} />;
  }
  const sum = (of: 'waiting' | 'failed') => remote.value.reduce((total, queue) => total + queue[of], 0);
  const isDeserted = remote.value.some(({ workers }) => workers === 0);
  const failed = sum('failed');
  return (
    <StatTile
      label={`${say('title')}: ${say('waiting')}`}
      value={count(sum('waiting'))}
      note={isDeserted ? say('noWorker') : `${say('failed')}: ${count(failed)}`}
      href={href}
      tone={isDeserted || failed > 0 ? 'warn' : 'plain'}
    />
  );
}
