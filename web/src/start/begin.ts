/**
 * Stands in the page itself (web/start-script.ts): begins the clip that the server wrote into it while the script of the page is still on
 * its way, so that the first frame waits for that clip alone. The player takes it over. Where this does not run,
 * the player begins it.
 */
import type { Media } from '../api/types.ts';
import { aspectOf, fillsPhone } from '../clip/shape.ts';
import { openBuffer } from '../player/clip-buffer.ts';
import { type ClipSize, feedableSizes, mediaSourceClass, mimeOf } from '../player/clip-sizes.ts';
import { fetchRange } from '../player/range-fetch.ts';
import { firstBytes } from '../player/start-ranges.ts';
import { createVideo } from '../player/video-element.ts';
import { answersOfPage } from '../state/first-page.ts';
import { isMotionReduced, stored } from '../state/stored.ts';
import { type AppendedHead, BEGUN_ID, type BegunClip, leaveBegunClip } from './begun-clip.ts';
import { firstClip } from './first-clip.ts';

function begin(media: Media): void {
  const [size] = feedableSizes(media);
  const MediaSourceHere = mediaSourceClass();
  if (!size || !MediaSourceHere) return;
  const stop = new AbortController();
  const source = new MediaSourceHere();
  const video = createVideo();
  // Sound is the player's: it knows what was chosen, and what to do where the browser refuses.
  video.muted = true;
  place(video, media);
  const opened = openBuffer(video, source, mimeOf(size), stop.signal);
  leaveBegunClip({ url: size.url, video, source, opened, stop, head: load(size, opened, stop.signal) });
  video.play().catch(() => undefined);
}

/** Puts the element where the clip will be, as soon as there is a page to put it in: this runs in its head. */
function place(video: HTMLVideoElement, media: Media): void {
  video.id = BEGUN_ID;
  video.style.setProperty('--aspect', String(aspectOf(media)));
  video.toggleAttribute('data-fills', fillsPhone(media));
  document.documentElement.dataset.room = 'dark';
  requestAnimationFrame(() => {
    if (video.id === BEGUN_ID) document.body.prepend(video);
  });
}

/** What goes wrong here, the player meets again. */
async function load(
  { url, bandwidth }: ClipSize,
  opened: BegunClip['opened'],
  signal: AbortSignal,
): Promise<AppendedHead> {
  const to = firstBytes(bandwidth);
  const bytes = new Uint8Array(to);
  let length = 0;
  let told: Pick<AppendedHead, 'total' | 'ms'> = { total: null, ms: 0 };
  try {
    told = await fetchRange(
      { url, from: 0, to },
      {
        ...{ signal, priority: 'high' },
        async onPiece(piece) {
          await (await opened).append(piece);
          bytes.set(piece, length);
          length += piece.length;
        },
      },
    );
  } catch {
    // See above.
  }
  return { ...told, bytes: bytes.subarray(0, length) };
}

const autoplays = stored('vireo.autoplay') !== 'off' && !isMotionReduced(stored('vireo.motion'));
const media = firstClip(answersOfPage());
if (media && autoplays && document.visibilityState === 'visible') begin(media);
