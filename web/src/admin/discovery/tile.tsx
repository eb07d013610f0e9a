import { request } from '../../api/client.ts';
import type { DiscoveryPack } from '../../api/schema.gen.ts';
import { count } from '../../format.ts';
import { useInterval } from '../../ui/use-interval.ts';
import { useRemote } from '../../ui/use-remote.ts';
import { StatTile } from '../parts/stat-tile.tsx';
import { packs } from './calls.ts';
import { say } from './say.ts';

const HREF = '/admin/discovery';
const LOOK_MS = 5_000;
/** Videos that people here posted: with as many, a server is none that begins. */
const BEGINS_BELOW = 50;

interface Beginning {
  readonly isNew: boolean;
  readonly running: readonly DiscoveryPack[];
}

/** While a server begins: the way to fill its feeds from elsewhere, and how far that is. */
export function BeginningTile() {
  const [remote, , set] = useRemote('beginning', look);
  const { isNew, running } = remote.state === 'ready' ? remote.value : { isNew: false, running: [] };
  const again = async () => {
    const outcome = await look();
    if (outcome.ok) set(outcome.value);
  };
  useInterval(again, running.length > 0 ? LOOK_MS : null);
  if (running.length > 0) {
    const sum = (of: (pack: DiscoveryPack) => number) => running.reduce((all, pack) => all + of(pack), 0);
    return (
      <StatTile
        label={say('beingBrought')}
        value={count(sum(({ found }) => found))}
        note={say('howFar', {
          most: sum(({ max_videos }) => max_videos),
          playable: sum(({ playable }) => playable),
          waiting: sum(({ waiting }) => waiting),
        })}
        href={HREF}
      />
    );
  }
  if (!isNew) return null;
  return <StatTile label={say('begin')} value={say('beginShort')} note={say('beginNote')} href={HREF} />;
}

async function look() {
  const [brought, server] = await Promise.all([
    packs(),
    request<{ stats: { status_count: number } }>('GET', '/api/v1/instance'),
  ]);
  if (!brought.ok) return brought;
  if (!server.ok) return server;
  const value: Beginning = {
    isNew: brought.value.length === 0 && server.value.stats.status_count < BEGINS_BELOW,
    running: brought.value.filter(({ state }) => state === 'running'),
  };
  return { ok: true as const, value };
}
