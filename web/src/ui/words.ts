/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  settings: 'Settings',
  copied: 'Copied.',
  notCopied: 'This could not be copied. Select it and copy it by hand.',
} as const;
