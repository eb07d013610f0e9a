import { count } from '../../format.ts';
import { useRemote } from '../../ui/use-remote.ts';
import { StatTile } from '../parts/stat-tile.tsx';
import { openClaims } from './calls.ts';
import { say } from './say.ts';

const HREF = '/admin/claims?state=open';

/** How many claims wait for a decision; from forty on, that there are as many. */
export function ClaimsTile() {
  const [remote] = useRemote('open-claims', openClaims);
  if (remote.state === 'loading') return <StatTile label={say('title')} value="…" />;
  if (remote.state === 'failed') {
    return <StatTile label={say('title')} value="–" note={remote.failure.sentence} href={HREF} />;
  }
  const open = remote.value.length;
  return (
    <StatTile
      label={say('title')}
      value={open < 40 ? count(open) : `${count(open)}+`}
      note={say(open === 0 ? 'tileNone' : 'tileNote')}
      href={HREF}
      tone={open > 0 ? 'warn' : 'plain'}
    />
  );
}
