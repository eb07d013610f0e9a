import { domainListLimits, subscriptionLimits } from '../../../config/domain-limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import type { IdSource } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import type { SafeFetch } from '../../lib/net/safe-fetch.ts';
import type { Decision, Instances } from '../instances/index.ts';
import type { Actor } from '../staff/index.ts';
import { isSame, type ListedDecision } from './decision.ts';
import { type DomainList, readDomainList } from './list-file.ts';
import { afterRetraction, decisionOf, excludes, nameOf } from './ownership.ts';
import type { recording } from './recording.ts';

/** Who applies what a list says. */
const BY: Actor = { kind: 'server', name: 'domain-lists' };

interface SyncDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly log: Logger;
  readonly fetch: Pick<SafeFetch, 'request'>;
  readonly instances: Instances;
  readonly records: ReturnType<typeof recording>;
  readonly ownDomain: string;
}

interface Row {
  readonly id: string;
  readonly url: string;
  readonly priority: number;
  readonly drafts: boolean;
  readonly adopt_orphans: boolean;
  readonly on_retraction: 'remove' | 'orphan';
  readonly etag: string | null;
  readonly failures: number;
}

type Fetched =
  | { readonly kind: 'list'; readonly list: DomainList; readonly etag: string | null }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'failed'; readonly why: string };

/** Fetches the lists that this server follows, and makes their policies what they say. */
export function syncing(deps: SyncDeps) {
  const { db, inTx, clock, log } = deps;

  /** What a list says now. A list that names nobody is a mistake of its keeper: it would retract everything. */
  async function fetchList({ url, etag }: Row, signal: AbortSignal): Promise<Fetched> {
    const answer = await deps.fetch.request({
      ...{ method: 'GET', url, signal, accept: 'text/csv, application/json, text/plain;q=0.9' },
      ...{ maxBytes: domainListLimits.maxBytes, deadlineMs: subscriptionLimits.deadlineMs },
      headers: etag === null ? {} : { 'if-none-match': etag },
    });
    if (!answer.ok) return { kind: 'failed', why: `${answer.reason}: ${answer.detail ?? ''}` };
    if (answer.status === 304) return { kind: 'unchanged' };
    if (answer.status !== 200) return { kind: 'failed', why: `The server answered ${answer.status}.` };
    const list = readDomainList(answer.body.toString('utf8'), deps.ownDomain);
    if (!list.ok) return { kind: 'failed', why: list.detail ?? list.reason };
    if (list.decisions.size === 0) return { kind: 'failed', why: 'The list names no server.' };
    return { kind: 'list', list, etag: answer.headers.etag ?? null };
  }

  async function store(tx: Tx, { id, failures }: Row, fetched: Fetched): Promise<void> {
    const now = clock.now();
    // Changed or ended while it was fetched: then that counts.
    const row: Row | undefined = await tx('domain_subscriptions').where({ id }).forUpdate().first();
    if (!row) return;
    const subscription = tx('domain_subscriptions').where({ id });
    if (fetched.kind === 'failed') {
      const { firstRetryMs, longestRetryMs } = subscriptionLimits;
      const pause = Math.min(firstRetryMs * 2 ** failures, longestRetryMs);
      await subscription.update({
        ...{ failure: fetched.why.slice(0, 300), failures: failures + 1 },
        ...{ fetched_at: new Date(now), next_at: new Date(now + pause) },
      });
      return;
    }
    if (fetched.kind === 'list') await apply(deps, tx, row, fetched.list);
    await subscription.update({
      ...{ failure: null, failures: 0, fetched_at: new Date(now), succeeded_at: new Date(now) },
      next_at: new Date(now + subscriptionLimits.everyMs),
      ...(fetched.kind === 'list' ? { etag: fetched.etag, bad_lines: fetched.list.problems.length } : {}),
    });
  }

  return {
    /** Fetches lists whose time has come. Returns how many. */
    async syncDue(signal: AbortSignal): Promise<number> {
      const due: Row[] = await db('domain_subscriptions')
        .where('next_at', '<=', new Date(clock.now()))
        .orderBy('next_at')
        .limit(subscriptionLimits.perRound);
      for (const row of due) {
        signal.throwIfAborted();
        const fetched = await fetchList(row, signal);
        if (fetched.kind === 'failed')
          log.warn({ list: row.id, why: fetched.why }, 'a list of domains was not had');
        await inTx((tx) => store(tx, row, fetched));
      }
      return due.length;
    },
  };
}

/** What a list would do to one domain. */
type Step = { readonly to: Decision | null } | { readonly draft: ListedDecision } | null;

/** Makes the policies of a list what it says now. */
async function apply(deps: SyncDeps, tx: Tx, row: Row, list: DomainList): Promise<void> {
  await deps.records.hold(tx);
  await keepEntries(tx, row.id, list.decisions);
  const isExcluded = await excludes(tx);
  const priorities = await prioritiesOf(tx);
  const domains = [...list.decisions.keys()];
  const existing = await deps.instances.decisionsOn(tx, domains);
  const writes = new Map<string, Decision | null>();
  const drafts = new Map<string, ListedDecision>();
  for (const [domain, listed] of list.decisions) {
    if (isExcluded(domain)) continue;
    const step = stepFor(row, existing.get(domain), listed, priorities);
    if (step === null) continue;
    if ('draft' in step) drafts.set(domain, step.draft);
    else writes.set(domain, step.to);
  }
  const owned: string[] = await tx('domain_policies').where({ subscription_id: row.id }).pluck('domain');
  const retracted = owned.filter((domain) => !list.decisions.has(domain) || isExcluded(domain));
  for (const [domain, to] of await afterRetraction(deps, tx, row.id, retracted, row.on_retraction)) {
    writes.set(domain, to);
  }
  await keepDrafts(deps, tx, row.id, drafts);
  await deps.records.record(
    tx,
    BY,
    { action: 'domain.sync', target: { kind: 'domain', id: nameOf(row.id) } },
    [...writes.keys()],
    () => deps.instances.writePolicies(tx, writes),
  );
}

/** Decisions of people stay as they are, and so do those of lists that count for more. */
function stepFor(
  row: Row,
  before: Decision | undefined,
  listed: ListedDecision,
  priorities: ReadonlyMap<string, number>,
): Step {
  const to = decisionOf(row.id, listed, before);
  if (before !== undefined) {
    if (before.origin !== 'subscription') return null;
    const owner = before.subscriptionId;
    if (owner === null && !row.adopt_orphans) return null;
    if (owner !== null && owner !== row.id && row.priority <= (priorities.get(owner) ?? 0)) return null;
    if (isSame(before, to)) return null;
  }
  return row.drafts ? { draft: listed } : { to };
}

async function keepEntries(
  tx: Tx,
  id: string,
  decisions: ReadonlyMap<string, ListedDecision>,
): Promise<void> {
  await tx('domain_subscription_entries').where({ subscription_id: id }).delete();
  await tx.raw(
    `insert into domain_subscription_entries (subscription_id, domain, decision)
     select ?, domain, decision from jsonb_to_recordset(?) as listed (domain text, decision jsonb)`,
    [id, JSON.stringify([...decisions].map(([domain, decision]) => ({ domain, decision })))],
  );
}

/** Proposals to the staff. One that was turned down comes back only when the list says something else. */
async function keepDrafts(
  { ids }: Pick<SyncDeps, 'ids'>,
  tx: Tx,
  id: string,
  drafts: ReadonlyMap<string, ListedDecision>,
): Promise<void> {
  await tx('domain_drafts')
    .where({ subscription_id: id, state: 'open' })
    .whereRaw('domain <> all(?)', [[...drafts.keys()]])
    .delete();
  const rows = [...drafts].map(([domain, decision]) => ({ id: ids.next<'draft'>(), domain, decision }));
  await tx.raw(
    `insert into domain_drafts (id, subscription_id, domain, decision)
     select id, ?, domain, decision from jsonb_to_recordset(?) as drafted (id bigint, domain text, decision jsonb)
         on conflict (subscription_id, domain) do update
            set (id, decision, state, created_at) = (excluded.id, excluded.decision, 'open', now())
          where domain_drafts.decision <> excluded.decision or domain_drafts.state = 'accepted'`,
    [id, JSON.stringify(rows)],
  );
}

async function prioritiesOf(tx: Tx): Promise<Map<string, number>> {
  const rows: { id: string; priority: number }[] = await tx('domain_subscriptions').select('id', 'priority');
  return new Map(rows.map(({ id, priority }) => [id, priority]));
}
