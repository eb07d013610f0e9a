/** How the two pictures of a duet share one. */
export const layouts = ['side_by_side', 'top_bottom', 'picture_in_picture'] as const;
export type Layout = (typeof layouts)[number];

/** What is heard of a duet. */
export const sounds = ['mix', 'original', 'own'] as const;
export type SoundChoice = (typeof sounds)[number];

export const kinds = ['duet', 'stitch'] as const;
export type Kind = (typeof kinds)[number];

/** How loud each of the two is, from 0 to 1. */
export interface Volumes {
  readonly original: number;
  readonly own: number;
}

/** A clip of one's own beside another one. */
export interface Duet {
  readonly kind: 'duet';
  /** Id of the other clip. */
  readonly of: string;
  readonly layout: Layout;
  readonly sound: SoundChoice;
  /** Of a mix. */
  readonly volumes: Volumes;
}

/** A clip that begins with a part of another one. */
export interface Stitch {
  readonly kind: 'stitch';
  readonly of: string;
  /** In seconds of the other clip. */
  readonly clip: { readonly start: number; readonly end: number };
}

/** What somebody's next clip answers to, as the server is told. */
export type Remix = Duet | Stitch;

/** The longest part of another clip that a stitch begins with, in seconds; the server takes no more. */
export const MOST_STITCHED_S = 5;

/** What a sum of two numbers may be off by is less. */
const ROUNDING_S = 0.001;

/** A part of the original as the server takes it: never more than it may be, however its ends were rounded. */
export function partOf(start: number, end: number): Stitch['clip'] {
  const most = start + MOST_STITCHED_S;
  const last = Math.min(end, most);
  return { start, end: last - start > MOST_STITCHED_S ? last - ROUNDING_S : last };
}

/** What a remix is before anybody chooses something. */
export function newRemix(kind: Kind, of: string, duration: number): Remix {
  return kind === 'stitch'
    ? { kind, of, clip: partOf(0, duration) }
    : { kind, of, layout: 'side_by_side', sound: 'mix', volumes: { original: 0.5, own: 1 } };
}

/** How loud each is heard, as the mix that the server makes. */
export function volumesOf({ sound, volumes }: Pick<Duet, 'sound' | 'volumes'>): Volumes {
  if (sound === 'mix') return volumes;
  return sound === 'original' ? { original: 1, own: 0 } : { original: 0, own: 1 };
}

/**
 * How long somebody's own part may be, in seconds: a duet ends where the shorter of the two does, and what a stitch
 * begins with counts as well.
 */
export function ownSeconds(remix: Remix | null, originalSeconds: number, limit: number): number {
  if (!remix) return limit;
  if (remix.kind === 'duet') return Math.min(limit, originalSeconds);
  return Math.max(0, limit - (remix.clip.end - remix.clip.start));
}

/** Reads a remix that was kept on an earlier visit; null for anything else. */
export function remixFrom(value: unknown): Remix | null {
  if (typeof value !== 'object' || value === null) return null;
  const part = (name: string): unknown => Reflect.get(value, name);
  const of = part('of');
  if (typeof of !== 'string' || !/^\d+$/.test(of)) return null;
  if (part('kind') === 'stitch') {
    const { start, end } = numbersIn(part('clip'));
    const isPart = start !== undefined && end !== undefined && start >= 0 && end > start;
    return isPart && end - start <= MOST_STITCHED_S ? { kind: 'stitch', of, clip: { start, end } } : null;
  }
  const layout = layouts.find((name) => name === part('layout'));
  const sound = sounds.find((name) => name === part('sound'));
  const { original, own } = numbersIn(part('volumes'));
  if (part('kind') !== 'duet' || !layout || !sound || !isVolume(original) || !isVolume(own)) return null;
  return { kind: 'duet', of, layout, sound, volumes: { original, own } };
}

const isVolume = (value: number | undefined): value is number =>
  value !== undefined && value >= 0 && value <= 1;

/** The parts of something that are numbers. */
function numbersIn(value: unknown): Readonly<Partial<Record<string, number>>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([, part]) => Number.isFinite(part)));
}
