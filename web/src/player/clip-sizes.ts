import type { Media } from '../api/types.ts';

/** A size of a clip that can be loaded in pieces. */
export type ClipSize = Media['renditions'][number];

/** What is left of browsers' names for what they can be fed by. */
type MediaSourceClass = typeof MediaSource;

/** The class by which scripts feed a <video>: the usual one, else that of iPhones. Undefined where there is none. */
export function mediaSourceClass(): MediaSourceClass | undefined {
  if ('MediaSource' in globalThis) return MediaSource;
  const managed: unknown = Reflect.get(globalThis, 'ManagedMediaSource');
  return typeof managed === 'function' ? (managed as unknown as MediaSourceClass) : undefined;
}

/** How a size is named to the browser. */
export const mimeOf = ({ codecs }: ClipSize) => `video/mp4; codecs="${codecs}"`;

/**
 * The sizes of a clip that this browser can be fed, from small to large; none where the clip has no index of its pieces.
 */
export function feedableSizes({ renditions, chunks_url }: Media): ClipSize[] {
  const source = mediaSourceClass();
  if (!source || chunks_url === null) return [];
  return renditions
    .filter((size) => source.isTypeSupported(mimeOf(size)))
    .toSorted((a, b) => a.bandwidth - b.bandwidth);
}
