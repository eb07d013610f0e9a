import { subscriptionLimits } from '../../../config/domain-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import type { IdSource } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Instances, normaliseDomain } from '../instances/index.ts';
import { type Actor, type Audit, permitted, type Watch } from '../staff/index.ts';
import { nameOf, retractAll } from './ownership.ts';
import type { recording } from './recording.ts';

/** A list of domains that another keeps and this server follows. */
export interface Subscription {
  readonly id: string;
  readonly url: string;
  readonly title: string;
  /** 0 to 255: where lists disagree, the highest counts. */
  readonly priority: number;
  /** Whether what it says is proposed to the staff, and not applied. */
  readonly drafts: boolean;
  /** Whether it takes over policies of lists that are followed no more. */
  readonly adoptOrphans: boolean;
  readonly onRetraction: 'remove' | 'orphan';
  readonly createdAt: Date;
  readonly fetchedAt: Date | null;
  readonly succeededAt: Date | null;
  readonly failure: string | null;
  readonly failures: number;
  readonly badLines: number;
  readonly entries: number;
  /** Policies that are its own now. */
  readonly policies: number;
  readonly openDrafts: number;
}

export interface SubscriptionInput {
  readonly url: string;
  readonly title: string;
  readonly priority: number;
  readonly drafts: boolean;
  readonly adoptOrphans: boolean;
  readonly onRetraction: 'remove' | 'orphan';
}

const COLUMNS = [
  ...['id', 'url', 'title', 'priority', 'drafts', 'adopt_orphans as adoptOrphans'],
  ...['on_retraction as onRetraction', 'created_at as createdAt', 'fetched_at as fetchedAt'],
  ...['succeeded_at as succeededAt', 'failure', 'failures', 'bad_lines as badLines'],
];

interface SubscriptionDeps {
  readonly db: Db;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly instances: Instances;
  readonly records: ReturnType<typeof recording>;
}

type Missing = 'permission-missing' | 'not-found';

/** The lists that this server follows, and the domains that no list decides about. */
export function subscriptions(deps: SubscriptionDeps) {
  const { db, ids, clock, audit, records } = deps;

  async function listed(conn: Db | Tx, id?: string): Promise<Subscription[]> {
    const query = conn('domain_subscriptions')
      .orderBy([{ column: 'priority', order: 'desc' }, 'id'])
      .select(
        ...COLUMNS,
        db.raw(
          `(select count(*)::int from domain_subscription_entries where subscription_id = domain_subscriptions.id) as entries`,
        ),
        db.raw(
          `(select count(*)::int from domain_policies where subscription_id = domain_subscriptions.id) as policies`,
        ),
        db.raw(
          `(select count(*)::int from domain_drafts where subscription_id = domain_subscriptions.id and state = 'open') as "openDrafts"`,
        ),
      );
    return id === undefined ? query : query.where({ id });
  }

  return {
    list: () => listed(db),

    /** Follows a list. It is fetched within minutes. */
    async subscribe(
      tx: Tx,
      by: Actor,
      input: SubscriptionInput,
    ): Promise<
      Result<
        { subscription: Subscription },
        'permission-missing' | 'url-invalid' | 'known' | 'too-many-lists'
      >
    > {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const url = URL.parse(input.url);
      if (!url || !['http:', 'https:'].includes(url.protocol)) {
        return fail('url-invalid', 'Give the address of a list: it begins with https://.');
      }
      const { count } = (await tx('domain_subscriptions').count('* as count').first()) ?? { count: 0 };
      if (Number(count) >= subscriptionLimits.max) {
        return fail('too-many-lists', `At most ${subscriptionLimits.max} lists can be followed.`);
      }
      const id = ids.next<'subscription'>();
      const added = await tx('domain_subscriptions')
        .insert({ id, url: url.href, next_at: new Date(clock.now()), ...columnsOf(input) })
        .onConflict('url')
        .ignore()
        .returning('id');
      if (added.length === 0) return fail('known', 'This list is followed already.');
      await audit.record(tx, by, {
        action: 'domain.subscribe',
        target: { kind: 'domain', id: nameOf(id) },
        detail: { priority: input.priority, drafts: input.drafts },
      });
      const [subscription] = await listed(tx, id);
      if (!subscription) throw new Error('A subscription that was just made is gone.');
      return ok({ subscription });
    },

    /** Changes how a list is followed; it is fetched anew. */
    async change(
      tx: Tx,
      by: Actor,
      id: string,
      input: Omit<SubscriptionInput, 'url'>,
    ): Promise<Result<{ subscription: Subscription }, Missing>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const target = { kind: 'domain', id: nameOf(id) } as const;
      const detail = { priority: input.priority, drafts: input.drafts };
      await audit.recordRows(
        tx,
        by,
        { action: 'domain.change-subscription', target, detail },
        {
          watch: { table: 'domain_subscriptions', where: (query) => query.where({ id }) },
          write: () =>
            tx('domain_subscriptions')
              .where({ id })
              .update({ ...columnsOf(input), etag: null, next_at: new Date(clock.now()) }),
        },
      );
      const [subscription] = await listed(tx, id);
      return subscription ? ok({ subscription }) : notThere();
    },

    /** Follows a list no more. What it set goes or stays, as is said here. */
    async unsubscribe(
      tx: Tx,
      by: Actor,
      input: { readonly id: string; readonly retract: 'remove' | 'orphan'; readonly reason: string },
    ): Promise<Result<{ changed: number }, Missing>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      await records.hold(tx);
      if (!(await tx('domain_subscriptions').where({ id: input.id }).forUpdate().first('id')))
        return notThere();
      const { domains, write } = await retractAll(deps, tx, input.id, input.retract);
      const target = { kind: 'domain', id: nameOf(input.id) } as const;
      const deed = { action: 'domain.unsubscribe', target, reason: input.reason } as const;
      const recorded = await records.record(tx, by, deed, domains, write);
      if (recorded.auditId === null) await audit.record(tx, by, deed);
      await tx('domain_subscriptions').where({ id: input.id }).delete();
      return ok({ changed: recorded.changed });
    },

    /** Has a list fetched within minutes, whatever its pause. */
    async fetchSoon(tx: Tx, by: Actor, id: string): Promise<Result<object, Missing>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const done = await tx('domain_subscriptions')
        .where({ id })
        .update({ next_at: new Date(clock.now()), etag: null });
      if (done === 0) return notThere();
      await audit.record(tx, by, { action: 'domain.retry', target: { kind: 'domain', id: nameOf(id) } });
      return ok();
    },

    /** What was put back counts with the next fetch of each list. */
    restored: (tx: Tx) => refetchAll(tx, clock),

    excludes: (): Promise<{ domain: string; note: string; createdAt: Date }[]> =>
      db('domain_excludes').orderBy('domain').select('domain', 'note', 'created_at as createdAt'),

    /** No list decides about the domain and its subdomains any more; what one has set there goes with its next fetch. */
    async exclude(
      tx: Tx,
      by: Actor,
      input: { readonly domain: string; readonly note: string },
    ): Promise<Result<object, 'permission-missing' | 'domain-invalid'>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const domain = normaliseDomain(input.domain);
      if (domain === null) return fail('domain-invalid', `"${input.domain}" is not the name of a server.`);
      const target = { kind: 'domain', id: domain } as const;
      await audit.recordRows(
        tx,
        by,
        { action: 'domain.exclude', target, reason: input.note },
        {
          watch: excludeOf(domain),
          write: () =>
            tx('domain_excludes').insert({ domain, note: input.note }).onConflict('domain').merge(['note']),
        },
      );
      await refetchAll(tx, clock);
      return ok();
    },

    /** Lists decide about the domain again. */
    async include(tx: Tx, by: Actor, domain: string): Promise<Result<object, Missing>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const target = { kind: 'domain', id: domain } as const;
      const removed = await audit.recordRows(
        tx,
        by,
        { action: 'domain.include', target },
        { watch: excludeOf(domain), write: () => tx('domain_excludes').where({ domain }).delete() },
      );
      if (removed === null) return notThere();
      await refetchAll(tx, clock);
      return ok();
    },
  };
}

const excludeOf = (domain: string): Watch => ({
  table: 'domain_excludes',
  where: (query) => query.where({ domain }),
});

function columnsOf(input: Omit<SubscriptionInput, 'url'>) {
  return {
    ...{ title: input.title, priority: input.priority, drafts: input.drafts },
    ...{ adopt_orphans: input.adoptOrphans, on_retraction: input.onRetraction },
  };
}

function notThere() {
  return fail('not-found', 'There is no such entry.');
}

/** What counts for lists has changed: each is looked at anew, whether it changed or not. */
async function refetchAll(tx: Tx, clock: Clock): Promise<void> {
  await tx('domain_subscriptions').update({ etag: null, next_at: new Date(clock.now()) });
}
