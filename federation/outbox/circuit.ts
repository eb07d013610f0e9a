import type { deliveryLimits } from '../../config/limits.ts';
import type { Db, Tx } from '../../src/db/database.ts';
import { deleteInBatches } from '../../src/db/sweep.ts';
import type { SignatureScheme } from './sign.ts';

type CircuitLimits = Pick<typeof deliveryLimits, 'failuresToOpen' | 'firstRetryMs' | 'longestProbePauseMs'>;

/** What is known of a host. Times are milliseconds since 1970. */
export interface HostState {
  /** Null while it answers. */
  readonly failingSince: number | null;
  /** In a row. */
  readonly failures: number;
  /** Nothing is sent before this; from then on one probe at a time, until one is answered. Null: closed. */
  readonly openUntil: number | null;
  /** The way to sign that the host took last. */
  readonly scheme: SignatureScheme;
}

/** Of a host that has no row: the usual case. */
export const UNKNOWN_HOST: HostState = {
  failingSince: null,
  failures: 0,
  openUntil: null,
  scheme: 'draft-cavage',
};

/**
 * The host did not answer, or not as a server that works. After some failures in a row, or at once where it asked
 * for a pause, the circuit opens; every probe that fails makes the pause three times as long, up to its cap. What
 * was under way when it opened counts no more.
 */
export function afterFailure(
  state: HostState,
  failure: { readonly now: number; readonly askedMs: number },
  limits: CircuitLimits,
  random: () => number,
): HostState {
  const { now, askedMs } = failure;
  const asked = askedMs > 0 ? now + askedMs : 0;
  if (state.openUntil !== null && state.openUntil > now) {
    return { ...state, openUntil: Math.max(state.openUntil, asked) };
  }
  const failures = state.failures + 1;
  const failingSince = state.failingSince ?? now;
  const opens = state.openUntil !== null || failures >= limits.failuresToOpen || askedMs > 0;
  if (!opens) return { ...state, failures, failingSince };
  const probes = Math.max(0, failures - limits.failuresToOpen);
  const pause = Math.min(limits.firstRetryMs * 3 ** probes, limits.longestProbePauseMs);
  const openUntil = Math.max(now + pause * (0.8 + random() * 0.4), asked);
  return { ...state, failures, failingSince, openUntil };
}

/** The host answered, whatever it thinks of what it got. */
export function afterAnswer(state: HostState): HostState {
  return state.failingSince === null ? state : { ...state, failingSince: null, failures: 0, openUntil: null };
}

interface HostRow {
  readonly host: string;
  readonly failing_since: Date | null;
  readonly failures: number;
  readonly open_until: Date | null;
  readonly scheme: string;
}

/** What is known of each of these hosts. */
export async function readHosts(db: Db | Tx, hosts: readonly string[]): Promise<HostState[]> {
  const rows: HostRow[] = await db('delivery_hosts').whereRaw('host = any(?)', [[...hosts]]);
  const known = new Map(rows.map((row) => [row.host, stateOf(row)]));
  return hosts.map((host) => known.get(host) ?? UNKNOWN_HOST);
}

/** What is known of a host. */
export async function readHost(db: Db | Tx, host: string): Promise<HostState> {
  return (await readHosts(db, [host]))[0] ?? UNKNOWN_HOST;
}

function stateOf(row: HostRow): HostState {
  return {
    failingSince: row.failing_since === null ? null : Number(row.failing_since),
    failures: row.failures,
    openUntil: row.open_until === null ? null : Number(row.open_until),
    scheme: row.scheme === 'rfc9421' ? 'rfc9421' : 'draft-cavage',
  };
}

/** Remembers what is known of a host; there is no row for one of which nothing is to be remembered. */
export async function writeHost(db: Db | Tx, host: string, state: HostState, now: number): Promise<void> {
  const isUsual = state.failingSince === null && state.scheme === UNKNOWN_HOST.scheme;
  if (isUsual) {
    await db('delivery_hosts').where({ host }).delete();
    return;
  }
  const date = (ms: number | null) => (ms === null ? null : new Date(ms));
  await db('delivery_hosts')
    .insert({
      host,
      failing_since: date(state.failingSince),
      failures: state.failures,
      open_until: date(state.openUntil),
      scheme: state.scheme,
      updated_at: new Date(now),
    })
    .onConflict('host')
    .merge();
}

/** Lets the next delivery to hosts that fail be tried at once, as a probe. */
export async function probeNow(tx: Tx, hosts: readonly string[], now: Date): Promise<void> {
  await tx('delivery_hosts')
    .whereIn('host', hosts)
    .where('open_until', '>', now)
    .update({ open_until: now, updated_at: now });
}

/** Forgets deliveries that were given up before a moment: nobody there knows of what they told. */
export function sweepDeadDeliveries(db: Db, before: Date, signal: AbortSignal): Promise<number> {
  const old = { condition: `state = 'dead' and finished_at < ?`, bindings: [before] };
  return deleteInBatches(db, 'deliveries', old, signal);
}

/** Forgets hosts to which nothing was sent since `before` (security.md R6). Returns how many. */
export function sweepDeliveryHosts(db: Db, before: Date, signal?: AbortSignal): Promise<number> {
  return deleteInBatches(db, 'delivery_hosts', { condition: 'updated_at < ?', bindings: [before] }, signal);
}
