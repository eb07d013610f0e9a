import { z } from 'zod';
import { faspLimits } from '../../../config/fasp-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';
import { type AuditId, type FaspCallbackId, type FaspId, idSchema } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, permitted } from '../staff/index.ts';
import type { FaspDeps } from './deps.ts';
import { keysOf } from './keys.ts';
import { isUsed, targetOf, using } from './providers.ts';

/** What a provider sends when it calls: nothing, or one object (FASP debug v0.1). */
export const callbackSchema = z.record(z.string(), z.unknown()).optional();
/** Of an object that was sent along with the question, and comes back as it was. */
const own = z.object({ callback: idSchema<'fasp-callback'>() });

const CAPABILITY = 'callback';

/**
 * Calls there and back, by which the staff sees whether a provider and this server reach each other and read each other's signatures. Asked for
 * by a person alone; the newest so many of each provider are kept. Source: FASP debug v0.1.
 */
export function callbacksOf(deps: FaspDeps) {
  const { db, ids, clock } = deps;
  const now = () => new Date(clock.now());

  async function keepNewest(tx: Tx, provider_id: FaspId): Promise<void> {
    const newest = tx('fasp_callbacks')
      .where({ provider_id })
      .orderBy('id', 'desc')
      .limit(faspLimits.maxCallbacks)
      .select('id');
    await tx('fasp_callbacks').where({ provider_id }).whereNotIn('id', newest).delete();
  }

  return {
    /** Has a provider asked for a call, as soon as a worker is free. */
    async ask(
      tx: Tx,
      by: Actor,
      providerId: FaspId,
    ): Promise<Result<{ auditId: AuditId }, 'permission-missing' | 'not-found' | 'conflict'>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const provider = await tx('fasp_providers')
        .where({ id: providerId, state: 'accepted' })
        .first('base_url');
      if (!provider) return fail('not-found', 'There is no such provider, or it is not accepted yet.');
      if (!(await isUsed(tx, providerId, CAPABILITY)))
        return fail('conflict', `“${CAPABILITY}” of this provider is not in use. Turn it on first.`);
      const id = ids.next<'fasp-callback'>();
      await tx('fasp_callbacks').insert({ id, provider_id: providerId, asked_at: now() });
      await keepNewest(tx, providerId);
      await deps.enqueue(tx, { name: 'fasp.callback', payload: { callbackId: id } });
      const target = targetOf(provider.base_url);
      return ok({ auditId: await deps.audit.record(tx, by, { action: 'fasp.callback', target }) });
    },

    /** The job `fasp.callback`: asks once; why that did not work is all that is noted of it. */
    async run(id: FaspCallbackId, { signal }: JobRun): Promise<Finish | undefined> {
      const asked = await db('fasp_providers')
        .modify(using(CAPABILITY))
        .join('fasp_callbacks', 'fasp_callbacks.provider_id', 'fasp_providers.id')
        .where('fasp_callbacks.id', id)
        .first('fasp_providers.id as providerId');
      const keys = asked && (await keysOf(db, deps.instanceSecret, asked.providerId));
      if (!keys) return;
      const path = '/debug/v0/callback/logs';
      const answer = await deps.ask(keys, { method: 'POST', path, json: { callback: id }, signal });
      signal.throwIfAborted();
      const failure = answer.ok ? null : (answer.detail ?? answer.reason).slice(0, 300);
      return async (tx) => {
        await tx('fasp_callbacks').where({ id }).update({ failure });
        return null;
      };
    },

    /** A provider calls. */
    async heard(
      tx: Tx,
      providerId: FaspId,
      { ip, json }: { readonly ip: string | undefined; readonly json: z.output<typeof callbackSchema> },
    ): Promise<Result<object, 'off'>> {
      if (!(await isUsed(tx, providerId, CAPABILITY))) return fail('off', 'Callbacks are not in use here.');
      const body =
        json === undefined ? null : JSON.stringify(json).slice(0, faspLimits.maxCallbackCharacters);
      const called = { called_at: now(), ip: ip ?? null, body };
      const named = own.safeParse(json);
      const isAnswer =
        named.success &&
        (await tx('fasp_callbacks')
          .where({ id: named.data.callback, provider_id: providerId, called_at: null })
          .update(called)) === 1;
      if (isAnswer) return ok();
      const id = ids.next<'fasp-callback'>();
      await tx('fasp_callbacks').insert({ id, provider_id: providerId, ...called });
      await keepNewest(tx, providerId);
      return ok();
    },
  };
}
