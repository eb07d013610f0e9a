import { strings } from './strings.ts';

/** What is said where people sign in and join: loaded with these pages alone. */
export const joiningStrings = {
  ...strings.auth,
  signInTitle: (server: string) => `Sign in to ${server}`,
  login: 'Name or e-mail',
  password: 'Password',
  signingIn: 'Signing in',
  codeLabel: 'Sign in with a code',
  code: 'Code',
  codeHint: 'From your authenticator app. One of your recovery codes will do, too.',
  codeBack: 'Back',
  noAccount: 'No account yet?',
  haveAccount: 'Already have an account?',
  registerTitle: (server: string) => `Join ${server}`,
  username: 'Name',
  usernameHint: (domain: string) => `Letters, digits and _. You will be @name@${domain}`,
  email: 'E-mail (optional)',
  emailNeeded: 'E-mail',
  emailHint: 'A link is sent there, by which you confirm the address.',
  passwordHint: (min: number) => `At least ${min} characters`,
  reason: 'Why do you want to join?',
  reasonHint: 'The people who run this server read it before they let you in.',
  register: 'Create account',
  registering: 'Creating account',
  closedTitle: 'No new accounts',
  closed: 'This server does not take new accounts at the moment.',
  pendingTitle: 'Almost there',
  pending: (username: string) =>
    `Your account @${username} was created and waits for approval. The people who run this server read your request; you can sign in as soon as they say yes.`,
  confirmPending: 'First confirm your address: open the link in the mail that was sent to you.',
  forgot: 'Forgot your password?',
};
