import { reportEvents } from './events.ts';
import { getFeed, getFeedStatuses } from './feed.ts';
import { forYouTimeline } from './for-you.ts';
import {
  clearHistory,
  forgetWatched,
  getHistory,
  getNotInterested,
  interestedAgain,
  notInterested,
} from './history.ts';
import { getFeedReason, getFeedSlate } from './reasons.ts';
import { getFeedSettings, resetFeedProfile, setFeedSettings } from './settings.ts';

/** Feeds, what is told of watching, and what is kept of it. */
export const feedRoutes = [
  getFeed,
  getFeedStatuses,
  forYouTimeline,
  reportEvents,
  getHistory,
  clearHistory,
  forgetWatched,
  getFeedSettings,
  setFeedSettings,
  resetFeedProfile,
  getFeedReason,
  getFeedSlate,
  getNotInterested,
  notInterested,
  interestedAgain,
] as const;
