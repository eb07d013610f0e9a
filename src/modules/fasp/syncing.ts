import { faspLimits } from '../../../config/fasp-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';
import type { FaspId } from '../../lib/ids.ts';
import type { FaspDeps, NotAsked } from './deps.ts';
import { keysOf, type ProviderKeys } from './keys.ts';
import { majorOf, type ProviderInfo, providerInfoSchema } from './wire.ts';

/** One provider is told and asked one thing after another. */
export const syncJob = (providerId: FaspId) =>
  ({ name: 'fasp.sync', payload: { providerId }, key: `fasp:${providerId}` }) as const;

interface Row {
  readonly state: string;
  readonly info: ProviderInfo | null;
  readonly info_at: Date | null;
  readonly failures: number;
}

/** A capability of which the provider knows something else than what is so. */
interface Untold {
  readonly capability: string;
  readonly version: string;
  readonly isOn: boolean;
}

/** What is in use of a capability, as far as its provider has to know it. */
const IS_ON = `(fasp_capabilities.enabled and fasp_providers.state = 'accepted')`;

/** The pause after another failure: it doubles, and is never shorter than what the provider asks for. */
export function pauseAfter(failures: number, { pauseMs = 0 }: Pick<NotAsked, 'pauseMs'>): number {
  const { firstRetryMs, longestRetryMs } = faspLimits;
  return Math.min(Math.max(firstRetryMs * 2 ** failures, pauseMs), longestRetryMs);
}

/** The job `fasp.sync`: asks a provider what it can do, and tells it what of that is used. */
export function syncing(deps: FaspDeps) {
  const { db, clock } = deps;

  async function askInfo(keys: ProviderKeys, signal: AbortSignal): Promise<ProviderInfo | NotAsked> {
    const answer = await deps.ask(keys, { method: 'GET', path: '/provider_info', signal });
    if (!answer.ok) return answer;
    const read = providerInfoSchema.safeParse(answer.json);
    if (read.success) return read.data;
    return { ok: false, reason: 'failed', detail: 'What it says of itself cannot be read.' };
  }

  async function keepInfo(tx: Tx, id: FaspId, info: ProviderInfo): Promise<void> {
    await tx('fasp_providers')
      .where({ id })
      .update({ info: JSON.stringify(info), info_at: new Date(clock.now()) });
    const rows = [...new Map(info.capabilities.map((one) => [one.id, one])).values()];
    await tx('fasp_capabilities')
      .where({ provider_id: id, enabled: false, told: false })
      .whereNotIn(
        'capability',
        rows.map((one) => one.id),
      )
      .delete();
    if (rows.length === 0) return;
    await tx('fasp_capabilities')
      .insert(rows.map((one) => ({ provider_id: id, capability: one.id, version: one.version })))
      .onConflict(['provider_id', 'capability'])
      .merge(['version']);
  }

  const untoldOf = (id: FaspId): Promise<Untold[]> =>
    db('fasp_capabilities')
      .join('fasp_providers', 'fasp_providers.id', 'fasp_capabilities.provider_id')
      .where({ provider_id: id })
      .whereRaw(`told <> ${IS_ON}`)
      .select('capability', 'version', db.raw(`${IS_ON} as "isOn"`));

  async function tell(
    keys: ProviderKeys,
    { capability, version, isOn }: Untold,
    signal: AbortSignal,
  ): Promise<NotAsked | null> {
    const path = `/capabilities/${capability}/${majorOf(version)}/activation`;
    const answer = await deps.ask(keys, { method: isOn ? 'POST' : 'DELETE', path, signal });
    // What it does not know any more needs no end.
    return answer.ok || (!isOn && answer.status === 404) ? null : answer;
  }

  async function failed(tx: Tx, id: FaspId, row: Row, why: NotAsked): Promise<void> {
    await tx('fasp_providers')
      .where({ id })
      .update({
        ...{ failures: row.failures + 1, failure: (why.detail ?? why.reason).slice(0, 300) },
        next_at: new Date(clock.now() + pauseAfter(row.failures, why)),
      });
  }

  return {
    async run(id: FaspId, { signal }: JobRun): Promise<Finish | undefined> {
      const row: Row | undefined = await db('fasp_providers')
        .where({ id })
        .first('state', 'info', 'info_at', 'failures');
      const keys = row && (await keysOf(db, deps.instanceSecret, id));
      if (!row || !keys) return;
      const age = row.info_at === null ? Number.POSITIVE_INFINITY : clock.now() - row.info_at.getTime();
      if (row.state === 'accepted' && age >= faspLimits.infoEveryMs) {
        const info = await askInfo(keys, signal);
        signal.throwIfAborted();
        if ('ok' in info) return async (tx) => failed(tx, id, row, info).then(() => null);
        await deps.inTx((tx) => keepInfo(tx, id, info));
      }
      for (const one of await untoldOf(id)) {
        const refusal = await tell(keys, one, signal);
        signal.throwIfAborted();
        if (refusal) return async (tx) => failed(tx, id, row, refusal).then(() => null);
        const { capability, isOn } = one;
        await db('fasp_capabilities').where({ provider_id: id, capability }).update({ told: isOn });
      }
      return async (tx) => {
        const next_at = new Date(clock.now() + faspLimits.infoEveryMs);
        await tx('fasp_providers').where({ id }).update({ failures: 0, failure: null, next_at });
        return null;
      };
    },

    /** Those who are to be told or asked something by now. */
    async due(tx: Tx): Promise<FaspId[]> {
      return tx('fasp_providers')
        .where('next_at', '<=', new Date(clock.now()))
        .where((some) =>
          some
            .where({ state: 'accepted' })
            .orWhereExists((untold) =>
              untold
                .select('capability')
                .from('fasp_capabilities')
                .whereRaw(`fasp_capabilities.provider_id = fasp_providers.id and told <> ${IS_ON}`),
            ),
        )
        .whereNotExists((job) =>
          job
            .select('id')
            .from('jobs')
            .where({ state: 'pending' })
            .whereRaw(`key = 'fasp:' || fasp_providers.id`),
        )
        .pluck('id');
    },
  };
}
