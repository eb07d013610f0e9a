import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planLadder } from './ladder.ts';
import type { MeasuredFacts } from './probe.ts';

const limits = { maxDurationSeconds: 180, canToneMap: true };

function facts(
  video: Partial<MeasuredFacts['video']> = {},
  rest: Partial<MeasuredFacts> = {},
): MeasuredFacts {
  return {
    demuxer: 'mov',
    durationSeconds: 10,
    streamCount: 2,
    audio: { index: 1, codec: 'aac', channels: 2, endSeconds: 10 },
    ...rest,
    video: {
      index: 0,
      ...{ codec: 'h264', profile: 'High', pixelFormat: 'yuv420p' },
      width: 1080,
      height: 1920,
      frameRate: 30,
      frames: 300,
      endSeconds: 10,
      hdr: null,
      matrix: null,
      primaries: null,
      fullRange: false,
      ...video,
    },
  };
}

/** The plan of facts that must not be refused. */
function plan(found: MeasuredFacts) {
  const outcome = planLadder(found, limits);
  if (!outcome.ok) throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return outcome;
}

describe('sizes', () => {
  test.each([
    [1080, 1920, ['1080x1920', '720x1280', '480x854', '360x640']],
    [3840, 2160, ['1920x1080', '1280x720', '854x480', '640x360']],
    [1280, 720, ['1280x720', '854x480', '640x360']],
    [1032, 1920, ['1080x2010', '720x1340', '480x894', '360x670']],
    [1028, 1920, ['720x1344', '480x896', '360x672']],
    [720, 720, ['720x720', '480x480', '360x360']],
    [518, 488, ['510x480', '382x360']],
    [343, 600, ['360x630']],
    [342, 600, ['342x600']],
    [320, 241, ['320x240']],
    [128, 96, ['128x96']],
    [17, 17, ['16x16']],
    [8192, 16, ['8192x16']],
  ])('%d x %d becomes %j', (width, height, expected) => {
    const { rungs } = plan(facts({ width, height }));
    expect(rungs.map((rung) => `${rung.width}x${rung.height}`)).toEqual(expected);
  });

  test('are even, fall, never grow by more than a twentieth and keep their shape', () => {
    const side = fc.integer({ min: 16, max: 4_320 });
    fc.assert(
      fc.property(side, side, (width, height) => {
        const { rungs } = plan(facts({ width, height }));
        rungs.forEach((rung, n) => {
          expect(rung.width % 2).toBe(0);
          expect(rung.height % 2).toBe(0);
          expect(Math.min(rung.width, rung.height)).toBe(rung.rung);
          expect(rung.rung).toBeLessThanOrEqual(Math.min(width, height) * 1.05);
          expect(rung.rung).toBeLessThan(rungs[n - 1]?.rung ?? Number.POSITIVE_INFINITY);
          const drift = Math.abs((rung.width * height) / (rung.height * width) - 1);
          expect(drift).toBeLessThanOrEqual(2 / Math.min(rung.width, rung.height));
        });
      }),
    );
  });

  test('smaller sizes get fewer bits, fast ones more', () => {
    expect(plan(facts()).rungs.map((rung) => rung.maxRateKbps)).toEqual([5_000, 2_800, 1_400, 800]);
    const fast = plan(facts({ frameRate: 60 }));
    expect(fast.rungs.map((rung) => rung.maxRateKbps)).toEqual([7_500, 4_200, 2_100, 1_200]);
  });
});

describe('frame rate', () => {
  test.each([
    [240, 60],
    [59.94, 60],
    [50, 50],
    [48, 48],
    [31.0038, 30],
    [29.97, 30],
    [28.03, 30],
    [25, 25],
    [23.976, 24],
    [12.5, 13],
    [1, 10],
  ])('%d becomes %d', (source, expected) => {
    expect(plan(facts({ frameRate: source })).frameRate).toBe(expected);
  });
});

describe('length', () => {
  test('is that of the file, and a little over the limit is cut', () => {
    expect(plan(facts()).durationSeconds).toBe(10);
    expect(plan(facts({}, { durationSeconds: 180.5 })).durationSeconds).toBe(180.5);
  });

  test('the last picture stands while sound goes on for long', () => {
    expect(plan(facts()).holdLastFrame).toBe(false);
    expect(plan(facts({ endSeconds: 9.6 })).holdLastFrame).toBe(false);
    expect(plan(facts({ endSeconds: 0.04 })).holdLastFrame).toBe(true);
    expect(plan(facts({ endSeconds: null })).holdLastFrame).toBe(false);
    expect(plan(facts({ endSeconds: 0.04 }, { audio: null })).holdLastFrame).toBe(false);
  });
});

describe('colour', () => {
  test.each([
    ['bt709', 1080, 'bt709'],
    ['smpte170m', 1080, 'bt601'],
    ['bt470bg', 1080, 'bt601'],
    ['bt2020nc', 1080, 'bt2020'],
    [null, 1080, 'bt709'],
    [null, 480, 'bt601'],
  ])('matrix %s at %d lines is read as %s', (matrix, height, expected) => {
    expect(plan(facts({ matrix, height, width: 1920 })).colour).toEqual({ kind: 'sdr', matrix: expected });
  });

  test('HDR is described in full, and names from the file that are not known are not passed on', () => {
    const found = facts({ hdr: 'hlg', matrix: "x'],exec", primaries: 'smpte432', fullRange: true });
    expect(plan(found).colour).toEqual({
      kind: 'hdr',
      transfer: 'arib-std-b67',
      matrix: 'bt2020nc',
      primaries: 'smpte432',
      range: 'pc',
    });
    expect(plan(facts({ hdr: 'pq' })).colour).toMatchObject({ kind: 'hdr', transfer: 'smpte2084' });
  });

  test('without the filters, HDR is scaled like any other picture', () => {
    const outcome = planLadder(facts({ hdr: 'pq', matrix: 'bt2020nc' }), { ...limits, canToneMap: false });
    expect(outcome).toMatchObject({ ok: true, colour: { kind: 'sdr', matrix: 'bt2020' } });
  });
});

describe('refusals', () => {
  test.each([
    [
      facts({}, { durationSeconds: 362.8 }),
      'too-long',
      'This video is 6:03 long; the limit on this server is 3:00.',
    ],
    [
      facts({}, { durationSeconds: 180.6 }),
      'too-long',
      'This video is 3:01 long; the limit on this server is 3:00.',
    ],
    [
      facts({}, { durationSeconds: 36_000 }),
      'too-long',
      'This video is 10:00:00 long; the limit on this server is 3:00.',
    ],
    [
      facts({}, { durationSeconds: 0.1 }),
      'too-short',
      'This video is 0.1 seconds long; it needs at least 0.5.',
    ],
    [
      facts({ width: 15 }),
      'too-small-picture',
      'The picture is 15 × 1920; each side needs at least 16 pixels.',
    ],
    [
      facts({ width: 9000 }),
      'too-large-picture',
      'The picture is 9000 × 1920; the limit on this server is 8192 × 4320.',
    ],
    [
      facts({ width: 8000, height: 8000 }),
      'too-large-picture',
      'The picture is 8000 × 8000; the limit on this server is 8192 × 4320.',
    ],
    [
      facts({ frameRate: 1000 }),
      'too-many-frames',
      'This video has 1000 frames per second; the limit on this server is 240.',
    ],
    [
      facts({ frames: 21_601 }),
      'too-many-frames',
      'This video has 21601 frames; the limit on this server is 21600.',
    ],
    [
      facts({}, { streamCount: 17 }),
      'too-many-streams',
      'This file holds 17 tracks; the limit on this server is 16.',
    ],
  ])('%#', (found, reason, detail) => {
    expect(planLadder(found, limits)).toEqual({ ok: false, reason, detail });
  });
});
