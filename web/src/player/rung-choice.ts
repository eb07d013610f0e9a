/** One size of a clip as far as the choice needs it. */
export interface Rung {
  readonly width: number;
  readonly height: number;
  /** Peak bits per second. */
  readonly bandwidth: number;
}

/** What decides which size is loaded next. */
export interface Conditions {
  /** Null as long as nothing is known of the line. */
  readonly bitsPerSecond: number | null;
  /** Seconds that can be played without any more bytes. */
  readonly aheadSeconds: number;
  /** The short side of the picture on the screen, in device pixels; 0 where it is not shown. */
  readonly shownPixels: number;
  readonly savesData: boolean;
  /** The largest size that this device shows without dropping frames. */
  readonly ceiling: number;
  /** The size loaded last; null at the beginning. */
  readonly current: number | null;
}

/** What part of the line a size may need: little while there is little to play. */
const SHARE = { tight: 0.5, usual: 0.8, staying: 0.95 } as const;
const TIGHT_S = 2;
/** A picture may be this much smaller than where it is shown: nobody sees the difference in motion. */
const SHARP_ENOUGH = 0.9;

/** Which size to load next, by its place among those given from small to large. Pure. */
export function chooseRung(rungs: readonly Rung[], now: Conditions): number {
  if (now.savesData || now.bitsPerSecond === null) return 0;
  const enough = rungs.findIndex(
    ({ width, height }) => Math.min(width, height) >= now.shownPixels * SHARP_ENOUGH,
  );
  const largest = Math.min(enough === -1 ? rungs.length - 1 : enough, now.ceiling);
  const { bitsPerSecond } = now;
  const fits = (rung: number) => {
    const share = rung === now.current ? SHARE.staying : SHARE.usual;
    const part = now.aheadSeconds < TIGHT_S ? SHARE.tight : share;
    return (rungs[rung]?.bandwidth ?? Number.POSITIVE_INFINITY) <= bitsPerSecond * part;
  };
  for (let rung = largest; rung > 0; rung -= 1) if (fits(rung)) return rung;
  return 0;
}

/** Frames shown before they are judged. */
const JUDGED_FRAMES = 45;
const DROPPED_PART = 0.2;

/** Whether a device cannot follow, by what it showed and dropped since it was judged last; null: too little to judge by. */
export function dropsTooMany(shown: number, dropped: number): boolean | null {
  return shown < JUDGED_FRAMES ? null : dropped / shown > DROPPED_PART;
}
