import { say } from './say.ts';

/** What the server counts, by its words for it. What comes later is told as it is called there. */
const NAMES: Readonly<Record<string, Parameters<typeof say>[0]>> = {
  ...{ people: 'people', servers: 'servers', server: 'server' },
  ...{ spam: 'spam', legal: 'legal', violation: 'violation', other: 'other', copyright: 'copyright' },
  ...{ warn: 'warn', sensitive: 'sensitive', 'comments-off': 'commentsOff', 'no-discovery': 'noDiscovery' },
  mute: 'mute',
  ...{ freeze: 'freeze', silence: 'silence', suspend: 'suspend', delete: 'delete', remove: 'remove' },
  ...{ filed: 'filed', accepted: 'accepted', rejected: 'rejected', upheld: 'upheld' },
  ...{ withdrawn: 'withdrawn', restored: 'restored', sued: 'sued' },
  ...{ allow: 'allow', noop: 'noop', 'no-feed': 'noFeed', removed: 'removed' },
} as const;

type Plain = 'people';

export function nameOf(kind: string): string {
  const key = NAMES[kind];
  return key === undefined ? kind : say(key as Plain);
}

/** A number as it may be told; null: some, and too few. */
export const counted = (count: number | null, fewerThan: number): string =>
  count === null ? say('fewer', { n: fewerThan }) : count.toLocaleString(document.documentElement.lang);

export function monthOf(month: string): string {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { month: 'long', timeZone: 'UTC' });
  return format.format(new Date(`${month}-01T00:00:00Z`));
}

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** In whole minutes, hours or days. */
export function durationOf(seconds: number): string {
  if (seconds < HOUR) return say('minutes', { n: Math.max(1, Math.round(seconds / 60)) });
  return seconds < 2 * DAY
    ? say('hours', { n: Math.round(seconds / HOUR) })
    : say('days', { n: Math.round(seconds / DAY) });
}
