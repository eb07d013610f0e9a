import type { AdminAnnouncement } from '../../api/schema.gen.ts';
import type { AnnouncementInput } from './calls.ts';

/** When it is to be shown: as it is, at once, from a time on, or to nobody yet. */
export type When = 'keep' | 'now' | 'later' | 'nobody';

/** An announcement as it is being written. Times are those of clocks of its zone. */
export interface Draft {
  readonly text: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly allDay: boolean;
  readonly timeZone: string;
  readonly when: When;
  readonly publishAt: string;
}

export function draftOf(one: AdminAnnouncement | null): Draft {
  const allDay = one?.all_day ?? false;
  const time = (local: string | null | undefined) => (local ?? '').slice(0, allDay ? 10 : 16);
  return {
    ...{ text: one?.text ?? '', allDay },
    ...{ startsAt: time(one?.local_starts_at), endsAt: time(one?.local_ends_at) },
    timeZone: one?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    when: one === null ? 'now' : 'keep',
    publishAt: one?.state === 'scheduled' ? (one.local_publish_at ?? '') : '',
  };
}

/** A draft as the API takes it. */
export function inputOf({
  text,
  startsAt,
  endsAt,
  allDay,
  timeZone,
  when,
  publishAt,
}: Draft): AnnouncementInput {
  const publish = {
    keep: {},
    now: { publish_at: 'now' },
    later: { publish_at: publishAt },
    nobody: { publish_at: null },
  };
  return {
    ...{ text, starts_at: startsAt || null, ends_at: endsAt || null, all_day: allDay, time_zone: timeZone },
    ...publish[when],
  };
}

/** Days are the dates of times, and times of days begin with them. */
export function withAllDay(draft: Draft, allDay: boolean): Draft {
  const turned = (time: string) =>
    time === '' ? '' : allDay ? time.slice(0, 10) : `${time.slice(0, 10)}T00:00`;
  return { ...draft, allDay, startsAt: turned(draft.startsAt), endsAt: turned(draft.endsAt) };
}
