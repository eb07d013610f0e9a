import { expect, test } from 'vitest';
import { createSeeker, type Seekable } from './seeker.ts';

/** A video whose frames are found when the test says so. */
function fakeVideo() {
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
  const tellFound = () => target.dispatchEvent(new Event('seeked'));
  const found = () => {
    video.seeking = false;
    tellFound();
  };
  return { asked, video, found, tellFound, seek: createSeeker(video as Seekable) };
}

test('a video that is looking for a frame is asked for the latest wish only', () => {
  const { asked, found, seek } = fakeVideo();
  for (const seconds of [1, 2, 3, 4]) seek(seconds);
  expect(asked).toEqual([1]);
  found();
  expect(asked).toEqual([1, 4]);
  found();
  expect(asked).toEqual([1, 4]);
  seek(5);
  expect(asked).toEqual([1, 4, 5]);
});

test('a wish that comes when the frame is there, and nobody has been told yet, is the last one', () => {
  const { asked, video, tellFound, seek } = fakeVideo();
  for (const seconds of [1, 2]) seek(seconds);
  video.seeking = false;
  seek(3);
  tellFound();
  expect(asked).toEqual([1, 3]);
});
