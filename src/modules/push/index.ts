import { ECDH } from 'node:crypto';
import { pushLimits } from '../../../config/live-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { JobPayload, JobRun } from '../../jobs/registry.ts';
import type { IdSource, NotificationId, SessionId } from '../../lib/ids.ts';
import type { AddressPolicy } from '../../lib/net/ip-policy.ts';
import { vetUrl } from '../../lib/net/url-policy.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type PushChoice, type PushSubscription, subscriptionFromRow } from './model.ts';
import { enqueuePushes, type SendingDeps, sendPush } from './sending.ts';

export { type PushChoice, type PushSubscription, pushPolicies } from './model.ts';
export { ensureVapidKeys } from './vapid.ts';

export type Push = ReturnType<typeof createPush>;

interface PushDeps extends SendingDeps {
  readonly ids: IdSource;
  readonly policy: AddressPolicy;
  /** Ports that push services may have. */
  readonly ports: readonly number[];
}

/**
 * Web push (RFC 8030): apps that are closed are told through the services of their makers, which cannot read what passes.
 * Each subscription belongs to the session of the app that made it; nothing else names it (security.md A10).
 */
export function createPush(deps: PushDeps) {
  const { db } = deps;
  return {
    /** By which push services and apps know this server. */
    publicKey: deps.keys.publicKey,

    /** Reactions to events, in the relay's transaction. */
    on: {
      onNotified: {
        all: (tx: Tx, events: readonly { readonly notificationId: NotificationId }[]) =>
          enqueuePushes(deps, tx, events),
      },
    },

    jobs: {
      send: (payload: JobPayload<'push.send'>, run: JobRun) => sendPush(deps, payload, run),
    },

    /** That of a session, or null. */
    async of(sessionId: SessionId): Promise<PushSubscription | null> {
      const row = await db('push_subscriptions').where({ session_id: sessionId }).first();
      return row ? subscriptionFromRow(row) : null;
    },

    /** Takes the place of the session's earlier one. Its address is vetted by its text here, and once more whenever it is used. */
    async subscribe(
      tx: Tx,
      wanted: Omit<PushSubscription, 'id'>,
    ): Promise<Result<{ subscription: PushSubscription }, 'endpoint-refused' | 'push-keys-invalid'>> {
      const { policy, ports } = deps;
      const vetted = vetUrl(wanted.endpoint, {
        ...{ policy, ports, maxUrlCharacters: pushLimits.maxEndpointCharacters },
      });
      if (!vetted.ok) return fail('endpoint-refused', vetted.detail);
      if (!areKeys(wanted)) return fail('push-keys-invalid', 'These are not the keys of a subscription.');
      const { sessionId, accountId, p256dh, auth, standard, alerts, policy: whose } = wanted;
      await tx('push_subscriptions').where({ session_id: sessionId }).delete();
      const [row] = await tx('push_subscriptions')
        .insert({
          ...{ id: deps.ids.next<'push-subscription'>(), session_id: sessionId, account_id: accountId },
          ...{ endpoint: vetted.url.href, p256dh, auth, standard, alerts: [...alerts], policy: whose },
        })
        .returning('*');
      await tx('push_subscriptions')
        .where({ account_id: accountId })
        .whereIn('id', (oldest) =>
          oldest
            .select('id')
            .from('push_subscriptions')
            .where({ account_id: accountId })
            .orderBy('id', 'desc')
            .offset(pushLimits.perAccount),
        )
        .delete();
      return ok({ subscription: subscriptionFromRow(row) });
    },

    /** Null where the session has none. */
    async change(
      tx: Tx,
      sessionId: SessionId,
      { alerts, policy }: PushChoice,
    ): Promise<PushSubscription | null> {
      const [row] = await tx('push_subscriptions')
        .where({ session_id: sessionId })
        .update({ alerts: [...alerts], policy })
        .returning('*');
      return row ? subscriptionFromRow(row) : null;
    },

    async unsubscribe(tx: Tx, sessionId: SessionId): Promise<void> {
      await tx('push_subscriptions').where({ session_id: sessionId }).delete();
    },
  };
}

/** A point of P-256, and 16 bytes (RFC 8291, sections 3.1 and 3.2). */
function areKeys({ p256dh, auth }: Pick<PushSubscription, 'p256dh' | 'auth'>): boolean {
  try {
    const point = Buffer.from(p256dh, 'base64url');
    ECDH.convertKey(point, 'prime256v1');
    return point.length === 65 && Buffer.from(auth, 'base64url').length === 16;
  } catch {
    return false;
  }
}
