/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  notInterested: 'Not interested',
  saveTo: 'Save to…',
  why: 'Why am I seeing this?',
  report: 'Report',
  download: 'Download',
  block: 'Block @{acct}',
  copyLink: 'Copy link',
  linkCopied: 'Link copied.',
  linkNotCopied: 'The link could not be copied. It is {url}',
  mute: 'Mute @{acct}',
  pin: 'Pin to your profile',
  unpin: 'Unpin from your profile',
  pinned: 'It stands first on your profile.',
  unpinned: 'It is not pinned any more.',
} as const;
