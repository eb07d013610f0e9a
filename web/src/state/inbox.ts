import { signal } from '@preact/signals';

/** How many groups of notifications are newer than what was read, counted up to `unreadMost`. */
export const unread = signal(0);

/** Counts how often the server told of something new. */
export const news = signal(0);

/** More than these are not counted. */
export const unreadMost = 99;
