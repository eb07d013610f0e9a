import type { Media } from '../api/types.ts';

/** Sizes up to this one are always made. */
const ALWAYS_MADE_PIXELS = 720;

/**
 * Whether a clip is shown with more pixels than the largest size there is, while its source has more. `box` is in CSS
 * pixels. A clip that is still being made gets its sizes without being asked for.
 */
export function wantsLargerSize(
  media: Pick<Media, 'meta' | 'renditions'>,
  box: { readonly width: number; readonly height: number },
  pixelRatio: number,
): boolean {
  const { width, height } = media.meta.original;
  if (!width || !height || media.renditions.length === 0) return false;
  const largest = Math.max(...media.renditions.map((one) => Math.min(one.width, one.height)));
  if (Math.min(width, height) <= largest) return false;
  const scale = Math.min(box.width / width, box.height / height);
  return Math.min(width, height) * scale * pixelRatio > Math.max(largest, ALWAYS_MADE_PIXELS);
}
