import { percentOf } from '../../format.ts';
import { useRemote } from '../../ui/use-remote.ts';
import { StatTile } from '../parts/stat-tile.tsx';
import { storage } from './calls.ts';
import { isBad } from './names.ts';
import { say } from './say.ts';

const HREF = '/admin/storage';

/** How full the fullest disk is, and whether what is over is taken away. */
export function StorageTile() {
  const [remote] = useRemote('storage', storage);
  if (remote.state === 'loading') return <StatTile label={say('title')} value="…" />;
  if (remote.state === 'failed') {
    return <StatTile label={say('title')} value="–" note={remote.failure.sentence} href={HREF} />;
  }
  const { level, places, retention } = remote.value;
  const fullest = Math.max(0, ...places.map((place) => percentOf(place.used_bytes, place.total_bytes)));
  const failing = retention.filter(isBad).length;
  const isFull = level === 'full' || failing > 0;
  return (
    <StatTile
      label={say('title')}
      value={`${fullest} %`}
      note={level === 'open' ? say('failing', { n: failing }) : say(level === 'full' ? 'full' : 'noCopies')}
      href={HREF}
      tone={isFull ? 'bad' : level === 'open' ? 'plain' : 'warn'}
    />
  );
}
