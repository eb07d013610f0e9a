import { expect, test } from 'vitest';
import { readStoryboard, tileAt } from './storyboard.ts';

const address = 'https://video.example/media/1/index.vtt';
const text = `WEBVTT

00:00:00.000 --> 00:00:01.000
sheet.jpg#xywh=0,0,90,160

01:00:01.000 --> 01:00:02.500
sheet.jpg#xywh=90,0,90,160
`;

test('a storyboard says where its pictures lie', () => {
  const sheet = 'https://video.example/media/1/sheet.jpg';
  const size = { width: 90, height: 160, sheet };
  expect(readStoryboard(text, address)).toEqual([
    { start: 0, end: 1, x: 0, y: 0, ...size },
    { start: 3_601, end: 3_602.5, x: 90, y: 0, ...size },
  ]);
  expect(readStoryboard(text.replaceAll('\n', '\r\n'), address)).toHaveLength(2);
  expect(readStoryboard('<html>', address)).toEqual([]);
});

test('each moment has the picture before it', () => {
  const tiles = readStoryboard(text, address);
  expect([0, 0.5, 2, 3_601, 9_999].map((seconds) => tileAt(tiles, seconds)?.x)).toEqual([0, 0, 0, 90, 90]);
  expect(tileAt([], 1)).toBeUndefined();
});
