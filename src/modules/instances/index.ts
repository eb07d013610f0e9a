import type { RemoteVideoMode } from '../../../config/env.ts';
import type { Db, Tx } from '../../db/database.ts';
import { emitter } from '../../db/outbox.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { Clock } from '../../lib/clock.ts';
import type { IdSource } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { instanceEvents } from './events.ts';
import { domainPolicies, type FederationMode } from './policies.ts';
import { instanceRecords } from './records.ts';

export type {
  DeadDelivery,
  DeadLetterChoice,
  DeliveryDesk,
} from './delivery-desk.ts';
export { normaliseDomain, withParents } from './domain-name.ts';
export { instanceEvents } from './events.ts';
export {
  type Decision,
  type DomainPolicy,
  type FederationMode,
  type MediaRefusal,
  type PolicyChange,
  type Severity,
  type Standing,
  severities,
} from './policies.ts';
export type { NodeInfo } from './records.ts';
export { createUrls, type Urls } from './urls.ts';

export type Instances = ReturnType<typeof createInstances>;

/** What this server knows of others, what it decided about them, and its own lasting identity. */
export function createInstances(deps: {
  readonly db: Db;
  readonly ids: IdSource;
  readonly enqueue: Enqueue;
  readonly clock: Clock;
  readonly mode: FederationMode;
  readonly remoteVideo: { readonly mode: RemoteVideoMode };
}) {
  return {
    ...domainPolicies({ ...deps, emit: emitter(instanceEvents, deps.ids) }),
    ...instanceRecords(deps),

    /**
     * Remembers the origin that ids were made with. A server that is started under another origin than
     * before would lose all its followers, so that is refused until the person has decided.
     */
    async claimOrigin(tx: Tx, origin: string): Promise<Result<object, 'origin-changed'>> {
      await tx('instance_settings')
        .insert({ key: 'origin', value: JSON.stringify(origin) })
        .onConflict('key')
        .ignore();
      const row = await tx('instance_settings').where({ key: 'origin' }).first('value');
      if (row.value === origin) return ok();
      return fail(
        'origin-changed',
        `This database belongs to ${row.value}, but ORIGIN is ${origin}. Other servers know accounts and videos by the old address. Set ORIGIN=${row.value}, or use another database.`,
      );
    },
  };
}
