/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  search: 'Search',
  inbox: 'Inbox',
  inboxUnread: 'Inbox, {n} new',
  inboxMany: 'Inbox, more than {n} new',
  library: 'Library',
  studio: 'Studio',
  settings: 'Settings',
} as const;
