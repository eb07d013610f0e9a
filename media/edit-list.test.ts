import { describe, expect, test } from 'vitest';
import { cuesOfPart, type EditList, partOf } from './edit-list.ts';
import { planLadder } from './ladder.ts';
import type { MeasuredFacts } from './probe.ts';

const source: MeasuredFacts = {
  demuxer: 'mov',
  durationSeconds: 200,
  streamCount: 2,
  audio: { index: 1, codec: 'aac', channels: 2, endSeconds: 200 },
  video: {
    ...{ index: 0, codec: 'h264', profile: 'High', pixelFormat: 'yuv420p', width: 1920, height: 1080 },
    ...{ frameRate: 30, frames: 6_000, endSeconds: 199, hdr: null, matrix: null, primaries: null },
    fullRange: false,
  },
};
const whole: EditList = { in: 0, out: null, crop: null, cuts: [] };
const plan = (edit: EditList | null) =>
  planLadder(source, { maxDurationSeconds: 180, canToneMap: true, edit });

describe('what is kept of a file', () => {
  test('decides how long and how large it is', () => {
    expect(partOf(source, null)).toMatchObject({ startSeconds: 0, crop: null, facts: source });
    const crop = { x: 0.25, y: 0, width: 0.3164, height: 1 };
    expect(partOf(source, { ...whole, in: 10, out: 15.5, crop })).toMatchObject({
      ...{ startSeconds: 10, crop },
      facts: {
        durationSeconds: 5.5,
        video: { width: 607, height: 1080, endSeconds: 189 },
        audio: { endSeconds: 190 },
      },
    });
  });

  test('fits the limits of the server where the file does not', () => {
    expect(plan(null)).toMatchObject({ ok: false, reason: 'too-long' });
    expect(plan({ ...whole, in: 20 })).toMatchObject({ ok: true, startSeconds: 20, durationSeconds: 180 });
    expect(plan({ ...whole, in: 10 })).toMatchObject({ ok: false, reason: 'too-long' });
  });

  test('may have parts left out, which count for nothing', () => {
    const cuts = [
      { from: 5, to: 15 },
      { from: 50, to: 60.02 },
      { from: 190, to: 300 },
    ];
    expect(plan({ ...whole, in: 10, cuts })).toMatchObject({
      ...{
        ok: true,
        spanSeconds: 190,
        cuts: [
          { from: 0, to: 5 },
          { from: 40, to: 50.03333333333333 },
          { from: 180, to: 190 },
        ],
      },
      durationSeconds: expect.closeTo(190 - 5 - 10 - 10, 1),
    });
    expect(plan({ ...whole, cuts: [{ from: 0, to: 199.9 }] })).toMatchObject({ reason: 'too-short' });
  });

  test('ends with the file at the latest', () => {
    expect(plan({ ...whole, in: 190, out: 9_999 })).toMatchObject({ ok: true, durationSeconds: 10 });
  });

  test.each([
    ['nothing', { ...whole, in: 200 }],
    ['no picture any more', { ...whole, in: 199.2 }],
    ['too little', { ...whole, in: 10, out: 10.4 }],
  ])('is refused where it is %s', (_what, edit) => {
    expect(plan(edit)).toMatchObject({ ok: false, reason: 'too-short' });
  });

  test('makes sizes of its own shape, none larger than the part', () => {
    const tall = plan({ ...whole, in: 100, crop: { x: 0.3, y: 0, width: 0.31640625, height: 1 } });
    expect(tall.ok && tall.rungs.map(({ width, height }) => `${width}x${height}`)).toEqual([
      ...['480x852', '360x640'],
    ]);
    const sliver = { x: 0, y: 0, width: 0.005, height: 1 };
    expect(plan({ ...whole, in: 100, crop: sliver })).toMatchObject({ reason: 'too-small-picture' });
  });

  test('takes its captions along: to where their words are now, without those that were cut away', () => {
    const said = (start: number, end: number) => ({
      start,
      end,
      settings: '',
      lines: [`${start} to ${end}`],
    });
    const cues = [
      said(0, 1_500),
      said(1_500, 4_000),
      said(5_200, 5_800),
      said(5_500, 7_000),
      said(9_000, 20_000),
    ];
    const kept = cuesOfPart(cues, { ...whole, in: 1, out: 10, cuts: [{ from: 5, to: 6 }] });
    expect(kept.map(({ start, end, lines }) => [start, end, ...lines])).toEqual([
      [0, 500, '0 to 1500'],
      [500, 3_000, '1500 to 4000'],
      [4_000, 5_000, '5500 to 7000'],
      [7_000, 8_000, '9000 to 20000'],
    ]);
    expect(cuesOfPart(cues, whole)).toEqual(cues);
    expect(cuesOfPart([said(0, 900)], { ...whole, in: 1 })).toEqual([]);
  });
});
