import { ago } from '../../format.ts';
import { useRemote } from '../../ui/use-remote.ts';
import { StatTile } from '../parts/stat-tile.tsx';
import { backups } from './calls.ts';
import { say } from './say.ts';

const HREF = '/admin/backups';

/** How old the last good backup is, and whether somebody has to look. */
export function BackupsTile() {
  const [remote] = useRemote('backups', backups);
  if (remote.state === 'loading') return <StatTile label={say('lastGood')} value="…" />;
  if (remote.state === 'failed') {
    return <StatTile label={say('lastGood')} value="–" note={remote.failure.sentence} href={HREF} />;
  }
  const { last_good_at: made, last_error: error, stale } = remote.value;
  const note = stale ? say('stale') : error === null ? undefined : say('failedLast');
  return (
    <StatTile
      label={say('lastGood')}
      value={made === null ? say('never') : ago(made)}
      note={note}
      href={HREF}
      tone={stale ? 'bad' : error === null ? 'plain' : 'warn'}
    />
  );
}
