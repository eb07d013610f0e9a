import { hashtagsOf } from '../lib/html/from-text.ts';
import type { VideoId } from '../lib/ids.ts';
import type { Tx } from './database.ts';

/** The form by which hashtags are compared: without `#`, composed, in small letters. */
export function foldTag(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

/** Hashtags of a text in that form. */
export function tagsOfText(text: string): string[] {
  return [...new Set(hashtagsOf(text).map(foldTag))];
}

/** Hashtags that one video is found by. */
const MOST_TAGS = 50;

/** Makes these the hashtags that videos are found by, whatever they were before. */
export async function replaceTags(
  tx: Tx,
  tagged: readonly { readonly videoId: VideoId; readonly tags: readonly string[] }[],
  { isNew = false }: { readonly isNew?: boolean } = {},
): Promise<void> {
  const ids = tagged.map(({ videoId }) => videoId);
  if (!isNew && ids.length > 0) await tx('video_tags').whereIn('video_id', ids).delete();
  const rows = tagged.flatMap(({ videoId, tags }) =>
    [...new Set(tags)].slice(0, MOST_TAGS).map((tag) => ({ tag, video_id: videoId })),
  );
  if (rows.length > 0) await tx('video_tags').insert(rows).onConflict(['tag', 'video_id']).ignore();
}
