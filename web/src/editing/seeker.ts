/** As much of a <video> as this takes. */
export type Seekable = Pick<HTMLVideoElement, 'currentTime' | 'seeking' | 'addEventListener'>;

/**
 * Makes a function that shows the frame at a time, in seconds. While one frame is being found only the latest wish is
 * kept: a slider asks faster than a video can answer, and a video that is asked again and again shows nothing at all.
 */
export function createSeeker(video: Seekable): (seconds: number) => void {
  let wish: number | null = null;
  video.addEventListener('seeked', () => {
    if (wish === null) return;
    video.currentTime = wish;
    wish = null;
  });
  return (seconds) => {
    wish = video.seeking ? seconds : null;
    if (wish === null) video.currentTime = seconds;
  };
}
