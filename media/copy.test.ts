import { describe, expect, test } from 'vitest';
import { canCopy } from './copy.ts';
import type { MeasuredFacts } from './probe.ts';

const facts: MeasuredFacts = {
  demuxer: 'mov',
  durationSeconds: 10,
  streamCount: 2,
  audio: { index: 1, codec: 'aac', channels: 2, endSeconds: 10 },
  video: {
    ...{ index: 0, codec: 'h264', profile: 'High', pixelFormat: 'yuv420p', width: 1080, height: 1920 },
    ...{ frameRate: 30, frames: 300, endSeconds: 10, hdr: null, matrix: null, primaries: null },
    fullRange: false,
  },
};
const BYTES = 10_000_000;

const video = (change: Partial<MeasuredFacts['video']>) => ({
  ...facts,
  video: { ...facts.video, ...change },
});

describe('a file that every browser plays', () => {
  test.each<[string, MeasuredFacts]>([
    ['an upright phone clip', facts],
    ['the same without sound', { ...facts, audio: null }],
    ['full range', video({ pixelFormat: 'yuvj420p' })],
    ['60 pictures a second', video({ frameRate: 59.94 })],
  ])('%s is copied', (_name, file) => {
    expect(canCopy(file, BYTES)).toBe(true);
  });

  test.each<[string, MeasuredFacts]>([
    ['WebM', { ...facts, demuxer: 'matroska' }],
    ['HEVC', video({ codec: 'hevc', profile: 'Main' })],
    ['ten bits', video({ profile: 'High 10', pixelFormat: 'yuv420p10le' })],
    ['4:4:4', video({ profile: 'High 4:4:4 Predictive', pixelFormat: 'yuv444p' })],
    ['no known profile', video({ profile: null })],
    ['HDR', video({ hdr: 'hlg' })],
    ['4K', video({ width: 3840, height: 2160 })],
    ['120 pictures a second', video({ frameRate: 120 })],
    ['PCM sound', { ...facts, audio: { index: 1, codec: 'pcm_s16le', channels: 2, endSeconds: 10 } }],
    ['5.1', { ...facts, audio: { index: 1, codec: 'aac', channels: 6, endSeconds: 10 } }],
  ])('%s is not', (_name, file) => {
    expect(canCopy(file, BYTES)).toBe(false);
  });

  test('more than 8 Mbit/s is not', () => {
    expect(canCopy(facts, BYTES + 1)).toBe(false);
  });
});
