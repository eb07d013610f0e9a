import type { Knex } from 'knex';
import { faspLimits } from '../../../config/fasp-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { deleteInBatches } from '../../db/sweep.ts';
import type { AuditId, FaspId } from '../../lib/ids.ts';
import { vetUrl } from '../../lib/net/url-policy.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type Deed, permitted, type Watch } from '../staff/index.ts';
import { type Callback, callbacksByProvider } from './called.ts';
import type { FaspDeps } from './deps.ts';
import { type AnswerSigner, fingerprintOf, makeFaspKeys } from './keys.ts';
import { syncJob } from './syncing.ts';
import { isUsable, type ProviderInfo, type Registration } from './wire.ts';

export type ProviderState = 'waiting' | 'accepted';

/** A provider as the staff sees it. */
export interface Provider {
  readonly id: FaspId;
  readonly state: ProviderState;
  /** As it registered. */
  readonly name: string;
  readonly baseUrl: string;
  /** Of the key of the provider: the staff compares it with what the provider shows. */
  readonly fingerprint: string;
  readonly createdAt: Date;
  readonly decidedAt: Date | null;
  /** What it says of itself; null while it was not asked. */
  readonly info: ProviderInfo | null;
  readonly capabilities: readonly {
    readonly capability: string;
    readonly version: string;
    /** Whether this server can use it. */
    readonly isUsable: boolean;
    readonly enabled: boolean;
    /** Whether the provider knows how it is. */
    readonly isTold: boolean;
    /** Why it could not be asked for this last; null where it could, or was not asked yet. */
    readonly failure: string | null;
  }[];
  readonly failures: number;
  readonly failure: string | null;
  /** The newest first. */
  readonly callbacks: readonly Callback[];
}

type Why = Pick<Deed, 'reason'>;
type Changed<R extends string> = Result<{ auditId: AuditId }, 'permission-missing' | 'not-found' | R>;

interface ProviderRow {
  readonly id: FaspId;
  readonly state: ProviderState | 'refused' | 'removed';
  readonly name: string;
  readonly base_url: string;
  readonly public_key: string;
  readonly created_at: Date;
  readonly decided_at: Date | null;
  readonly info: ProviderInfo | null;
  readonly failures: number;
  readonly failure: string | null;
}

interface CapabilityRow {
  readonly provider_id: FaspId;
  readonly capability: string;
  readonly version: string;
  readonly enabled: boolean;
  readonly told: boolean;
  readonly ask_failure: string | null;
}

/** Narrows a query over `fasp_providers` joined with their capabilities to those whose capability is in use. */
export function using(capability: string) {
  return (query: Knex.QueryBuilder): void => {
    query
      .join('fasp_capabilities', 'fasp_capabilities.provider_id', 'fasp_providers.id')
      .where({ 'fasp_providers.state': 'accepted', 'fasp_capabilities.enabled': true, capability });
  };
}

/** Whether a capability of a provider is in use. Its row is locked, so that what it asks for at once is counted one after another. */
export async function isUsed(tx: Tx, id: FaspId, capability: string): Promise<boolean> {
  await tx('fasp_providers').where({ id }).forUpdate().first('id');
  return (await tx('fasp_providers').modify(using(capability)).where({ id }).first('id')) !== undefined;
}

const rowOf = (id: FaspId): Watch => ({ table: 'fasp_providers', where: (query) => query.where({ id }) });
export const targetOf = (baseUrl: string) => ({ kind: 'domain', id: new URL(baseUrl).host }) as const;

const NOT_CHANGED = 'A row that was there has not changed.';

/** Providers that registered, and what the staff decides about them. */
export function faspProviders(deps: FaspDeps) {
  const { db, ids, clock, audit, enqueue } = deps;

  async function countOf(tx: Tx, state: ProviderState): Promise<number> {
    return Number((await tx('fasp_providers').where({ state }).count('* as count').first())?.count);
  }

  /** Answers a provider that waits, or ends what was agreed. */
  async function decide(
    tx: Tx,
    by: Actor,
    { id, verb, reason }: { readonly id: FaspId; readonly verb: 'accept' | 'refuse' | 'remove' } & Why,
  ): Promise<Changed<'conflict' | 'too-many'>> {
    const allowed = permitted(by, 'domains');
    if (!allowed.ok) return allowed;
    const from = verb === 'remove' ? 'accepted' : 'waiting';
    const row: ProviderRow | undefined = await tx('fasp_providers').where({ id }).forUpdate().first();
    if (!row || row.state === 'refused' || row.state === 'removed')
      return fail('not-found', 'There is no such provider.');
    if (row.state !== from)
      return fail('conflict', from === 'waiting' ? 'It is accepted already.' : 'It is not accepted yet.');
    if (verb === 'accept' && (await countOf(tx, 'accepted')) >= faspLimits.maxAccepted)
      return fail('too-many', `At most ${faspLimits.maxAccepted} providers can be accepted.`);
    const state = { accept: 'accepted', refuse: 'refused', remove: 'removed' }[verb];
    const now = new Date(clock.now());
    const target = targetOf(row.base_url);
    const auditId = await audit.recordRows(
      tx,
      by,
      { action: `fasp.${verb}`, target, ...(reason && { reason }) },
      {
        watch: rowOf(id),
        write: () =>
          tx('fasp_providers')
            .where({ id })
            .update({ state, decided_at: now, next_at: now, failures: 0, failure: null }),
      },
    );
    if (auditId === null) throw new Error(NOT_CHANGED);
    if (verb !== 'refuse') await enqueue(tx, syncJob(id));
    return ok({ auditId });
  }

  return {
    /**
     * Writes down that a provider wants to work for this server. Nothing is asked of it, and nothing it sends is believed, before somebody
     * of the staff has compared its key and accepted it (CVE-2026-27468, CVE-2026-27477).
     */
    async register(
      tx: Tx,
      { name, baseUrl, serverId, publicKey }: Registration,
    ): Promise<Result<{ faspId: FaspId; publicKey: string; signer: AnswerSigner }, 'invalid' | 'too-many'>> {
      const vetted = vetUrl(baseUrl, {
        ...{ policy: deps.policy, ports: deps.ports },
        maxUrlCharacters: faspLimits.maxUrlCharacters,
      });
      if (!vetted.ok) return fail('invalid', `baseUrl: ${vetted.detail}`);
      const { url } = vetted;
      if (url.search !== '') return fail('invalid', 'baseUrl: The address must not have a query.');
      if (url.host === deps.ownHost) return fail('invalid', 'baseUrl: This is this server itself.');
      if (await deps.instances.isBlocked(url.host))
        return fail('invalid', `baseUrl: This server does not talk to ${url.host}.`);
      await tx.raw('select pg_advisory_xact_lock(hashtext(?))', ['fasp-registration']);
      if ((await countOf(tx, 'waiting')) >= faspLimits.maxWaiting)
        return fail('too-many', 'Too many providers wait for an answer. Try again later.');
      const id = ids.next<'fasp'>();
      await tx('fasp_providers').insert({
        ...{ id, state: 'waiting', name, base_url: url.href.replace(/\/$/, '') },
        ...{ server_id: serverId, public_key: publicKey, next_at: new Date(clock.now()) },
      });
      const keys = await makeFaspKeys(deps.instanceSecret);
      await tx('fasp_keys').insert({ provider_id: id, ...keys.row });
      return ok({ faspId: id, publicKey: keys.row.public_key, signer: { serverId, ownKey: keys.ownKey } });
    },

    /** Those who wait, then those who are accepted, the newest first. */
    async list(): Promise<Provider[]> {
      const rows: (ProviderRow & { readonly state: ProviderState })[] = await db('fasp_providers')
        .whereIn('state', ['waiting', 'accepted'])
        .orderBy([
          { column: 'state', order: 'desc' },
          { column: 'id', order: 'desc' },
        ]);
      const called = await callbacksByProvider(db);
      const known: CapabilityRow[] = await db('fasp_capabilities').orderBy('capability');
      return rows.map((row) => ({
        ...{ id: row.id, state: row.state, name: row.name, baseUrl: row.base_url },
        ...{ fingerprint: fingerprintOf(row.public_key), createdAt: row.created_at },
        ...{ decidedAt: row.decided_at, info: row.info, failures: row.failures, failure: row.failure },
        callbacks: called.get(row.id) ?? [],
        capabilities: known
          .filter((one) => one.provider_id === row.id)
          .map(({ capability, version, enabled, told, ask_failure }) => ({
            ...{ capability, version, enabled, isTold: told === enabled },
            failure: enabled ? ask_failure : null,
            isUsable: isUsable(capability, version),
          })),
      }));
    },

    accept: (tx: Tx, by: Actor, id: FaspId, why: Why = {}) => decide(tx, by, { id, verb: 'accept', ...why }),
    refuse: (tx: Tx, by: Actor, id: FaspId, why: Why = {}) => decide(tx, by, { id, verb: 'refuse', ...why }),
    /** It may do nothing more; what it was told to do is ended, as far as it can be reached. */
    remove: (tx: Tx, by: Actor, id: FaspId, why: Why = {}) => decide(tx, by, { id, verb: 'remove', ...why }),

    /** Uses one of the capabilities of a provider from now on, or no more; it is told at once. */
    async setCapability(
      tx: Tx,
      by: Actor,
      id: FaspId,
      { capability, isEnabled }: { readonly capability: string; readonly isEnabled: boolean },
    ): Promise<Changed<'conflict' | 'not-usable'>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const provider: ProviderRow | undefined = await tx('fasp_providers')
        .where({ id, state: 'accepted' })
        .forUpdate()
        .first();
      if (!provider) return fail('not-found', 'There is no such provider, or it is not accepted yet.');
      const row: CapabilityRow | undefined = await tx('fasp_capabilities')
        .where({ provider_id: id, capability })
        .first();
      if (!row) return fail('not-found', `The provider does not say that it can do “${capability}”.`);
      if (row.enabled === isEnabled)
        return fail('conflict', isEnabled ? 'It is in use already.' : 'It is not in use.');
      if (isEnabled && !isUsable(capability, row.version))
        return fail('not-usable', `This server cannot use “${capability}” ${row.version}.`);
      const auditId = await audit.recordRows(
        tx,
        by,
        {
          action: isEnabled ? 'fasp.enable' : 'fasp.disable',
          target: targetOf(provider.base_url),
          detail: { capability },
        },
        {
          watch: {
            table: 'fasp_capabilities',
            where: (query) => query.where({ provider_id: id, capability }),
          },
          write: () =>
            tx('fasp_capabilities')
              .where({ provider_id: id, capability })
              .update({ enabled: isEnabled, ask_at: null, ask_failures: 0, ask_failure: null }),
        },
      );
      if (auditId === null) throw new Error(NOT_CHANGED);
      await enqueue(tx, syncJob(id));
      return ok({ auditId });
    },

    /** A provider, or what is used of it, was put back as it was: then it is told that. */
    async restored(tx: Tx, id: FaspId, capability?: string): Promise<void> {
      // Whether it was told meanwhile is not known any more: it is told in any case.
      if (capability !== undefined)
        await tx('fasp_capabilities')
          .where({ provider_id: id, capability })
          .update({ told: tx.raw('not enabled') });
      await tx('fasp_providers').where({ id }).update({ failures: 0, failure: null });
      if (await tx('fasp_providers').where({ id }).whereNot({ state: 'waiting' }).first('id'))
        await enqueue(tx, syncJob(id));
    },
  };
}

/** Forgets whom nobody has answered, who was refused or removed, and news that nobody took, once that is long ago. */
export async function sweepProviders(db: Db, now: number, signal: AbortSignal): Promise<number> {
  const before = new Date(now - faspLimits.keptMs);
  const old = { condition: 'created_at < ?', bindings: [new Date(now - faspLimits.newsKeptMs)] };
  const news = await deleteInBatches(db, 'fasp_news', old, signal);
  const asked = { condition: 'coalesce(called_at, asked_at) < ?', bindings: [before] };
  await deleteInBatches(db, 'fasp_callbacks', asked, signal);
  const dayAgo = new Date(now - faspLimits.maxTimeframe * 60_000);
  await deleteInBatches(db, 'fasp_trended', { condition: 'told_at < ?', bindings: [dayAgo] }, signal);
  const gone = await deleteInBatches(
    db,
    'fasp_providers',
    {
      condition: `(state = 'waiting' and created_at < ?) or (state in ('refused', 'removed') and decided_at < ?)`,
      bindings: [before, before],
    },
    signal,
  );
  return news + gone;
}
