import fc from 'fast-check';
import { expect, test } from 'vitest';
import { remixLimits } from '../../config/media-limits.ts';
import type { MeasuredFacts } from '../../media/probe.ts';
import { duetLayouts, planRemix, type Side } from '../../media/remix-plan.ts';
import { placeDuet, type Rectangle } from '../../web/src/remix/layout.ts';
import { layouts, MOST_STITCHED_S } from '../../web/src/remix/order.ts';

const facts = (width: number, height: number): MeasuredFacts => ({
  ...{ demuxer: 'mov', durationSeconds: 10, streamCount: 1, audio: null },
  video: {
    ...{ index: 0, codec: 'h264', profile: 'High', pixelFormat: 'yuv420p', width, height },
    ...{ frameRate: 30, frames: 300, endSeconds: 10, hdr: null, matrix: null, primaries: null },
    fullRange: false,
  },
});

const side = fc.integer({ min: 160, max: 1_920 }).map((n) => n * 2);
const size = fc.tuple(side, side).filter(([a, b]) => a / b < 4 && b / a < 4);

/** Sides are even, so that a plan may be off by some lines of few. */
const OFF = 0.03;
/** How much of a picture has to stay in sight where it fills its part; right at that the two may differ. */
const KEPT = 0.45;

/** Whether the plan of the server fills its part with a picture. */
const fills = ({ scaled, cell }: Side) => scaled.width >= cell.width && scaled.height >= cell.height;

const isOnTheEdge = ([width, height]: readonly [number, number], { cell }: Side) => {
  const ratio = width / height / (cell.width / cell.height);
  return Math.abs(Math.min(ratio, 1 / ratio) - KEPT) < OFF;
};

test('what is seen while one records is where the server puts it', () => {
  expect([...layouts]).toEqual([...duetLayouts]);
  fc.assert(
    fc.property(fc.constantFrom(...layouts), size, size, (layout, own, original) => {
      const plan = planRemix(
        { kind: 'duet', layout, sound: 'mix', volumes: { own: 1, original: 1 } },
        { own: facts(...own), original: facts(...original) },
        { maxDurationSeconds: 60, maxOriginalSeconds: 60, canToneMap: false, edit: null },
      );
      if (!plan.ok) throw new Error(plan.detail);
      const placed = placeDuet(layout, { own: own[0] / own[1], original: original[0] / original[1] });
      const { canvas } = plan;
      expect(Math.abs(placed.aspect / (canvas.width / canvas.height) - 1)).toBeLessThan(OFF);
      const isAlike = (part: Rectangle, { cell }: Side) => {
        expect(Math.abs(part.width - cell.width / canvas.width)).toBeLessThan(OFF);
        expect(Math.abs(part.height - cell.height / canvas.height)).toBeLessThan(OFF);
      };
      isAlike(placed.own, plan.own);
      isAlike(placed.original, plan.original);
      if (layout === 'picture_in_picture') return;
      if (!isOnTheEdge(own, plan.own)) expect(placed.own.fills).toBe(fills(plan.own));
      if (!isOnTheEdge(original, plan.original)) expect(placed.original.fills).toBe(fills(plan.original));
    }),
    { numRuns: 500 },
  );
});

test('the longest part of an original is one that the server takes', () => {
  expect(MOST_STITCHED_S).toBe(remixLimits.maxClipSeconds);
});
