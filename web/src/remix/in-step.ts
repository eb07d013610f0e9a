/**
 * A camera that records beside a clip that plays. `readying`: the clip was told to play, and nothing is recorded before
 * it does, or what somebody does to it would come too early in the duet.
 */
export type Step = 'resting' | 'readying' | 'running';

/** What somebody wants (`start`, `stop`), and what the clip says of itself. */
export type StepEvent = 'start' | 'stop' | 'playing' | 'stalled' | 'ended' | 'failed';

/** `begin` and `rest` are the recorder's, the others the clip's. */
export type Deed = 'play' | 'pause' | 'begin' | 'rest';

interface Move {
  readonly step: Step;
  readonly deeds: readonly Deed[];
}

const stay = (step: Step): Move => ({ step, deeds: [] });

const moves: Readonly<Record<Step, Partial<Readonly<Record<StepEvent, Move>>>>> = {
  resting: {
    start: { step: 'readying', deeds: ['play'] },
    // Told too late: it was stopped meanwhile.
    playing: { step: 'resting', deeds: ['pause'] },
  },
  readying: {
    playing: { step: 'running', deeds: ['begin'] },
    stop: { step: 'resting', deeds: ['pause'] },
    ended: { step: 'resting', deeds: ['pause'] },
    failed: { step: 'resting', deeds: ['pause'] },
  },
  running: {
    stop: { step: 'resting', deeds: ['rest', 'pause'] },
    stalled: { step: 'resting', deeds: ['rest', 'pause'] },
    ended: { step: 'resting', deeds: ['rest', 'pause'] },
    failed: { step: 'resting', deeds: ['rest', 'pause'] },
  },
};

/** What follows from what happened; nothing for what does not matter there. */
export const move = (step: Step, event: StepEvent): Move => moves[step][event] ?? stay(step);

/** Less is not heard. */
const UNHEARD_S = 0.04;
/** More would be heard for too long until it is made up for. */
const LOST_S = 0.5;
/** As much faster or slower as hardly anybody hears. */
const MOST_RATE = 0.06;

/** What brings a clip to where it should be: another place, or to play a little faster or slower for a while. */
export function correction(
  wanted: number,
  actual: number,
): { readonly seekTo: number | null; readonly rate: number } {
  const late = wanted - actual;
  if (Math.abs(late) < UNHEARD_S) return { seekTo: null, rate: 1 };
  if (Math.abs(late) > LOST_S) return { seekTo: wanted, rate: 1 };
  return { seekTo: null, rate: 1 + Math.max(-MOST_RATE, Math.min(MOST_RATE, late)) };
}
