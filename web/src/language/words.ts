/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  label: 'Language of this page',
} as const;
