/** A part of a picture from its upper left corner, each from 0 to 1. */
export interface Crop {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Shapes of what is kept of a picture: width by height. */
export const shapes = { tall: 9 / 16, portrait: 4 / 5, square: 1, wide: 16 / 9 } as const;
export type Shape = keyof typeof shapes;

/** A part of the time of a file that is left out, in seconds. */
export interface Cut {
  readonly from: number;
  readonly to: number;
}

/** What is kept of a file. */
export interface Trim {
  /** Seconds. */
  readonly from: number;
  /** Null: to the end. */
  readonly to: number | null;
  /** Null: all of the picture. */
  readonly shape: Shape | null;
  /** How much of the largest part of this shape is taken, from above 0 to 1. */
  readonly size: number;
  /** Where that part lies between both edges, from 0 to 1. */
  readonly across: number;
  readonly down: number;
  /** Takes that were done again: in order, and apart from each other. */
  readonly cuts: readonly Cut[];
}

export const noTrim: Trim = {
  ...{ from: 0, to: null, shape: null, size: 1, across: 0.5, down: 0.5 },
  cuts: [],
};

/** One press of an arrow key, in seconds. */
export const STEP_S = 0.1;
/** What has to be left (mediaLimits.minDurationSeconds, and a frame or two). */
export const SHORTEST_S = 0.6;
/** Less of a picture is hardly a picture. */
export const SMALLEST = 0.3;

const inSteps = (seconds: number) => Math.round(seconds / STEP_S) / Math.round(1 / STEP_S);
const between = (least: number, value: number, most: number) => Math.min(most, Math.max(least, value));

/** Moves the beginning; it stays before the end, and takes that along where no more than `most` seconds may be kept. */
export function withFrom(trim: Trim, from: number, duration: number, most = Number.POSITIVE_INFINITY): Trim {
  const last = Math.max(0, (trim.to ?? duration) - SHORTEST_S);
  const moved = between(0, inSteps(from), last);
  const isTooLong = (trim.to ?? duration) - moved > most;
  return { ...trim, from: moved, to: isTooLong ? inSteps(moved + most) : trim.to };
}

/** Moves the end; it stays behind the beginning, or takes that along as above. At the end of the file there is nothing to cut. */
export function withTo(trim: Trim, to: number, duration: number, most = Number.POSITIVE_INFINITY): Trim {
  const moved = between(trim.from + SHORTEST_S, inSteps(to), duration);
  const from = Math.max(trim.from, inSteps(moved - most));
  return { ...trim, from, to: moved >= duration - STEP_S / 2 ? null : moved };
}

/** How long what is kept is, in seconds. */
export const keptSeconds = ({ from, to, cuts }: Trim, duration: number): number =>
  Math.max(0, (to ?? duration) - from - cutSeconds(cuts, from, to ?? duration));

/** How much of a time is left out. */
const cutSeconds = (cuts: readonly Cut[], from: number, to: number): number =>
  cuts.reduce((sum, cut) => sum + Math.max(0, Math.min(to, cut.to) - Math.max(from, cut.from)), 0);

/** The part of the picture, or null for all of it. `aspect`: of the picture, width by height. */
export function cropOf({ shape, size, across, down }: Trim, aspect: number): Crop | null {
  if (shape === null) return null;
  const wanted = shapes[shape];
  const most =
    wanted < aspect ? { width: wanted / aspect, height: 1 } : { width: 1, height: aspect / wanted };
  const [width, height] = [most.width * size, most.height * size];
  if (width > 0.999 && height > 0.999) return null;
  const round = (part: number) => Number(part.toFixed(6));
  return {
    ...{ x: round((1 - width) * across), y: round((1 - height) * down) },
    ...{ width: round(width), height: round(height) },
  };
}

/** As the server is told. */
interface Edit extends Pick<Trim, 'cuts'> {
  readonly in: number;
  readonly out: number | null;
  readonly crop: Crop | null;
}

/** What is kept, as the server is told; null where that is all of the file. */
export function editOf(trim: Trim, aspect: number | null): Edit | null {
  const { from, to, cuts } = trim;
  const crop = aspect === null ? null : cropOf(trim, aspect);
  if (from === 0 && to === null && crop === null && cuts.length === 0) return null;
  return { in: from, out: to, crop, cuts };
}

/** Where in the clip a moment of the file is; what was cut away has no place in it. */
export function placeInClip(seconds: number, { from, to, cuts }: Trim): number {
  const place = Math.max(from, to === null ? seconds : Math.min(seconds, to - STEP_S));
  return place - from - cutSeconds(cuts, from, place);
}
