/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  unknown: 'Language not known',
  automatic: '{name} (automatic)',
  off: 'Off',
} as const;
