import { describe, expect, test } from 'vitest';
import { planStoryboard, storyboardIndex, vttTime } from './storyboard.ts';

describe('planStoryboard', () => {
  const tall = { width: 360, height: 640 };
  test.each([
    ['a clip', 14.6, { interval: 1, tiles: 15, columns: 10, rows: 2 }],
    ['less than a second', 0.6, { interval: 1, tiles: 1, columns: 1, rows: 1 }],
    ['as many seconds as there are places', 180, { interval: 1, tiles: 180, columns: 10, rows: 18 }],
    ['a long video', 600, { interval: 600 / 180, tiles: 180, columns: 10, rows: 18 }],
  ])('%s', (_name, durationSeconds, expected) => {
    expect(planStoryboard({ ...tall, durationSeconds })).toMatchObject(expected);
  });

  test.each([
    [360, 640, 90, 160],
    [640, 360, 160, 90],
    [480, 480, 90, 90],
    [854, 360, 214, 90],
    [2_000, 16, 320, 2],
  ])('%i x %i gets tiles of %i x %i', (width, height, tileWidth, tileHeight) => {
    expect(planStoryboard({ width, height, durationSeconds: 5 })).toMatchObject({ tileWidth, tileHeight });
  });
});

test('the index names a place on the sheet for every second', () => {
  const plan = planStoryboard({ width: 360, height: 640, durationSeconds: 11.5 });
  const lines = storyboardIndex(plan, 11.5, 'abc-storyboard.jpg').split('\n');
  expect(lines.slice(0, 5)).toEqual([
    ...['WEBVTT', '', '00:00:00.000 --> 00:00:01.000', 'abc-storyboard.jpg#xywh=0,0,90,160', ''],
  ]);
  expect(lines.slice(-3)).toEqual([
    ...['00:00:11.000 --> 00:00:11.500', 'abc-storyboard.jpg#xywh=90,160,90,160', ''],
  ]);
});

test.each([
  [0, '00:00:00.000'],
  [59.9996, '00:01:00.000'],
  [3_599.999, '00:59:59.999'],
  [36_000.5, '10:00:00.500'],
])('%d s is %s', (seconds, text) => {
  expect(vttTime(seconds)).toBe(text);
});
