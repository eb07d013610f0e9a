/** English; what stands in braces is put in (ICU MessageFormat). How long ago something was, in as few signs as can be. */
export const english = {
  now: 'now',
  minutes: '{n, number}m',
  hours: '{n, number}h',
  days: '{n, number}d',
} as const;
