import { mediaLimits } from '../config/media-limits.ts';
import { type Failure, fail } from '../src/lib/result.ts';
import { type EditList, partOf } from './edit-list.ts';
import type { RefusalReason } from './failures.ts';
import { type LadderPlan, outputFrameRate, planLadder } from './ladder.ts';
import type { MeasuredFacts } from './probe.ts';
import type { Size } from './transcode.ts';

/** How the two pictures of a duet share one: the first lies to the left, above, or small over the other. */
export const duetLayouts = ['side_by_side', 'top_bottom', 'picture_in_picture'] as const;
export type DuetLayout = (typeof duetLayouts)[number];

export const duetSounds = ['original', 'own', 'mix'] as const;

/** Somebody's own video beside another, as long as both play. */
export interface DuetOrder {
  readonly kind: 'duet';
  readonly layout: DuetLayout;
  readonly sound: (typeof duetSounds)[number];
  /** How loud each is in a mix; 1 is as loud as videos are here. */
  readonly volumes: { readonly original: number; readonly own: number };
}

/** Some seconds of another video, and then somebody's own. */
export interface StitchOrder {
  readonly kind: 'stitch';
  /** In seconds of the other video. */
  readonly clip: { readonly start: number; readonly end: number };
}

export type RemixOrder = DuetOrder | StitchOrder;

/** Somebody's own video with the sound of another one. */
export interface SoundOrder {
  readonly kind: 'sound';
  /** Where in the other video the sound begins, in seconds. */
  readonly start: number;
  /** How loud each is; 1 is as loud as videos are here, and nobody hears 0. */
  readonly volumes: { readonly original: number; readonly own: number };
}

/** All that is put together of two files. */
export type Composition = RemixOrder | SoundOrder;

/** One of the two files that a remix is made of. */
export interface Side {
  readonly plan: LadderPlan;
  /** What its picture is scaled to, as a whole. */
  readonly scaled: Size;
  /** What is seen of that, or the room that it has: its middle. */
  readonly cell: Size;
  /** How long it is heard and seen, in seconds. */
  readonly seconds: number;
}

export interface RemixPlan {
  readonly ok: true;
  readonly canvas: Size;
  readonly own: Side;
  readonly original: Side;
  readonly frameRate: number;
  readonly durationSeconds: number;
}

/** Why two files do not make a remix; what ails one of them is told with its name. */
export type RemixReason = RefusalReason | 'original-unusable' | 'clip-outside';

export interface RemixLimits {
  readonly maxDurationSeconds: number;
  readonly maxOriginalSeconds: number;
  readonly canToneMap: boolean;
  /** What is kept of the own file. */
  readonly edit: EditList | null;
}

/** Short sides of what a duet fills: cells of each have whole, even sides. */
const CANVASES = [1_080, 720, 540, 360] as const;
const UPSCALE_TOLERANCE = 1.05;
/** A picture fills its cell where so much of it stays in sight; otherwise all of it is shown, between bars. */
const KEPT_IN_DUET = 0.45;
/** Hardly more than the bars would be wide. */
const KEPT_IN_STITCH = 0.9;
/** The largest part of each side that the small picture may take. */
const INSET = 0.36;

/**
 * Decides how a remix is put together. Pure. A duet ends where the shorter of the two does: nobody answers what is
 * over, and nothing is shown again that its author showed once. No picture is made larger than both are.
 */
export function planRemix(
  order: Composition,
  files: { readonly own: MeasuredFacts; readonly original: MeasuredFacts },
  limits: RemixLimits,
): RemixPlan | Failure<RemixReason> {
  const { canToneMap, edit } = limits;
  const rates = [files.own, files.original].map(({ video }) => outputFrameRate(video.frameRate));
  const [ownRate = 30, originalRate = 30] = rates;
  // A slow camera does not slow down what it answers to.
  const frameRate = Math.max(ownRate, Math.min(30, originalRate));
  const own = planLadder(files.own, {
    ...{ canToneMap, edit, frameRate, maxDurationSeconds: limits.maxDurationSeconds },
  });
  if (!own.ok) return own;
  const clip = clipOf(order, own.durationSeconds, files.original.durationSeconds);
  const originalEdit = clip && { ...clip, crop: null, cuts: [] };
  if (clip && isOutside(clip, files.original.durationSeconds)) {
    const seconds = files.original.durationSeconds.toFixed(1);
    return fail(
      'clip-outside',
      `The original is ${seconds} seconds long. Choose a part that lies within it.`,
    );
  }
  const original = planLadder(files.original, {
    ...{ canToneMap, edit: originalEdit, frameRate, maxDurationSeconds: limits.maxOriginalSeconds },
  });
  if (!original.ok)
    return fail('original-unusable', `The original could not be used: ${original.detail ?? ''}`);
  const sizes = { own: sizeOf(files.own, edit), original: sizeOf(files.original, originalEdit) };
  if (order.kind === 'sound' && original.audioIndex === null)
    return fail('original-unusable', 'The video that the sound is from has no sound.');
  const placed = order.kind === 'duet' ? placeDuet(order.layout, sizes) : placeAlone(sizes);
  const whole = (seconds: number) => Math.max(1, Math.floor(seconds * frameRate + 1e-6)) / frameRate;
  const both = whole(Math.min(own.durationSeconds, original.durationSeconds));
  const mine = whole(own.durationSeconds);
  const lengths = {
    duet: { own: both, original: both },
    stitch: { own: mine, original: whole(original.durationSeconds) },
    // A sound that ends first is followed by silence.
    sound: { own: mine, original: mine },
  }[order.kind];
  const durationSeconds = order.kind === 'stitch' ? lengths.own + lengths.original : lengths.own;
  if (durationSeconds > limits.maxDurationSeconds + mediaLimits.durationToleranceSeconds) {
    return fail(
      'too-long',
      `With the part of the original this video is ${durationSeconds.toFixed(1)} seconds long; the limit on this server is ${limits.maxDurationSeconds}.`,
    );
  }
  if (durationSeconds < mediaLimits.minDurationSeconds) {
    return fail(
      'too-short',
      `This duet is ${durationSeconds.toFixed(1)} seconds long; it needs at least ${mediaLimits.minDurationSeconds}.`,
    );
  }
  const side = (plan: LadderPlan, name: 'own' | 'original'): Side => ({
    ...{ plan, seconds: lengths[name], cell: placed[name] },
    scaled: scaledInto(sizes[name], placed[name], order.kind === 'duet' ? KEPT_IN_DUET : KEPT_IN_STITCH),
  });
  return {
    ...{ ok: true, frameRate, durationSeconds, canvas: placed.canvas },
    own: side(own, 'own'),
    original: side(original, 'original'),
  };
}

/** The part of the original that is shown or heard; null: all of it. */
function clipOf(order: Composition, ownSeconds: number, seconds: number): { in: number; out: number } | null {
  if (order.kind === 'stitch') return { in: order.clip.start, out: order.clip.end };
  if (order.kind === 'sound')
    return { in: order.start, out: Math.min(Math.max(order.start, seconds), order.start + ownSeconds) };
  return null;
}

function isOutside(clip: { in: number; out: number }, seconds: number): boolean {
  const tolerance = mediaLimits.durationToleranceSeconds;
  return clip.out > seconds + tolerance || clip.out - clip.in < mediaLimits.minDurationSeconds;
}

interface Sizes {
  readonly own: Size;
  readonly original: Size;
}

function sizeOf(facts: MeasuredFacts, edit: EditList | null): Size {
  const part = partOf(facts, edit);
  const { width, height } = part.ok ? part.facts.video : facts.video;
  return { width, height };
}

/** Upright like a phone, but for the small picture, which lies over the whole of the other. */
function placeDuet(layout: DuetLayout, sizes: Sizes): Sizes & { readonly canvas: Size } {
  if (layout === 'picture_in_picture') {
    const canvas = shapeOf(sizes.original);
    const room = { width: canvas.width * INSET, height: canvas.height * INSET };
    return { canvas, original: canvas, own: scaledBy(sizes.own, within(sizes.own, room)) };
  }
  const cellOf = (short: number): Size =>
    layout === 'side_by_side'
      ? { width: short / 2, height: (short * 8) / 9 }
      : { width: short, height: (short * 8) / 9 };
  const isGoodFor = (short: number) =>
    [sizes.own, sizes.original].some(
      (size) => scaleInto(size, cellOf(short), KEPT_IN_DUET) <= UPSCALE_TOLERANCE,
    );
  const short = CANVASES.find(isGoodFor) ?? 360;
  const cell = cellOf(short);
  return { canvas: { width: short, height: (short * 16) / 9 }, own: cell, original: cell };
}

/** As the own video is. */
function placeAlone({ own }: Sizes): Sizes & { readonly canvas: Size } {
  const canvas = shapeOf(own);
  return { canvas, own: canvas, original: canvas };
}

/** A picture with a short side of 1080 at most. */
function shapeOf(size: Size): Size {
  const short = Math.min(size.width, size.height);
  return scaledBy(size, short > 1_080 * UPSCALE_TOLERANCE ? 1_080 / short : 1);
}

/** What a picture is scaled to so that it fills a cell, or lies in it as a whole where too much would be cut off. */
function scaledInto(size: Size, cell: Size, kept: number): Size {
  const by = scaleInto(size, cell, kept);
  const { width, height } = scaledBy(size, by);
  // Rounded, it may miss an edge by a line.
  const bound = by === within(size, cell) ? Math.min : Math.max;
  return { width: bound(width, cell.width), height: bound(height, cell.height) };
}

function scaleInto(size: Size, cell: Size, kept: number): number {
  const fill = Math.max(cell.width / size.width, cell.height / size.height);
  const fit = within(size, cell);
  return fit / fill >= kept ? fill : fit;
}

function within(size: Size, room: Size): number {
  return Math.min(room.width / size.width, room.height / size.height);
}

/** With even sides, as every encoder wants them. */
function scaledBy({ width, height }: Size, by: number): Size {
  const even = (side: number) => Math.max(2, Math.round((side * by) / 2) * 2);
  return { width: even(width), height: even(height) };
}
