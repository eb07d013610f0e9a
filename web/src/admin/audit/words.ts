/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  title: 'Log',
  intro:
    'What the staff, the command line and rules of this server did. Nothing is ever changed or removed here.',
  when: 'When',
  who: 'Who',
  what: 'What',
  target: 'To what',
  reason: 'Why',
  operator: 'Command line',
  gone: 'Account {id}',
  area: 'Area',
  from: 'From',
  until: 'Until',
  account: 'Number of the account that acted',
  undone: 'Taken back',
  undoes: 'Takes back {id}',
  empty: 'Nothing was done yet',
  emptyText: 'Everything that the staff does appears here.',
  export: 'Download as CSV',
} as const;
