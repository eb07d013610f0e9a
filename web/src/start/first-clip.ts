import type { FeedStatuses, Media } from '../api/types.ts';
import { isWarned } from '../state/warned.ts';

const FEED = '/api/v1/feed_statuses?';

/** The clip that a page begins with, by the answers that the server wrote into it; null where it waits for somebody to uncover it. */
export function firstClip(answers: ReadonlyMap<string, unknown>): Media | null {
  const [, page] = [...answers].find(([path]) => path.startsWith(FEED)) ?? [];
  const { statuses } = (page ?? { statuses: [] }) as FeedStatuses;
  const first = statuses.map((entry) => entry.reblog ?? entry).find(isClip);
  return first && !isWarned(first) ? (first.media_attachments[0] ?? null) : null;
}

const isClip = ({ media_attachments }: FeedStatuses['statuses'][number]) => media_attachments.length > 0;
