import { Temporal } from '@js-temporal/polyfill';
import { digestLimits } from '../../../config/mail-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId } from '../../lib/ids.ts';

/** Hours of a day in which nobody is disturbed, from 0 to 23; they may go over midnight. */
export interface QuietHours {
  readonly from: number;
  readonly until: number;
}

/** How somebody of the staff likes to work. */
export interface StaffPreferences {
  /** Evidence is covered until it is asked for. */
  readonly blur: boolean;
  /** Evidence has no colours, uncovered as well. */
  readonly greyscale: boolean;
  /** Films begin without sound. */
  readonly mute: boolean;
  readonly quiet: QuietHours | null;
  /** What cannot wait is told in quiet hours, too. */
  readonly urgent: boolean;
  /** Name in the IANA database. */
  readonly timeZone: string;
  /** What waits is told by mail each morning. */
  readonly digest: boolean;
}

/** What is hard to look at is shown in the mildest way; nobody gets mail who has not asked for it. */
export const usualPreferences: StaffPreferences = {
  ...{ blur: true, greyscale: true, mute: true },
  ...{ quiet: null, urgent: false, timeZone: 'UTC', digest: false },
};

export interface PreferencesRow {
  readonly account_id: AccountId;
  readonly blur: boolean;
  readonly greyscale: boolean;
  readonly mute: boolean;
  readonly quiet_from: number | null;
  readonly quiet_until: number | null;
  readonly urgent: boolean;
  readonly time_zone: string;
  readonly digest: boolean;
  readonly digest_at: Date | null;
}

export function preferencesFromRow(row: PreferencesRow | undefined): StaffPreferences {
  if (!row) return usualPreferences;
  const { blur, greyscale, mute, quiet_from: from, quiet_until: until } = row;
  return {
    ...{ blur, greyscale, mute, urgent: row.urgent, timeZone: row.time_zone, digest: row.digest },
    quiet: from === null || until === null ? null : { from, until },
  };
}

const here = (now: number, timeZone: string) =>
  Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);

const atHour = (day: Temporal.PlainDate, hour: number, timeZone: string): Date =>
  new Date(day.toZonedDateTime({ timeZone, plainTime: { hour } }).epochMilliseconds);

/** When the quiet hours end in which `now` (milliseconds) lies, by the clocks where they are; null: they do not. */
export function quietUntil(
  now: number,
  { quiet, timeZone }: Pick<StaffPreferences, 'quiet' | 'timeZone'>,
): Date | null {
  if (quiet === null || quiet.from === quiet.until) return null;
  const { from, until } = quiet;
  const moment = here(now, timeZone);
  const { hour } = moment;
  const isOver = from > until;
  const isQuiet = isOver ? hour >= from || hour < until : hour >= from && hour < until;
  if (!isQuiet) return null;
  const day = moment.toPlainDate();
  return atHour(isOver && hour >= from ? day.add({ days: 1 }) : day, until, timeZone);
}

/** When the next summary is due: in the morning of their next day, or once their quiet hours are over. */
export function nextSummaryAt(now: number, preferences: StaffPreferences): Date | null {
  if (!preferences.digest) return null;
  const { timeZone } = preferences;
  for (let day = here(now, timeZone).toPlainDate(); ; day = day.add({ days: 1 })) {
    const morning = atHour(day, digestLimits.hour, timeZone);
    const at = quietUntil(morning.getTime(), preferences) ?? morning;
    if (at.getTime() > now) return at;
  }
}

/** What each of the staff prefers. */
export function createPreferences({ db, clock }: { readonly db: Db; readonly clock: Clock }) {
  return {
    async of(accountId: AccountId): Promise<StaffPreferences> {
      return preferencesFromRow(await db('staff_preferences').where({ account_id: accountId }).first());
    },

    /** What is not given stays as it is. It is about nobody else, so that the log does not tell of it. */
    async prefer(tx: Tx, accountId: AccountId, change: Partial<StaffPreferences>): Promise<StaffPreferences> {
      // Held, so that two changes at once do not undo one another.
      await tx('users').where({ account_id: accountId }).forUpdate().first('account_id');
      const before = preferencesFromRow(
        await tx('staff_preferences').where({ account_id: accountId }).first(),
      );
      const { quiet, timeZone, ...after }: StaffPreferences = { ...before, ...change };
      const row = {
        ...{ account_id: accountId, ...after, time_zone: timeZone },
        ...{ quiet_from: quiet?.from ?? null, quiet_until: quiet?.until ?? null },
        digest_at: nextSummaryAt(clock.now(), { ...after, quiet, timeZone }),
      };
      await tx('staff_preferences').insert(row).onConflict('account_id').merge();
      return { ...after, quiet, timeZone };
    },
  };
}

/** Until when each of these is not to be disturbed; those who may be are left out. */
export async function quietAmong(
  tx: Tx,
  accountIds: readonly AccountId[],
  now: number,
): Promise<Map<AccountId, { readonly until: Date; readonly urgent: boolean }>> {
  const rows: PreferencesRow[] = await tx('staff_preferences')
    .whereRaw('account_id = any(?::bigint[])', [[...accountIds]])
    .whereNotNull('quiet_from');
  return new Map(
    rows.flatMap((row) => {
      const until = quietUntil(now, preferencesFromRow(row));
      return until === null ? [] : [[row.account_id, { until, urgent: row.urgent }] as const];
    }),
  );
}
