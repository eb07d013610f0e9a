import { type ApiOutcome, request } from '../../api/client.ts';
import { withQuery } from '../../api/endpoints.ts';
import { ago, count } from '../../format.ts';
import { useRemote } from '../../ui/use-remote.ts';
import { say } from '../say.ts';
import type { Listed } from './list.tsx';
import { StatTile } from './stat-tile.tsx';

/** As many as one answer of the API has at most. */
const MOST = 40;

interface WaitingTileProps<T> {
  readonly label: string;
  /** Where the API lists what waits, newest first. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly href: string;
  /** Since when one of them waits. */
  readonly since: (row: T) => string;
}

/** How much waits for somebody of the staff, and since when. */
export function WaitingTile<T>({ label, path, query, href, since }: WaitingTileProps<T>) {
  const address = withQuery(path, { ...query, limit: String(MOST) });
  const [remote] = useRemote(address, async (): Promise<ApiOutcome<Listed<T>>> => {
    const outcome = await request<readonly T[]>('GET', address);
    if (!outcome.ok) return outcome;
    return { ok: true, value: { rows: outcome.value, next: outcome.next ?? null } };
  });
  if (remote.state === 'loading') return <StatTile label={label} value="…" />;
  if (remote.state === 'failed') {
    return <StatTile label={label} value="–" note={remote.failure.sentence} href={href} />;
  }
  const { rows, next } = remote.value;
  const [oldest] = rows.map(since).sort();
  const hasMore = next !== null && rows.length >= MOST;
  const isKnown = oldest !== undefined && !hasMore;
  return (
    <StatTile
      label={label}
      value={hasMore ? say('andMore', { n: count(rows.length) }) : count(rows.length)}
      note={
        rows.length === 0 ? say('nothingWaits') : isKnown ? say('oldest', { ago: ago(oldest) }) : undefined
      }
      href={href}
      tone={rows.length > 0 ? 'warn' : 'plain'}
    />
  );
}
