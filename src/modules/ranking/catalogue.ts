import { rankingLimits } from '../../../config/ranking-limits.ts';
import type { SignalOf } from '../signals/index.ts';
import { clearColumns, growColumns } from './columns.ts';
import { createNames, type Names } from './names.ts';

/** No slot: the end of a list, or nobody. */
export const NONE = -1;

/**
 * What is known of videos, by slot: a dense number from 0. Slots of removed videos are used again, with another generation, but not
 * before no model is left that was trained when the old one was there; and never once they had as many generations as are told apart.
 */
interface VideoColumns {
  live: Uint8Array;
  generation: Uint8Array;
  /** Slot of the creator among people. */
  author: Int32Array;
  publishedAt: Float64Array;
  durationMs: Float32Array;
  sound: Uint32Array;
  language: Uint16Array;
  /** `tagsPerVideo` each, 0 where there are fewer. */
  tags: Uint32Array;
  /** 64 each: the content vector. */
  content: Int8Array;
  /** The creator's videos in the order they were told in. */
  older: Int32Array;
  newer: Int32Array;
  /** People here that it was shown to, and what they did. */
  impressions: Uint32Array;
  completions: Uint32Array;
  skips: Uint32Array;
  likes: Uint32Array;
  shares: Uint32Array;
  saves: Uint32Array;
  commenters: Uint32Array;
  hides: Uint32Array;
  reports: Uint32Array;
  /** Place in the exploration pool, NONE outside. */
  pooled: Int32Array;
}

export interface Catalogue {
  readonly columns: VideoColumns;
  readonly tagNames: Names;
  readonly soundNames: Names;
  readonly languageNames: Names;
  /** One more than the largest slot ever used. */
  size(): number;
  slotOf(id: string): number;
  idOf(slot: number): string;
  /** Puts a video in, or changes it; true when it is new. */
  put(video: SignalOf<'video'>, author: number): { readonly slot: number; readonly isNew: boolean };
  /** Takes a video out; its slot, NONE if there was none. */
  remove(id: string): number;
  /** The newest video of a creator; go on with `columns.older`. */
  newestOf(author: number): number;
  /** Tells a video from others that had its slot: for filters that keep no slots. */
  keyOf(slot: number): number;
  /** A training begins to read; returns what to call when no older model is in use any more. */
  snapshot(): () => void;
}

const LAST_GENERATION = 255;
const WIDTH = { tags: rankingLimits.tagsPerVideo, content: 64 } as const;

/** `writeContent` fills in the content vector of a video by a creator. */
export function createCatalogue(
  writeContent: (video: SignalOf<'video'>, author: number, out: Int8Array) => void,
): Catalogue {
  const columns = emptyColumns(1_024);
  const slots = new Map<string, number>();
  const ids: string[] = [];
  const newest: number[] = [];
  const tagNames = createNames(rankingLimits.names.tags);
  const soundNames = createNames(rankingLimits.names.sounds);
  const languageNames = createNames(rankingLimits.names.languages);
  /** Slots to be used again, and those that a model may still name. */
  const free: number[] = [];
  const quarantined: number[] = [];
  let hasModel = false;

  const link = (slot: number, author: number): void => {
    const head = newest[author] ?? NONE;
    columns.author[slot] = author;
    columns.older[slot] = head;
    columns.newer[slot] = NONE;
    if (head !== NONE) columns.newer[head] = slot;
    newest[author] = slot;
  };
  const unlink = (slot: number): void => {
    const older = columns.older[slot] ?? NONE;
    const newer = columns.newer[slot] ?? NONE;
    if (older !== NONE) columns.newer[older] = newer;
    if (newer !== NONE) columns.older[newer] = older;
    else newest[columns.author[slot] ?? 0] = older;
  };
  const describe = (slot: number, video: SignalOf<'video'>, author: number): void => {
    columns.publishedAt[slot] = video.publishedAt;
    columns.durationMs[slot] = video.durationMs ?? 0;
    columns.sound[slot] = video.soundId === null ? 0 : soundNames.of(video.soundId);
    columns.language[slot] = video.language === null ? 0 : languageNames.of(languageKey(video.language));
    const from = slot * WIDTH.tags;
    columns.tags.fill(0, from, from + WIDTH.tags);
    const tags = [...new Set(video.tags)].slice(0, WIDTH.tags);
    for (const [at, tag] of tags.entries()) columns.tags[from + at] = tagNames.of(tag);
    const vector = slot * WIDTH.content;
    writeContent(video, author, columns.content.subarray(vector, vector + WIDTH.content));
  };

  return {
    columns,
    tagNames,
    soundNames,
    languageNames,
    size: () => ids.length,
    slotOf: (id) => slots.get(id) ?? NONE,
    idOf: (slot) => ids[slot] ?? '',
    put(video, author) {
      const known = slots.get(video.id);
      if (known !== undefined) {
        if (columns.author[known] !== author) {
          unlink(known);
          link(known, author);
        }
        describe(known, video, author);
        return { slot: known, isNew: false };
      }
      const slot = free.pop() ?? ids.length;
      growColumns(columns, slot + 1, WIDTH);
      ids[slot] = video.id;
      slots.set(video.id, slot);
      columns.live[slot] = 1;
      columns.pooled[slot] = NONE;
      link(slot, author);
      describe(slot, video, author);
      return { slot, isNew: true };
    },
    remove(id) {
      const slot = slots.get(id);
      if (slot === undefined) return NONE;
      slots.delete(id);
      ids[slot] = '';
      unlink(slot);
      const generation = columns.generation[slot] ?? 0;
      clearColumns(columns, slot, WIDTH);
      columns.generation[slot] = Math.min(LAST_GENERATION, generation + 1);
      columns.author[slot] = NONE;
      columns.pooled[slot] = NONE;
      // Who met the first video there would be told to have met the next one, if they were counted from 0 again.
      if (generation < LAST_GENERATION) (hasModel ? quarantined : free).push(slot);
      return slot;
    },
    newestOf: (author) => newest[author] ?? NONE,
    keyOf: (slot) => slot * 256 + (columns.generation[slot] ?? 0),
    snapshot() {
      hasModel = true;
      const before = quarantined.length;
      return () => {
        free.push(...quarantined.splice(0, before));
      };
    },
  };
}

/** `de-AT` is read by whoever reads `de`. */
export function languageKey(language: string): string {
  return (language.split('-', 1)[0] ?? '').toLowerCase();
}

function emptyColumns(slots: number): VideoColumns {
  return {
    live: new Uint8Array(slots),
    generation: new Uint8Array(slots),
    author: new Int32Array(slots).fill(NONE),
    publishedAt: new Float64Array(slots),
    durationMs: new Float32Array(slots),
    sound: new Uint32Array(slots),
    language: new Uint16Array(slots),
    tags: new Uint32Array(slots * WIDTH.tags),
    content: new Int8Array(slots * WIDTH.content),
    older: new Int32Array(slots),
    newer: new Int32Array(slots),
    impressions: new Uint32Array(slots),
    completions: new Uint32Array(slots),
    skips: new Uint32Array(slots),
    likes: new Uint32Array(slots),
    shares: new Uint32Array(slots),
    saves: new Uint32Array(slots),
    commenters: new Uint32Array(slots),
    hides: new Uint32Array(slots),
    reports: new Uint32Array(slots),
    pooled: new Int32Array(slots),
  };
}
