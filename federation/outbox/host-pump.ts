import { deliveryLimits } from '../../config/limits.ts';
import type { Db, Tx } from '../../src/db/database.ts';
import type { Finish, JobRun } from '../../src/jobs/registry.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { AccountId } from '../../src/lib/ids.ts';
import type { Logger } from '../../src/lib/log.ts';
import type { Metrics } from '../../src/lib/metrics.ts';
import type { SafeFetch } from '../../src/lib/net/safe-fetch.ts';
import { traced } from '../../src/lib/tracing.ts';
import type { Instances, Urls } from '../../src/modules/instances/index.ts';
import type { Keyring } from '../store/keyring.ts';
import { afterAnswer, afterFailure, type HostState, readHost, writeHost } from './circuit.ts';
import { type KnockDeps, knock } from './knock.ts';
import {
  closeLanes,
  type DueDelivery,
  type Horizon,
  type Picked,
  pickDue,
  postponeLanes,
  releaseLanes,
} from './lanes.ts';
import { createOutcomes, giveUp } from './outcomes.ts';
import { createPace } from './pace.ts';
import { type Body, createBodyOf, createFactsOf, type HostFacts } from './pump-reads.ts';
import { judge, type Verdict } from './retry.ts';

export interface PumpDeps {
  readonly db: Db;
  readonly fetch: SafeFetch;
  readonly keyring: Keyring;
  readonly instances: Instances;
  readonly urls: Pick<Urls, 'domain'>;
  /** Decides what is due: PostgreSQL's own clock is not asked. */
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** What the pumps of one process do together. */
interface Shared {
  readonly record: ReturnType<typeof createOutcomes>;
  readonly bodyOf: ReturnType<typeof createBodyOf>;
}

/** Sends what is due for one host, then sleeps until more is. */
export type HostPump = (host: string, run: JobRun) => Promise<Finish>;

/** A host that fails, and whose next answer is worth one delivery. */
const EVERY_LANE: Horizon = 'infinity';
const PROBE = { lanes: 1, perLane: 1 };
const USUAL = { lanes: deliveryLimits.lanesAtOnce, perLane: deliveryLimits.inboxesPerLane };

/**
 * One pump per host, so that a slow server holds up nobody else, and each keeps its connections. Rows in
 * PostgreSQL are the truth; a pump that is killed after a POST and before its row is written sends that activity
 * again, which receivers drop by id. Pumps of hosts that fail take a part of the places only (ADR 0007).
 */
export function createHostPump(base: PumpDeps): HostPump {
  const deps = { ...base, record: createOutcomes(base.db), bodyOf: createBodyOf(base.db) };
  const factsOf = createFactsOf(base);
  let probing = 0;
  return async (host, run) => {
    const facts = await factsOf(host);
    const { state } = facts;
    if (await refuseHost(deps, host, facts, run.signal)) return (tx) => settle(deps, tx, host, state);
    if (!isProbe(state)) return pumpHost(deps, host, facts, run.signal);
    if (state.openUntil > deps.clock.now()) return (tx) => settle(deps, tx, host, state);
    if (probing >= deliveryLimits.probesAtOnce) return async () => soon(deps);
    probing += 1;
    try {
      return await pumpHost(deps, host, facts, run.signal);
    } finally {
      probing -= 1;
    }
  };
}

function isProbe(state: HostState): state is HostState & { openUntil: number } {
  return state.openUntil !== null;
}

function soon({ clock, random }: PumpDeps): Date {
  return new Date(clock.now() + deliveryLimits.probeTurnMs * (0.5 + random()));
}

/** Gives up all that waits for a host that must get nothing: a blocked one, or this server itself. */
async function refuseHost(
  deps: PumpDeps,
  host: string,
  { isBlocked }: HostFacts,
  signal: AbortSignal,
): Promise<boolean> {
  const isOurs = host === deps.urls.domain;
  if (!isOurs && !isBlocked) return false;
  const reason = isOurs ? 'This is the server itself.' : 'This server is blocked here.';
  await giveUp(deps.db, { host }, reason, new Date(deps.clock.now()), signal);
  return true;
}

/** Sends in rounds until nothing is due, the host fails, or others should have their turn. */
async function pumpHost(
  deps: PumpDeps & Shared,
  host: string,
  facts: HostFacts,
  signal: AbortSignal,
): Promise<Finish> {
  const endAt = performance.now() + deliveryLimits.sliceMs;
  const pace = createPace(deliveryLimits.requestsPerSecondPerHost);
  let { state } = facts;
  let delivered = false;
  while (performance.now() < endAt) {
    signal.throwIfAborted();
    const now = deps.clock.now();
    if (isProbe(state) && state.openUntil > now) break;
    const limits = isProbe(state) ? PROBE : USUAL;
    const picked = await pickDue(deps.db, host, horizonOf(state, now), limits);
    if (picked.due.length === 0) break;
    const before = state;
    const until = new Map<AccountId, Date>();
    // Lanes that had their turn stand behind those that have not, where not all were looked at.
    if (picked.lanes.length === limits.lanes) for (const lane of picked.lanes) until.set(lane, new Date(now));
    const round = { ...picked, state, until, endAt, host, software: facts.software };
    const sent = await sendRound({ ...deps, pace }, round, signal);
    state = sent.state;
    delivered ||= sent.delivered;
    await postponeLanes(deps.db, host, until);
    await remember(deps, host, before, state, signal);
    // What was put in meanwhile is seen when the run is settled.
    if (picked.isAll && sent.isDone) break;
  }
  return async (tx) => {
    if (delivered) await deps.instances.reached(tx, host);
    return settle(deps, tx, host, state);
  };
}

/** While a host fails, its probe may be whatever waits, however long that was put off. */
function horizonOf(state: HostState, now: number): Horizon {
  return isProbe(state) ? EVERY_LANE : new Date(now);
}

/** `until`: to when lanes are put off; those in which something is to be tried again are added. */
interface Round extends Picked {
  readonly state: HostState;
  readonly until: Map<AccountId, Date>;
  /** On the monotonic clock: nothing is begun from then on. */
  readonly endAt: number;
  readonly host: string;
  /** What the host runs, for the figures. */
  readonly software: string | null;
}

/** Sends what was picked, some at a time; stops when the host fails. Returns what is known of it now. */
async function sendRound(
  deps: PumpDeps & Shared & KnockDeps,
  round: Round,
  signal: AbortSignal,
): Promise<{ state: HostState; delivered: boolean; isDone: boolean }> {
  const ids = [...new Set(round.due.map(({ activityId }) => activityId))];
  const bodies = new Map(await Promise.all(ids.map(async (id) => [id, await deps.bodyOf(id)] as const)));
  const waiting = [...round.due];
  const again = new Map<AccountId, Date>();
  let { state } = round;
  let delivered = false;
  const attempt = async (row: DueDelivery) => {
    const { verdict, scheme } = await traced('deliver', { 'server.address': round.host }, async (add) => {
      const sent = await send(deps, row, bodies.get(row.activityId), state.scheme, signal);
      add({ verdict: sent.verdict.kind });
      return sent;
    });
    // A try that our own stopping broke off says nothing of the other server.
    if (verdict.kind === 'retry' && signal.aborted) return;
    await deps.record({ row, verdict, at: new Date(deps.clock.now()) });
    deps.metrics.delivery(verdict.kind, round.software);
    delivered ||= verdict.kind === 'delivered';
    if (verdict.kind === 'retry' && !round.more.has(row.accountId)) {
      const known = again.get(row.accountId);
      again.set(row.accountId, known !== undefined && known < verdict.at ? known : verdict.at);
    }
    state = judgedHost(deps, state, verdict);
    if (scheme && scheme !== state.scheme) state = { ...state, scheme };
    return verdict.kind === 'retry' && verdict.holdHost;
  };
  const isShut = () => state.openUntil !== null && state.openUntil > deps.clock.now();
  const sender = async () => {
    // After a failure of the host nothing more begins here, or a tarpit would hold the round for many deadlines.
    for (let hasFailed = false; !hasFailed && !isShut() && performance.now() < round.endAt; ) {
      const row = waiting.shift();
      if (!row) return;
      hasFailed = (await attempt(row)) === true;
    }
  };
  await allQuiet(deliveryLimits.concurrencyPerHost, sender, () => void waiting.splice(0));
  signal.throwIfAborted();
  // A lane with something that was not tried stays due.
  for (const { accountId } of waiting) again.delete(accountId);
  for (const [lane, at] of again) round.until.set(lane, at);
  return { state, delivered, isDone: waiting.length === 0 };
}

/**
 * Runs several of the same at once and waits until all have ended, also where one throws: `cut` then tells the
 * others to begin nothing more. A run must not send beside the next run of the same host.
 */
async function allQuiet(count: number, work: () => Promise<void>, cut: () => void): Promise<void> {
  const running = Array.from({ length: count }, async () => {
    try {
      await work();
    } catch (error) {
      cut();
      throw error;
    }
  });
  const failed = (await Promise.allSettled(running)).find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

function judgedHost(deps: PumpDeps, state: HostState, verdict: Verdict): HostState {
  // What our own guards refused has not reached the host.
  if (verdict.kind !== 'retry') return verdict.status === null ? state : afterAnswer(state);
  if (!verdict.holdHost) return afterAnswer(state);
  const failure = { now: deps.clock.now(), askedMs: verdict.askedMs };
  return afterFailure(state, failure, deliveryLimits, deps.random);
}

/** `scheme` is set where the host just showed which one it takes. */
async function send(
  deps: PumpDeps & KnockDeps,
  row: DueDelivery,
  body: Body | undefined,
  scheme: HostState['scheme'],
  signal: AbortSignal,
): Promise<{ verdict: Verdict; scheme?: HostState['scheme'] }> {
  const dead = (error: string) => ({ verdict: { kind: 'dead', status: null, error } }) as const;
  const url = URL.parse(row.inboxUri);
  if (!url || !body) return dead('There is no such inbox, or the sender is gone.');
  // The name in the row is as it was given; only the URL tells whom it means.
  if (url.host === deps.urls.domain) return dead('This is the server itself.');
  const { bytes, digest: bodyDigest, signing } = body;
  const letter = { accountId: row.accountId, url, body: bytes, bodyDigest, signing };
  const knocked = await knock(deps, letter, scheme, signal);
  const { answer } = knocked;
  if (!answer.ok && answer.reason === 'no-key') return dead(answer.detail ?? answer.reason);
  const tried = { attempt: row.attempts + 1, queuedAt: row.queuedAt };
  const verdict = judge(answer, tried, deps.clock.now(), deps.random);
  deps.log.debug({ activity: body.uri, host: url.host, verdict: verdict.kind }, 'delivery attempted');
  return knocked.scheme === scheme ? { verdict } : { verdict, scheme: knocked.scheme };
}

/** Writes down what a round told of the host, and what follows for the rest that waits for it. */
async function remember(
  deps: PumpDeps,
  host: string,
  before: HostState,
  state: HostState,
  signal: AbortSignal,
): Promise<void> {
  if (state === before) return;
  const { db, log } = deps;
  const now = deps.clock.now();
  await db.transaction(async (tx) => {
    await writeHost(tx, host, state, now);
    if (isProbe(before) && !isProbe(state)) await releaseLanes(tx, host, new Date(now));
  });
  if (isProbe(before) !== isProbe(state)) {
    log.info({ host, failures: state.failures }, isProbe(state) ? 'a host fails' : 'a host is back');
  }
  const goneSince = now - deliveryLimits.givenUpAfterMs;
  if (state.failingSince === null || state.failingSince > goneSince) return;
  const since = new Date(state.failingSince).toISOString();
  const waited = { host, queuedBy: new Date(goneSince) };
  const count = await giveUp(db, waited, `The server fails since ${since}.`, new Date(now), signal);
  if (count > 0)
    log.warn({ host, deliveries: count }, 'deliveries to a host that fails for a week were given up');
}

/** Ends a run: when is the next one? Its job is locked, so nothing comes in between. */
async function settle({ clock }: PumpDeps, tx: Tx, host: string, known: HostState): Promise<Date | null> {
  // Somebody may have asked for a probe at once.
  const state = isProbe(known) ? await readHost(tx, host) : known;
  const next = await closeLanes(tx, host, horizonOf(state, clock.now()));
  if (next === null || !isProbe(state)) return next;
  return new Date(state.openUntil);
}
