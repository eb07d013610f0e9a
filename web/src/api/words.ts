/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  unreachable:
    'This server cannot be reached right now. Nothing was lost. Check your connection and try again.',
  busy: 'This server is busy or restarting. Nothing was lost. Try again in a moment.',
  unknown: 'The server gave an answer this page does not understand. Reload the page and try again.',
} as const;
