import type { WatchEvent } from '../api/endpoints.ts';

/** What the server believes of the past: older events would be taken for events of now. */
const MOST_AGE_MS = 23 * 3_600_000;
const MOST_EVENTS = 500;

/** Events of one person as they are kept between visits; null where there are none. */
export function writeKept(account: string | null, events: readonly WatchEvent[]): string | null {
  return events.length === 0 ? null : JSON.stringify({ account, events: events.slice(-MOST_EVENTS) });
}

/** Reads them for whoever is here now: what somebody else watched is not theirs. None where there are none. */
export function readKept(text: string | null, account: string | null, now = Date.now()): WatchEvent[] {
  if (text === null) return [];
  let kept: unknown;
  try {
    kept = JSON.parse(text);
  } catch {
    return [];
  }
  if (typeof kept !== 'object' || kept === null || !('account' in kept) || !('events' in kept)) return [];
  if (kept.account !== account || !Array.isArray(kept.events)) return [];
  return kept.events.slice(-MOST_EVENTS).filter((event): event is WatchEvent => isEvent(event, now));
}

function isEvent(event: unknown, now: number): boolean {
  if (typeof event !== 'object' || event === null) return false;
  const { id, video_id, type, at } = event as Readonly<Record<string, unknown>>;
  return (
    [id, video_id, type, at].every((part) => typeof part === 'string') &&
    now - Date.parse(String(at)) < MOST_AGE_MS
  );
}
