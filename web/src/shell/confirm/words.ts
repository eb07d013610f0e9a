/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  first: 'Confirm your e-mail address: open the link that was sent to you. Until then you can look around.',
  again: 'Send again',
  sent: 'A new link is on its way.',
} as const;
