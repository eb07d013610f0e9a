/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  approvals: 'Approvals',
  intro: 'People who asked to join. They can sign in once you approve them.',
  empty: 'Nobody is waiting',
  emptyText: 'New requests to join appear here.',
  name: 'Name',
  email: 'E-mail',
  reason: 'Reason',
  asked: 'Asked',
  actions: 'Decision',
  none: 'None given',
  approve: 'Approve',
  approveWho: 'Approve @{username}',
  approved: '@{username} can sign in now.',
  reject: 'Reject',
  rejectWho: 'Reject @{username}',
  rejectTitle: 'Reject @{username}?',
  rejectText: 'The request and its account are removed. They can ask again.',
  rejected: 'The request of @{username} was rejected.',
  staffOnly: 'This page is for the people who run this server.',

  needed: 'Sign in with a staff account to see this page.',
} as const;
