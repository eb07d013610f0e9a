/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  details: 'About this clip',
  published: 'Posted',
  seenBy:
    '{visibility, select, public {Public} unlisted {Unlisted} private {Followers only} other {People mentioned}}',
  alt: 'Description',
  edit: 'Edit clip',
  analytics: 'Analytics',
  delete: 'Delete',
  goneTitle: 'This clip is gone',
  gone: 'It was deleted by its author.',
} as const;
