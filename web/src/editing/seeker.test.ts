import { expect, test } from 'vitest';
import { createSeeker, type Seekable } from './seeker.ts';

test('a video that is looking for a frame is asked for the latest wish only', () => {
  const asked: number[] = [];
  const target = new EventTarget();
  const video = {
    seeking: false,
    get currentTime() {
      return asked.at(-1) ?? 0;
    },
    set currentTime(seconds) {
      asked.push(seconds);
      this.seeking = true;
    },
    addEventListener: target.addEventListener.bind(target),
  };
  const found = () => {
    video.seeking = false;
    target.dispatchEvent(new Event('seeked'));
  };
  const seek = createSeeker(video as Seekable);
  for (const seconds of [1, 2, 3, 4]) seek(seconds);
  expect(asked).toEqual([1]);
  found();
  expect(asked).toEqual([1, 4]);
  found();
  expect(asked).toEqual([1, 4]);
  seek(5);
  expect(asked).toEqual([1, 4, 5]);
});
