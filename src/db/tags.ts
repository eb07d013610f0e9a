import { hashtagsOf } from '../lib/html/from-text.ts';
import type { VideoId } from '../lib/ids.ts';
import type { Tx } from './database.ts';

/** A hashtag as it is compared, and as its author wrote it. */
export interface WrittenTag {
  readonly tag: string;
  readonly spelling: string;
}

/**
 * The form by which hashtags are compared: without `#`, composed, in small letters, and Latin letters without their accents,
 * since people leave them out as they type. In other scripts such marks make another letter.
 */
export function foldTag(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/([a-z])[\u0300-\u036f]+/g, '$1')
    .normalize('NFC');
}

/** Hashtags of a text, each once. */
export function tagsOfText(text: string): WrittenTag[] {
  const found = new Map<string, WrittenTag>();
  for (const spelling of hashtagsOf(text)) {
    const tag = foldTag(spelling);
    if (!found.has(tag)) found.set(tag, { tag, spelling: spelling.normalize('NFKC') });
  }
  return [...found.values()];
}

/** Hashtags that one video is found by. */
const MOST_TAGS = 50;

/** Makes these the hashtags that videos are found by, whatever they were before. */
export async function replaceTags(
  tx: Tx,
  tagged: readonly { readonly videoId: VideoId; readonly tags: readonly WrittenTag[] }[],
  { isNew = false }: { readonly isNew?: boolean } = {},
): Promise<void> {
  const ids = tagged.map(({ videoId }) => videoId);
  if (!isNew && ids.length > 0) await tx('video_tags').whereIn('video_id', ids).delete();
  const rows = tagged.flatMap(({ videoId, tags }) =>
    tags.slice(0, MOST_TAGS).map(({ tag, spelling }) => ({ tag, spelling, video_id: videoId })),
  );
  if (rows.length > 0) await tx('video_tags').insert(rows).onConflict(['tag', 'video_id']).ignore();
}
