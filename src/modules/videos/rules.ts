import type { Allowances, VideoRow, Visibility } from './model.ts';

/** What others may do with a video, who may see it, and what its sound is called. What is not given stays as it is. */
export interface VideoRules {
  readonly commentsOpen?: boolean | undefined;
  readonly allows?: { readonly [What in keyof Allowances]?: boolean | undefined } | undefined;
  readonly visibility?: Visibility | undefined;
  readonly soundTitle?: string | undefined;
}

/** From the widest audience to the narrowest; the first two are for everybody. */
const WIDTH: readonly Visibility[] = ['public', 'unlisted', 'followers', 'direct'];
const isOpen = (visibility: Visibility): boolean => WIDTH.indexOf(visibility) < 2;

export const isWiderThan = (a: Visibility, b: Visibility): boolean => WIDTH.indexOf(a) < WIDTH.indexOf(b);

/** The narrower of two audiences. */
export function narrower(a: Visibility, b: Visibility): Visibility {
  return WIDTH[Math.max(WIDTH.indexOf(a), WIDTH.indexOf(b))] ?? 'direct';
}

/**
 * Whether a video may be given another audience. Until other servers were told of it, any; from then on a wider one, or
 * another for everybody: copies elsewhere could not be taken back from those who have them.
 */
export function mayBecome({ state, unannounced, visibility }: VideoRow, wanted: Visibility): boolean {
  if (state !== 'published' || unannounced) return true;
  return WIDTH.indexOf(wanted) <= WIDTH.indexOf(visibility) || (isOpen(wanted) && isOpen(visibility));
}

/** Columns by which a video says what others may do with it. */
export function ruleColumns({ commentsOpen, allows, visibility, soundTitle }: VideoRules) {
  const named = {
    comments_open: commentsOpen,
    allows_download: allows?.download,
    allows_duet: allows?.duet,
    allows_stitch: allows?.stitch,
    allows_sound: allows?.sound,
    remix_asks: allows?.ask,
    visibility,
    sound_title: soundTitle,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}
