import { reportEvents } from './events.ts';
import { getFeed } from './feed.ts';
import { forYouTimeline } from './for-you.ts';
import {
  clearHistory,
  forgetWatched,
  getFeedSettings,
  getHistory,
  getNotInterested,
  interestedAgain,
  notInterested,
  setFeedSettings,
} from './history.ts';

/** Feeds, what is told of watching, and what is kept of it. */
export const feedRoutes = [
  getFeed,
  forYouTimeline,
  reportEvents,
  getHistory,
  clearHistory,
  forgetWatched,
  getFeedSettings,
  setFeedSettings,
  getNotInterested,
  notInterested,
  interestedAgain,
] as const;
