import { count } from '../../format.ts';
import { useRemote } from '../../ui/use-remote.ts';
import { StatTile } from '../parts/stat-tile.tsx';
import { notices } from './calls.ts';
import { say } from './say.ts';

/** How many domains several peers suspend newly. */
export function BlockNoticesTile() {
  const [remote] = useRemote('block notices', notices);
  const value =
    remote.state === 'ready' ? count(remote.value.length) : remote.state === 'loading' ? '…' : '–';
  const [first] = remote.state === 'ready' ? remote.value : [];
  const note = remote.state === 'failed' ? remote.failure.sentence : first ? first.domain : say('noNotices');
  return (
    <StatTile
      label={say('notices')}
      value={value}
      note={note}
      href="/admin/domain-lists"
      tone={first ? 'warn' : 'plain'}
    />
  );
}
