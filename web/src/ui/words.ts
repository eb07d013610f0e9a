/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  copied: 'Copied.',
  notCopied: 'This could not be copied. Select it and copy it by hand.',

  pageTitle: '{page} · {server}',
  loading: 'Loading',
  retry: 'Try again',
  cancel: 'Cancel',
  close: 'Close',
  failed: 'Something went wrong',
  toFeed: 'Watch clips',
  signInFirst: 'Sign in first',
  signIn: 'Sign in',
  from: 'from {host}',
  followWho: 'Follow @{acct}',
  followingWho: 'Following. Stop following @{acct}',
  requestedWho: 'Requested. Withdraw the request to follow @{acct}',
} as const;
