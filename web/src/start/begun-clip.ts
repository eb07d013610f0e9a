import type { ClipBuffer } from '../player/clip-buffer.ts';
import type { Head } from '../player/heads.ts';

/** A clip that plays before the script of the page is there; `begin.ts` began it. */
export interface BegunClip {
  /** The file that it plays: its smallest size. */
  readonly url: string;
  readonly video: HTMLVideoElement;
  readonly source: MediaSource;
  readonly opened: Promise<ClipBuffer>;
  /** What was appended, once no more will be: less than was asked for where something went wrong. */
  readonly head: Promise<AppendedHead>;
  /** Ends its loading. */
  readonly stop: AbortController;
}

export interface AppendedHead extends Head {
  /** How long it took to come. */
  readonly ms: number;
}

/** Of the element, for as long as nobody took it over (begun-clip.css). */
export const BEGUN_ID = 'begun-clip';
/** The two scripts share nothing but the page: one leaves the clip here for the other. */
const PLACE = 'vireoBegunClip';

/** Keeps it for the player. */
export function leaveBegunClip(clip: BegunClip): void {
  Reflect.set(globalThis, PLACE, clip);
}

/** Gives the clip over that plays from a file, once; one that plays from another, or cannot go on, ends. */
export function takeBegunClip(url: string): BegunClip | undefined {
  const clip: BegunClip | undefined = Reflect.get(globalThis, PLACE);
  if (!clip) return undefined;
  Reflect.deleteProperty(globalThis, PLACE);
  const { video } = clip;
  video.removeAttribute('id');
  video.removeAttribute('style');
  video.removeAttribute('data-fills');
  if (clip.url === url && !video.error) return clip;
  clip.stop.abort();
  video.removeAttribute('src');
  video.remove();
  return undefined;
}
