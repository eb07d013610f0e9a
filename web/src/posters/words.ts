/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  more: 'More clips',
  by: 'Clip by @{acct}',
  views: '{shown}{n, plural, one { view} other { views}}',
  pinned: 'Pinned',
  sensitive: 'Sensitive clip',
  making: 'Making {percent} %',
  copying: 'Copying {percent} %',
  notCopied: 'Not copied',
} as const;
