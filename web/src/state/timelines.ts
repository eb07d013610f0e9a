import { api } from '../api/endpoints.ts';
import type { Status } from '../api/types.ts';
import { createTimeline, type Timeline } from './timeline.ts';

/** The feeds, by the names of their addresses (`?feed=`). */
export const feedNames = ['for-you', 'following', 'local', 'federated'] as const;
export type FeedName = (typeof feedNames)[number];

/** By what name the server knows them. */
export const feedTypes = {
  'for-you': 'for_you',
  following: 'following',
  local: 'local',
  federated: 'federated',
} as const satisfies Record<FeedName, string>;

const feeds = new Map<FeedName, Timeline>();

/** A feed, the same one at every visit until somebody signs in or out. */
export function feedTimeline(name: FeedName): Timeline {
  const known = feeds.get(name);
  if (known) return known;
  const timeline = createTimeline((cursor) => api.feed(feedTypes[name], cursor), name !== 'for-you');
  feeds.set(name, timeline);
  return timeline;
}

/** Takes a deleted clip out of every list. */
export function removeEverywhere(id: string): void {
  takeOut((status) => status.id === id);
}

/** Takes clips out of every list; returns what puts them back. */
export function takeOut(isUnwanted: (status: Status) => boolean): () => void {
  const undo = [...feeds.values()].map((timeline) => timeline.remove(isUnwanted));
  return () => {
    for (const one of undo) one();
  };
}

/** For when somebody else signs in. */
export function forgetTimelines(): void {
  feeds.clear();
}
