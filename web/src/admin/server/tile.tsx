import { useRemote } from '../../ui/use-remote.ts';
import { StatTile } from '../parts/stat-tile.tsx';
import { releases } from './calls.ts';
import { say } from './say.ts';

const HREF = '/admin/server';

/** Which version runs, and whether there is a newer one. */
export function ServerTile() {
  const [remote] = useRemote('releases', releases);
  if (remote.state === 'loading') return <StatTile label={say('title')} value="…" />;
  if (remote.state === 'failed') {
    return <StatTile label={say('title')} value="–" note={remote.failure.sentence} href={HREF} />;
  }
  const { version, newest, watched, last_error: error } = remote.value;
  if (!newest) {
    const note = watched ? (error === null ? say('newest') : say('unread')) : say('unwatched');
    return <StatTile label={say('title')} value={version} note={note} href={HREF} />;
  }
  return (
    <StatTile
      label={say('title')}
      value={version}
      note={say(newest.security ? 'security' : 'newer', { version: newest.version })}
      href={HREF}
      tone={newest.security ? 'bad' : 'warn'}
    />
  );
}
