/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  waiting: 'Waiting for {host} to accept',
  waitingHere: 'Waiting to be accepted',
  clips: '{n, plural, one {{shown} clip} other {{shown} clips}}',
  followers: '{n, plural, one {{shown} follower} other {{shown} followers}}',
  followingCount: '{n, plural, one {{shown} following} other {{shown} following}}',
  follow: 'Follow',
  following: 'Following',
  requested: 'Requested',
} as const;
