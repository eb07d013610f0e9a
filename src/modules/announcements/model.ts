import { z } from 'zod';
import { announcementLimits } from '../../../config/announcement-limits.ts';
import type { AnnouncementId } from '../../lib/ids.ts';
import { isTimeZone, momentIn } from '../../lib/zoned-time.ts';

/** A draft is for the staff; what is scheduled shows itself; what has ended is kept for the staff until it is deleted. */
export const announcementStates = ['draft', 'scheduled', 'shown', 'ended'] as const;
export type AnnouncementState = (typeof announcementStates)[number];

/** Something that the staff tells everybody. */
export interface Announcement {
  readonly id: AnnouncementId;
  /** Markdown. */
  readonly text: string;
  readonly startsAt: Date | null;
  /** It is not shown any more from then on. */
  readonly endsAt: Date | null;
  /** Its times are the beginning of the first day, and the end of the last. */
  readonly allDay: boolean;
  readonly timeZone: string;
  /** Null: a draft. */
  readonly publishAt: Date | null;
  readonly state: AnnouncementState;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A sign below one, and how many gave it. */
export interface Reaction {
  readonly name: string;
  readonly count: number;
  /** Whether the reader did. */
  readonly me: boolean;
}

export interface AnnouncementRow {
  readonly id: AnnouncementId;
  readonly text: string;
  readonly starts_at: Date | null;
  readonly ends_at: Date | null;
  readonly all_day: boolean;
  readonly time_zone: string;
  readonly publish_at: Date | null;
  readonly ended_at: Date | null;
  readonly told: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export function announcementFromRow(row: AnnouncementRow, now: number): Announcement {
  return {
    id: row.id,
    text: row.text,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    allDay: row.all_day,
    timeZone: row.time_zone,
    publishAt: row.publish_at,
    state: stateOf(row, now),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** The same as `isShown` says in SQL, for one row. */
function stateOf(row: AnnouncementRow, now: number): AnnouncementState {
  if (row.publish_at === null) return 'draft';
  if (row.ended_at !== null || (row.ends_at !== null && row.ends_at.getTime() <= now)) return 'ended';
  return row.publish_at.getTime() > now ? 'scheduled' : 'shown';
}

const time = z.union([z.iso.date(), z.iso.datetime({ local: true, offset: true })]);
const timeOrNone = z
  .union([time, z.literal('').transform(() => null), z.null()])
  .describe('A date, or a date and time; of `time_zone` where it names no offset');

/** What the staff says of one, with all that has to fit together. */
export const announcementInputSchema = z
  .object({
    text: z
      .string()
      .trim()
      .min(1, 'Write something.')
      .max(announcementLimits.maxCharacters)
      .describe('Markdown'),
    starts_at: timeOrNone.default(null),
    ends_at: timeOrNone.default(null),
    all_day: z.boolean().default(false).describe('It begins and ends with days'),
    time_zone: z
      .string()
      .max(64)
      .refine(isTimeZone, 'This is no time zone. One is Europe/Berlin.')
      .default('UTC'),
    publish_at: z
      .union([timeOrNone, z.literal('now')])
      .optional()
      .describe('`now`, or a time; null: it is a draft. Left out, it stays as it is'),
  })
  .transform(({ text, all_day: allDay, time_zone: timeZone, ...said }, context) => {
    const moment = (local: string | null) => (local === null ? null : momentOf(local, timeZone));
    const times = { startsAt: moment(said.starts_at), endsAt: moment(said.ends_at) };
    const refuse = (path: string, message: string) => {
      context.addIssue({ code: 'custom', path: [path], message });
      return z.NEVER;
    };
    if (allDay) {
      if (said.starts_at === null || said.ends_at === null) {
        return refuse('all_day', 'Name the first and the last day.');
      }
      times.startsAt = momentIn(timeZone, said.starts_at.slice(0, 10));
      times.endsAt = endOfDay(timeZone, said.ends_at.slice(0, 10));
    }
    const { startsAt, endsAt } = times;
    if (startsAt && endsAt && endsAt <= startsAt) return refuse('ends_at', 'It has to end after it starts.');
    const { publish_at: publish } = said;
    const publishAt: Date | 'now' | null | undefined =
      publish === undefined || publish === 'now' ? publish : moment(publish);
    return { text, allDay, timeZone, startsAt, endsAt, publishAt };
  });
export type AnnouncementInput = z.output<typeof announcementInputSchema>;

function momentOf(text: string, timeZone: string): Date {
  return /T.*(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? new Date(text) : momentIn(timeZone, text);
}

/** Its last moment: the next begins a millisecond later. */
function endOfDay(zone: string, day: string): Date {
  const next = new Date(Date.parse(`${day}T00:00Z`) + 24 * 3_600_000).toISOString().slice(0, 10);
  return new Date(momentIn(zone, next).getTime() - 1);
}

/** An emoji as Unicode recommends it, also where it came without the sign that asks for a picture; null: it is none. */
export function emojiOf(name: string): string | null {
  return [name, `${name}\uFE0F`].find((text) => /^\p{RGI_Emoji}$/v.test(text)) ?? null;
}
