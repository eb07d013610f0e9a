import { embedLimits } from '../../../config/page-limits.ts';
import type { Asset, Video } from '../../modules/videos/index.ts';
import type { HttpDeps } from '../deps.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A size of that shape that fits into another, never larger than it is. In whole pixels. */
export function fitted(size: Size, most: Partial<Size>): Size {
  const scale = Math.min(1, (most.width ?? Infinity) / size.width, (most.height ?? Infinity) / size.height);
  return {
    width: Math.max(1, Math.round(size.width * scale)),
    height: Math.max(1, Math.round(size.height * scale)),
  };
}

/** The size of a clip where nobody asks for another one; a portrait where its own is not known. */
export function shownSize({ width, height }: Pick<Video, 'width' | 'height'>): Size {
  const { longSide } = embedLimits;
  const size = width && height ? { width, height } : { width: 9, height: 16 };
  const scale = longSide / Math.max(size.width, size.height);
  return { width: Math.round(size.width * scale), height: Math.round(size.height * scale) };
}

/** Whether its author asks for a decision before it is shown. */
export const isCovered = ({ sensitive, contentWarning }: Video): boolean =>
  sensitive || contentWarning !== '';

/** The plain file for programs that play nothing else, up to 720 lines; null where there is none yet. */
export function plainFile({ assets, width, height }: Video): Asset | null {
  const shortSide = (asset: Asset) =>
    asset.rung ?? Math.min(asset.width ?? width ?? Infinity, asset.height ?? height ?? Infinity);
  const files = (['mp4', 'copy'] as const).flatMap((role) => assets.filter((asset) => asset.role === role));
  return files.find((asset) => shortSide(asset) <= embedLimits.mostLines) ?? null;
}

/**
 * Whether other pages may show a clip in a frame: one of this server that everybody may see, without asking first. Whoever posted on another
 * server has not agreed to it here.
 */
export function isEmbeddable({ config }: Pick<HttpDeps, 'config'>, video: Video): boolean {
  const isOpen = video.visibility === 'public' || video.visibility === 'unlisted';
  const isThere = video.state === 'published' && plainFile(video) !== null;
  return config.embedding === 'everywhere' && video.local && isOpen && isThere && !isCovered(video);
}

export const embedUrl = ({ urls }: Pick<HttpDeps, 'urls'>, { id }: Pick<Video, 'id'>): string =>
  `${urls.origin}/embed/${id}`;
