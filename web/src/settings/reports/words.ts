/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  title: 'Your reports',
  intro:
    'What you told the people who run this server. What becomes of an account stays between it and them.',
  list: 'What you reported',
  empty: 'No reports yet',
  emptyText: 'What you report is shown here.',
  waiting: 'Nobody has decided yet',
  done: 'Something was done',
  notDone: 'There was nothing to do',
  more: 'Show more',
} as const;
