import { ago } from '../../format.ts';
import { useRemote } from '../../ui/use-remote.ts';
import { StatTile } from '../parts/stat-tile.tsx';
import { serverLock } from './calls.ts';
import { say } from './say.ts';

/** Only where the server is locked: nobody must forget it. */
export function LockTile() {
  const [remote] = useRemote('server-lock', serverLock);
  if (remote.state !== 'ready' || remote.value.since === null) return null;
  const { since, note } = remote.value;
  return (
    <StatTile
      label={say('locked')}
      value={ago(since)}
      note={note || undefined}
      href="/admin/server"
      tone="bad"
    />
  );
}
