import { count } from '../../format.ts';
import { useRemote } from '../../ui/use-remote.ts';
import { StatTile } from '../parts/stat-tile.tsx';
import { totals } from './calls.ts';
import { say } from './say.ts';

const HREF = '/admin/reports';

/** How many reports are open, and how many of them nobody has taken. */
export function ReportsTile() {
  const [remote] = useRemote('report-totals', totals);
  if (remote.state === 'loading') return <StatTile label={say('title')} value="…" />;
  if (remote.state === 'failed') {
    return <StatTile label={say('title')} value="–" note={remote.failure.sentence} href={HREF} />;
  }
  const { open, untaken } = remote.value;
  return (
    <StatTile
      label={say('title')}
      value={count(open)}
      note={open === 0 ? say('tileNone') : say('tileNote', { untaken })}
      href={HREF}
      tone={untaken > 0 ? 'warn' : 'plain'}
    />
  );
}
