/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  untitled: 'Original sound',
  by: 'by @{acct}',
  original: 'Watch the original',
  clips: 'Clips with this sound',
  none: 'No clips to show',
  noneText: 'Clips with this sound are shown here.',
  notFound: 'There is no such sound here',
  notFoundText: 'It was removed, or it is not for you to hear.',
  search: 'Search',
} as const;
