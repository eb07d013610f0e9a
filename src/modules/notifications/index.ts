import type { Db, Tx } from '../../db/database.ts';
import { emitter } from '../../db/outbox.ts';
import { deleteInBatches } from '../../db/sweep.ts';
import type { UnlistedDomains } from '../../db/visibility.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId, IdSource, NotificationId } from '../../lib/ids.ts';
import { notificationEvents } from './events.ts';
import { acceptRequests, dismissRequests, policyOf, setPolicy } from './policies.ts';
import { notificationQueries, ofGroup } from './queries.ts';
import { newsSources, tellStaff } from './sources.ts';

export { notificationEvents } from './events.ts';
export {
  groupedTypes,
  mutableTypes,
  type Notification,
  type NotificationGroup,
  type NotificationType,
  notificationTypes,
  ownTypes,
  policyActions,
} from './model.ts';
export type { NotificationFilter, NotificationPage } from './queries.ts';

export type Notifications = ReturnType<typeof createNotifications>;

/** What people are told of: made by events, kept in a bounded list, and shown to nobody else. */
export function createNotifications(base: {
  readonly db: Db;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly unlistedDomains: UnlistedDomains;
}) {
  const deps = { ...base, emit: emitter(notificationEvents, base.ids) };
  const dismiss = async (rows: Promise<number>): Promise<boolean> => (await rows) > 0;
  return {
    ...notificationQueries(base.db, base.unlistedDomains),
    /** Reactions to events, in the relay's transaction. */
    on: newsSources(deps),

    /** The server itself needs somebody: `fromId` is the account it acts by, `subject` what it is about, told once. */
    tellStaff: (tx: Tx, news: Parameters<typeof tellStaff>[2]) => tellStaff(deps, tx, news),

    /** Puts one away. False where there is none. */
    dismiss: (tx: Tx, accountId: AccountId, id: NotificationId): Promise<boolean> =>
      dismiss(
        tx('notifications')
          .where({ account_id: accountId, id, state: 'shown' })
          .update({ state: 'dismissed' }),
      ),

    /** Puts a group away. False where there is none. */
    dismissGroup: (tx: Tx, accountId: AccountId, groupKey: string): Promise<boolean> =>
      dismiss(
        tx('notifications')
          .where({ account_id: accountId, state: 'shown' })
          .where(ofGroup(groupKey))
          .update({ state: 'dismissed' }),
      ),

    /** Puts everything away. Rows stay, so that nothing of it is told once more. */
    async clear(tx: Tx, accountId: AccountId): Promise<void> {
      await tx('notifications')
        .where({ account_id: accountId })
        .whereNot({ state: 'dismissed' })
        .update({ state: 'dismissed' });
    },

    /** Forgets what was told before a moment. */
    sweep: (before: Date, signal: AbortSignal): Promise<number> =>
      deleteInBatches(base.db, 'notifications', { condition: 'created_at < ?', bindings: [before] }, signal),

    /** Removes at most `limit` each of those to and about an account that is gone; returns how many together. */
    async dropSomeOf(tx: Tx, accountId: AccountId, limit: number): Promise<number> {
      let dropped = 0;
      for (const side of ['account_id', 'from_account_id']) {
        const some = tx('notifications')
          .where({ [side]: accountId })
          .limit(limit)
          .select('id');
        dropped += await tx('notifications').whereIn('id', some).delete();
      }
      return dropped;
    },

    policyOf: (accountId: AccountId) => policyOf(base.db, accountId),
    setPolicy,
    acceptRequests,
    dismissRequests,
  };
}
