/** What is told of a playback; see `POST /api/v1/events`. */
export type Told = 'view' | 'watch' | 'complete' | 'skip';

/** From how much of it on a playback is a view, as the server counts: seconds, or a part of a short clip. */
const VIEW_SECONDS = 3;
const SHORT_SECONDS = 12;
const VIEW_PART = 0.25;
const COMPLETE_PART = 0.95;

/** Counts how much of one playback was watched: what ran, not how far it was moved. */
export function countPlayback(
  durationSeconds: number | null,
  tell: (what: Told, watchedSeconds: number) => void,
) {
  const isShort = durationSeconds !== null && durationSeconds < SHORT_SECONDS;
  const threshold = isShort ? durationSeconds * VIEW_PART : VIEW_SECONDS;
  const told = new Set<Told>();
  let watched = 0;
  let last: number | null = null;
  const tellOnce = (what: Told) => {
    if (told.has(what)) return;
    told.add(what);
    tell(what, watched);
  };
  return {
    /** It runs, and has come to this second. */
    at(position: number): void {
      const step = last === null ? 0 : position - last;
      last = position;
      if (step <= 0) return;
      watched += step;
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
