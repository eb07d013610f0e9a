import { signal } from '@preact/signals';
import type { Status } from '../api/types.ts';

/** How many comments clips have, where more is known than their lists said. */
const counts = signal<ReadonlyMap<string, number>>(new Map());

/** How many comments a clip has, as far as this page knows; goes on counting while its comments are open. */
export function commentCountOf(status: Status): number {
  return counts.value.get(status.id) ?? status.replies_count;
}

export function setCommentCount(clipId: string, count: number): void {
  if (counts.peek().get(clipId) !== count) counts.value = new Map([...counts.peek(), [clipId, count]]);
}
