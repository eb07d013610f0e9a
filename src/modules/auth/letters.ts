import type { Letter } from '../mail/index.ts';

/** Letters about accounts. Each says why it came, and what to do where somebody else was behind it. */

export interface Whom {
  readonly handle: string;
  readonly server: string;
}

const NOT_YOU = 'If that was not you, set a new password at once, and write to those who run this server.';

function letter(subject: string, parts: Letter['parts'], { handle, server }: Whom): Letter {
  return { subject, parts, footer: [`You get this because this address belongs to ${handle} on ${server}.`] };
}

export function confirmLetter(whom: Whom, link: string): Letter {
  return {
    subject: `Confirm your address for ${whom.server}`,
    parts: [
      `Welcome to ${whom.server}! Somebody made the account ${whom.handle} with this address.`,
      { link, words: 'Confirm the address' },
      'The link counts for three days.',
    ],
    footer: ['If that was not you, do nothing: the account is removed by itself.'],
  };
}

export function approvedLetter(whom: Whom, link: string, isConfirmed: boolean): Letter {
  const parts = isConfirmed
    ? ['The people who run this server have let you in. You can sign in now.', { link, words: 'Sign in' }]
    : [
        'The people who run this server have let you in. Confirm your address, and you can begin.',
        { link, words: 'Confirm the address' },
      ];
  return letter(`Your account on ${whom.server} is approved`, parts, whom);
}

export function rejectedLetter({ handle, server }: Whom): Letter {
  return {
    subject: `Your request to join ${server}`,
    parts: [
      `You asked to join ${server} as ${handle}. The people who run this server have decided not to let you in.`,
      'Nothing that you sent is kept.',
    ],
    footer: [`You get this because somebody asked to join ${server} with this address.`],
  };
}

export function waitingLetter(
  server: string,
  people: { readonly count: number; readonly handles: readonly string[] },
  link: string,
): Letter {
  const { count, handles } = people;
  const more = count - handles.length;
  return {
    subject: count === 1 ? `One person wants to join ${server}` : `${count} people want to join ${server}`,
    parts: [
      count === 1 ? 'Somebody waits for your answer:' : 'People wait for your answer:',
      {
        items: [
          ...handles.map((text) => ({ text, link: null })),
          ...(more > 0 ? [{ text: `and ${more} more`, link: null }] : []),
        ],
      },
      { link, words: 'Read what they write' },
    ],
    footer: [`You get this because you run ${server}.`],
  };
}

export function resetLetter(whom: Whom, link: string): Letter {
  return letter(
    `Set a new password for ${whom.server}`,
    [
      `Somebody asked for a new password for ${whom.handle}.`,
      { link, words: 'Set a new password' },
      'The link counts once, for 30 minutes. If that was not you, do nothing: your password stays as it is.',
    ],
    whom,
  );
}

export function passwordChangedLetter(whom: Whom, withoutPasskeys: boolean): Letter {
  return letter(
    `Your password on ${whom.server} was changed`,
    [
      `The password of ${whom.handle} was changed. Every other place where you were signed in is signed out.`,
      ...(withoutPasskeys
        ? ['Your passkeys were removed, as nobody knows who added them. Add yours again.']
        : []),
      NOT_YOU,
    ],
    whom,
  );
}

export function secondFactorAddedLetter(whom: Whom): Letter {
  return letter(
    `Your account on ${whom.server} has a second factor`,
    [`Whoever signs in as ${whom.handle} is asked for a code beside the password from now on.`, NOT_YOU],
    whom,
  );
}

export function passkeyAddedLetter(whom: Whom): Letter {
  return letter(
    `A passkey for your account on ${whom.server} was added`,
    [
      `Whoever has it signs in as ${whom.handle} without the password.`,
      'If that was not you, remove it, set a new password at once, and write to those who run this server.',
    ],
    whom,
  );
}

export function passkeyRemovedLetter(whom: Whom): Letter {
  return letter(
    `A passkey of your account on ${whom.server} was removed`,
    [`Nobody signs in as ${whom.handle} by it any more. The password stays as it is.`, NOT_YOU],
    whom,
  );
}

export function secondFactorRemovedLetter(whom: Whom): Letter {
  return letter(
    `Your second factor on ${whom.server} was removed`,
    [
      `${whom.handle} is signed in by the password alone from now on: no code is asked for any more.`,
      NOT_YOU,
    ],
    whom,
  );
}

export function changeLetter(whom: Whom, link: string): Letter {
  return {
    subject: `Confirm your new address for ${whom.server}`,
    parts: [
      `${whom.handle} on ${whom.server} wants to use this address from now on.`,
      { link, words: 'Use this address' },
      'The link counts for a day.',
    ],
    footer: ['If that was not you, do nothing: nothing changes.'],
  };
}

export function changeAskedLetter(whom: Whom): Letter {
  return letter(
    `Another address for your account on ${whom.server}`,
    [
      `Somebody who knows the password of ${whom.handle} asked to use another address in place of this one. Nothing changes until that one is confirmed.`,
      NOT_YOU,
    ],
    whom,
  );
}

export function addressChangedLetter(whom: Whom): Letter {
  return letter(
    `Your address on ${whom.server} was changed`,
    [
      `${whom.handle} has another address from now on. This one cannot be used to sign in or to get a new password any more.`,
      'If that was not you, write to those who run this server.',
    ],
    whom,
  );
}

export function leavingLetter(whom: Whom, deleteAt: Date): Letter {
  const day = deleteAt.toISOString().slice(0, 10);
  return letter(
    `Your account on ${whom.server} is being deleted`,
    [
      `${whom.handle} is hidden and signed out everywhere, as you asked, and will be deleted for good on ${day}.`,
      'Sign in before that day, and everything is as it was.',
      NOT_YOU,
    ],
    whom,
  );
}
