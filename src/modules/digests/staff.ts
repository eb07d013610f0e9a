import { digestLimits } from '../../../config/mail-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { Finish, JobPayload } from '../../jobs/registry.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId } from '../../lib/ids.ts';
import type { Letter, Mail } from '../mail/index.ts';
import {
  nextSummaryAt,
  type Permission,
  type PreferencesRow,
  preferencesFromRow,
  standingOf,
} from '../staff/index.ts';

interface SummaryDeps {
  readonly db: Db;
  readonly enqueue: Enqueue;
  readonly clock: Clock;
  readonly mail: Mail;
  readonly instance: { readonly name: string };
}

const DAY = 24 * 3_600_000;

/** What waits for the staff: rows of a table, since when, and the page where they are worked on. */
interface Waiting {
  readonly what: string;
  readonly page: string;
  readonly needs: Permission;
  readonly table: string;
  readonly where: string;
  readonly since: string;
}

const WAITING: readonly Waiting[] = [
  {
    ...{ what: 'open reports', page: 'reports', needs: 'reports' },
    ...{ table: 'reports', where: `state = 'open'`, since: 'created_at' },
  },
  {
    ...{ what: 'appeals', page: 'appeals', needs: 'reports' },
    ...{ table: 'appeals', where: `state = 'open'`, since: 'created_at' },
  },
  {
    ...{ what: 'copyright claims', page: 'claims', needs: 'reports' },
    ...{ table: 'claims', where: `state = 'open'`, since: 'confirmed_at' },
  },
  {
    ...{ what: 'posts held back', page: 'held', needs: 'content' },
    ...{ table: 'held_posts', where: 'true', since: 'created_at' },
  },
  {
    ...{ what: 'sign-ups', page: 'approvals', needs: 'sign-ups' },
    ...{ table: 'users', where: `approval = 'pending' and not unconfirmed`, since: 'created_at' },
  },
  {
    ...{ what: 'jobs that failed', page: 'queues', needs: 'queues' },
    ...{ table: 'jobs', where: `state = 'dead'`, since: 'died_at' },
  },
];

/** What waits, by mail each morning, for those of the staff who asked for it. */
export function staffSummaries(deps: SummaryDeps) {
  const { db, enqueue, clock, mail } = deps;
  return {
    /** Sets off those that are due. */
    async enqueueSummaries(tx: Tx): Promise<number> {
      const ids: AccountId[] = await tx('staff_preferences')
        .where('digest_at', '<=', new Date(clock.now()))
        .orderBy('digest_at')
        .limit(digestLimits.atOnce)
        .pluck('account_id');
      await enqueue(
        tx,
        ids.map((accountId) => ({
          ...{ name: 'mail.staff-digest' as const, payload: { accountId } },
          key: `mail.staff-digest:${accountId}`,
        })),
      );
      return ids.length;
    },

    /** Writes the summary of one of the staff, where it is due and anything waits. Whoever left the staff gets none. */
    async summarise({ accountId }: JobPayload<'mail.staff-digest'>): Promise<Finish | undefined> {
      const row: (PreferencesRow & { email: string | null; unconfirmed: boolean }) | undefined = await db(
        'staff_preferences',
      )
        .join('users', 'users.account_id', 'staff_preferences.account_id')
        .where('staff_preferences.account_id', accountId)
        .where('digest_at', '<=', new Date(clock.now()))
        .first('staff_preferences.*', 'users.email', 'users.unconfirmed');
      if (!row) return undefined;
      const { permissions } = await standingOf(db, accountId);
      const to = row.unconfirmed || permissions.length === 0 ? null : row.email;
      const letter = to === null ? null : await summaryOf(deps, permissions);
      return async (tx) => {
        const moved = await tx('staff_preferences')
          .where({ account_id: accountId, digest_at: row.digest_at })
          .update({ digest_at: nextSummaryAt(clock.now(), preferencesFromRow(row)) });
        if (moved === 1 && to !== null && letter) {
          const expiresAt = new Date(clock.now() + DAY);
          await mail.write(tx, { kind: 'staff-digest', accountId, to, letter, expiresAt });
        }
        return null;
      };
    },
  };
}

/** Null where nothing waits. No names are in it: mail lies open on its way. */
async function summaryOf(
  { db, clock, mail, instance }: SummaryDeps,
  permissions: readonly Permission[],
): Promise<Letter | null> {
  const items: { text: string; link: string }[] = [];
  for (const { what, page, needs, table, where, since } of WAITING) {
    if (!permissions.includes(needs)) continue;
    const row = await db(table)
      .whereRaw(where)
      .first<{ count: string; oldest: Date | null }>(db.raw('count(*) as count, min(??) as oldest', [since]));
    if (Number(row.count) === 0) continue;
    const age = row.oldest === null ? '' : `, the oldest for ${ageOf(clock.now() - row.oldest.getTime())}`;
    items.push({ text: `${what}: ${row.count}${age}`, link: mail.link(`/admin/${page}`) });
  }
  if (items.length === 0) return null;
  return {
    subject: `What waits on ${instance.name}`,
    parts: ['This waits for you:', { items }, { link: mail.link('/admin'), words: 'Look at the server' }],
    footer: [
      `You get this because you run ${instance.name}, and asked for it.`,
      { link: mail.link('/admin/preferences'), words: 'Change or stop these mails' },
    ],
  };
}

function ageOf(ms: number): string {
  const hours = Math.max(1, Math.round(ms / 3_600_000));
  if (hours < 48) return hours === 1 ? 'an hour' : `${hours} hours`;
  return `${Math.round(hours / 24)} days`;
}
