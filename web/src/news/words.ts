/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  title: 'News of {server}',
  open: '{n, plural, one {# announcement} other {# announcements}}',
  dismiss: 'Dismiss',
  dismissed: 'Dismissed',
  from: 'From {start}',
  until: 'Until {end}',
  span: '{start} to {end}',
  reacted: '{name}, {n, plural, one {# person} other {# people}}',
  addReaction: 'Add a reaction',
  none: 'There are no announcements now.',
} as const;
