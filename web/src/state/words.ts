/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  sessionEnded: 'Your session has ended. Sign in again to go on.',
  signIn: 'Sign in',
} as const;
