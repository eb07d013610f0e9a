/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  youWillBe: 'You will be {handle}',
  age: 'Your age in years',
  ageHint: 'People here are at least {min}. That you said so is kept, your age is not.',
  invite: 'Invite code',
  inviteHint: 'From the person who invited you.',
  inviteOptional: 'Invite code (optional)',
  inviteSpares: 'With one, you can sign in at once.',
  invited: 'You have been invited. Choose a name and a password to join.',
  inviteGoneTitle: 'This invite does not count any more',
  inviteGone: 'It was used up, has run out, or was ended. Ask the person who gave it to you for another one.',
  haveInvite: 'Have you been invited?',
  useInvite: 'Enter your invite code',
  joinAnyway: 'Join without it',
  byInvite: 'This server takes people who were invited.',
  byPasskey: 'Sign in with a passkey',
  or: 'or',
} as const;
