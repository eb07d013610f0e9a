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
  deleteTitle: 'Delete this clip?',
  deleteText: 'It is removed here and on every server that has a copy. This cannot be undone.',
  deleteConfirm: 'Delete clip',
  deleted: 'Clip deleted.',
  goneTitle: 'This clip is gone',
  gone: 'It was deleted by its author.',
} as const;
