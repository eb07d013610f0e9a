import { createHmac } from 'node:crypto';
import { digestLimits } from '../../../config/mail-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { Finish, JobPayload } from '../../jobs/registry.ts';
import type { Clock } from '../../lib/clock.ts';
import { purposeKey, timingSafeEqualText } from '../../lib/crypto.ts';
import { type AccountId, parseId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Mail } from '../mail/index.ts';
import { groupedTypes, type Notifications } from '../notifications/index.ts';
import { type DigestPreferences, mailedTypes, nextDigestAt, noDigest } from './model.ts';
import { staffSummaries } from './staff.ts';
import { digestLetter, type WritingDeps } from './writing.ts';

export { type DigestPreferences, digestRhythms, isTimeZone, mailedTypes } from './model.ts';

export type Digests = ReturnType<typeof createDigests>;

interface DigestDeps extends WritingDeps {
  readonly db: Db;
  readonly enqueue: Enqueue;
  readonly clock: Clock;
  readonly mail: Mail;
  readonly notifications: Notifications;
  readonly instanceSecret: string;
}

interface Row {
  readonly account_id: AccountId;
  readonly digest: DigestPreferences['digest'];
  readonly types: readonly string[];
  readonly time_zone: string;
  readonly last_id: string;
  readonly next_at: Date | null;
}

const preferencesOf = (row: Row | undefined): DigestPreferences =>
  row
    ? {
        ...{ digest: row.digest, timeZone: row.time_zone },
        types: mailedTypes.filter((type) => row.types.includes(type)),
      }
    : noDigest;

/** What people have not seen, by mail, for those who asked for it; and how they end it. */
export function createDigests(deps: DigestDeps) {
  const { db, enqueue, clock, mail, notifications, urls } = deps;

  /** Ends the digests of one account for whoever has the link of one of them; it opens nothing else. */
  const unsubscribeToken = (accountId: AccountId): string => {
    const key = purposeKey({ instanceSecret: deps.instanceSecret, purpose: 'digest-unsubscribe' });
    return `${accountId}.${createHmac('sha256', key).update(accountId).digest('base64url')}`;
  };

  function holderOf(token: string): AccountId | null {
    const id = parseId<'account'>(token.split('.')[0] ?? '');
    return id !== null && timingSafeEqualText(token, unsubscribeToken(id)) ? id : null;
  }

  /** Null where nothing is due, or nobody may be written to. */
  async function due(accountId: AccountId): Promise<{ row: Row; email: string; username: string } | null> {
    const found = await db('mail_preferences')
      .join('users', 'users.account_id', 'mail_preferences.account_id')
      .join('accounts', 'accounts.id', 'mail_preferences.account_id')
      .where('mail_preferences.account_id', accountId)
      .where('mail_preferences.next_at', '<=', new Date(clock.now()))
      .first('mail_preferences.*', 'users.email', 'users.unconfirmed', 'accounts.username', 'accounts.state');
    if (!found) return null;
    const mayWrite = found.email !== null && !found.unconfirmed && found.state === 'active';
    return { row: found, email: mayWrite ? found.email : '', username: found.username };
  }

  /** What the account has not been told of by mail, nor seen itself. */
  async function unseen({ account_id: accountId, last_id, types }: Row) {
    const read = await db('markers')
      .where({ account_id: accountId, timeline: 'notifications' })
      .first('last_read_id');
    const sinceId = [last_id, read?.last_read_id ?? '0'].reduce((a, b) => (BigInt(a) > BigInt(b) ? a : b));
    return notifications.groups(
      accountId,
      { maxId: null, minId: null, sinceId, limit: digestLimits.maxItems + 1 },
      {
        types: mailedTypes.filter((type) => types.includes(type)),
        ...{ excludeTypes: [], fromId: null, withFiltered: false, groupedTypes },
      },
    );
  }

  const { enqueueSummaries, summarise } = staffSummaries(deps);

  return {
    summarise,

    async preferencesOf(accountId: AccountId): Promise<DigestPreferences> {
      return preferencesOf(await db('mail_preferences').where({ account_id: accountId }).first());
    },

    /** What is not given stays as it is. Digests begin with what comes from now on. */
    async prefer(
      tx: Tx,
      accountId: AccountId,
      change: Partial<DigestPreferences>,
    ): Promise<Result<{ preferences: DigestPreferences }, 'email-required' | 'unavailable'>> {
      const user = await tx('users').where({ account_id: accountId }).forUpdate().first('email');
      const before = preferencesOf(await tx('mail_preferences').where({ account_id: accountId }).first());
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      const after: DigestPreferences = { ...before, ...given };
      if (after.digest !== 'never') {
        if (!mail.isOn) return fail('unavailable', 'This server sends no mail.');
        if (!user?.email) return fail('email-required', 'Give an e-mail address first.');
      }
      const facts = {
        ...{ digest: after.digest, types: [...after.types], time_zone: after.timeZone },
        next_at: nextDigestAt(clock.now(), after),
      };
      const newest = await tx('notifications').where({ account_id: accountId }).max('id as id').first();
      const lastId = newest?.id ?? 0;
      await tx('mail_preferences')
        .insert({ ...facts, account_id: accountId, last_id: lastId })
        .onConflict('account_id')
        .merge({ ...facts, ...(before.digest === 'never' ? { last_id: lastId } : {}) });
      return ok({ preferences: after });
    },

    /** Whether a link ends digests; looking at it ends none. */
    isUnsubscribeLink: (token: string): boolean => holderOf(token) !== null,

    /** Ends digests by the link of one. False where that is no such link. */
    async unsubscribe(tx: Tx, token: string): Promise<boolean> {
      const accountId = holderOf(token);
      if (accountId === null) return false;
      await tx('mail_preferences')
        .where({ account_id: accountId })
        .update({ digest: 'never', next_at: null });
      return true;
    },

    /** Sets off those that are due. Looks at an index of due ones alone. */
    async enqueueDue(tx: Tx): Promise<number> {
      if (!mail.isOn) return 0;
      const ids: AccountId[] = await tx('mail_preferences')
        .where('next_at', '<=', new Date(clock.now()))
        .whereNotExists((job) =>
          job
            .select('jobs.id')
            .from('jobs')
            .whereRaw(`jobs.key = 'mail.digest:' || mail_preferences.account_id`)
            .where('jobs.state', 'pending'),
        )
        .orderBy('next_at')
        .limit(digestLimits.atOnce)
        .pluck('account_id');
      await enqueue(
        tx,
        ids.map((accountId) => ({
          ...{ name: 'mail.digest' as const, payload: { accountId }, key: `mail.digest:${accountId}` },
        })),
      );
      return ids.length + (await enqueueSummaries(tx));
    },

    /** Writes the digest of one account, where it is due and there is something to tell. */
    async work({ accountId }: JobPayload<'mail.digest'>): Promise<Finish | undefined> {
      const found = await due(accountId);
      if (!found) return undefined;
      const { row, email, username } = found;
      const groups = email === '' ? [] : await unseen(row);
      const unsubscribe = mail.link('/auth/unsubscribe', { token: unsubscribeToken(accountId) });
      const reader = { accountId, handle: `@${username}@${urls.domain}`, unsubscribe };
      const letter = groups.length === 0 ? null : await digestLetter(deps, reader, groups);
      // They come newest first.
      const lastId = groups[0]?.newest.id ?? row.last_id;
      return async (tx) => {
        // Nothing else has told or changed it since.
        const moved = await tx('mail_preferences')
          .where({ account_id: accountId, next_at: row.next_at, last_id: row.last_id })
          .update({ last_id: lastId, next_at: nextDigestAt(clock.now(), preferencesOf(row)) });
        if (moved === 1 && letter) {
          const expiresAt = new Date(clock.now() + 24 * 3_600_000);
          await mail.write(tx, { kind: 'digest', accountId, to: email, letter, expiresAt, unsubscribe });
        }
        return null;
      };
    },
  };
}
