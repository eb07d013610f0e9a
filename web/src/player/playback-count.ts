/** What is told of a playback; see `POST /api/v1/events`. */
export type Told = 'view' | 'watch' | 'complete' | 'skip';

/** From how much of it on a playback is a view, as the server counts: seconds, or a part of a short clip. */
const VIEW_SECONDS = 3;
const SHORT_SECONDS = 12;
const VIEW_PART = 0.25;
const COMPLETE_PART = 0.95;

/** In how many parts a video is told of: which of them were watched. */
const SLOTS = 64;

/** Counts how much of one playback was watched, and of what: what ran, not how far it was moved. */
export function countPlayback(
  durationSeconds: number | null,
  tell: (what: Told, watchedSeconds: number, mask: string | null) => void,
) {
  const isShort = durationSeconds !== null && durationSeconds < SHORT_SECONDS;
  const threshold = isShort ? durationSeconds * VIEW_PART : VIEW_SECONDS;
  const told = new Set<Told>();
  let watched = 0;
  let last: number | null = null;
  let slots = 0n;
  const tellOnce = (what: Told) => {
    if (told.has(what)) return;
    told.add(what);
    const hasMask = durationSeconds !== null && (what === 'watch' || what === 'complete');
    tell(what, watched, hasMask ? slots.toString(16).padStart(SLOTS / 4, '0') : null);
  };
  /** A part counts from its middle on, so that two that meet are not both counted for a moment on their seam. */
  const mark = (from: number, to: number) => {
    if (durationSeconds === null || durationSeconds <= 0) return;
    const slot = durationSeconds / SLOTS;
    const first = Math.max(0, Math.ceil(from / slot - 0.5));
    const end = Math.min(SLOTS, Math.ceil(to / slot - 0.5));
    for (let at = first; at < end; at += 1) slots |= 1n << BigInt(at);
  };
  return {
    /** It runs, and has come to this second. */
    at(position: number): void {
      const step = last === null ? 0 : position - last;
      last = position;
      if (step <= 0) return;
      watched += step;
      mark(position - step, position);
      if (watched >= threshold) tellOnce('view');
      if (durationSeconds !== null && watched >= durationSeconds * COMPLETE_PART) tellOnce('complete');
    },
    /** Somebody moves to another place of it, or it begins anew. */
    moved(): void {
      last = null;
    },
    /** It is over; nothing is told where nothing ran. */
    end(): void {
      if (watched > 0) tellOnce(told.has('view') ? 'watch' : 'skip');
    },
  };
}
