import type { Letter } from '../../mail/index.ts';
import type { AccountMeasure, MeasureKind, MeasureTargetKind } from './kinds.ts';
import type { Measure } from './model.ts';

/** The statement of reasons (DSA, article 17): what was done, why, by whom, and what can be done about it. */

export interface Whom {
  readonly handle: string;
  readonly server: string;
}

const OF_ACCOUNT: Readonly<Record<AccountMeasure, string>> = {
  warn: 'You are warned.',
  sensitive: 'All your videos are marked as sensitive.',
  'comments-off': 'Nobody can comment on your videos.',
  'no-discovery':
    'Your account and your videos are not shown in feeds, trends and search. Your followers see them as before.',
  freeze: 'Your account is frozen: you can read and take your data with you, and not post or react.',
  silence: 'Your account is limited: only people who follow you find your videos in lists, trends and feeds.',
  suspend:
    'Your account is suspended: nobody sees it or your videos. After 30 days they are deleted for good.',
  delete: 'Your account is deleted.',
};

const OF_VIDEO: Readonly<Partial<Record<MeasureKind, string>>> = {
  sensitive: 'A video of yours is marked as sensitive.',
  'comments-off': 'Nobody can comment on one of your videos.',
  'no-discovery': 'A video of yours is not shown in feeds, trends and search.',
  mute: 'A video of yours is played without its sound on this server.',
  remove: 'A video of yours was removed. After 30 days it is deleted for good.',
};

function whatWasDone(kind: MeasureTargetKind, measure: MeasureKind): string {
  if (kind === 'comment') return 'A comment of yours was removed.';
  if (kind === 'video') return OF_VIDEO[measure] ?? '';
  return (OF_ACCOUNT as Readonly<Partial<Record<MeasureKind, string>>>)[measure] ?? '';
}

function footer({ handle, server }: Whom): string[] {
  return [`You get this because this address belongs to ${handle} on ${server}.`];
}

export interface Statement {
  readonly measure: Measure;
  /** The rules that were broken, in words. */
  readonly rules: readonly string[];
  readonly appealLink: string;
}

export function statementLetter(whom: Whom, { measure, rules, appealLink }: Statement): Letter {
  const { target, facts, automated } = measure;
  const items = rules.map((text) => ({ text, link: null }));
  return {
    subject: `A decision about your account on ${whom.server}`,
    parts: [
      whatWasDone(target.kind, measure.measure),
      ...(facts === '' ? [] : [`Why: ${facts}`]),
      ...(items.length === 0 ? [] : ['These rules of the server were broken:', { items }]),
      automated
        ? 'A rule of the server decided this by itself. A person looks at it when you appeal.'
        : 'A person of those who run this server decided this.',
      'If you think that this is wrong, say why. Where there is anybody else, it is not decided by who did this.',
      { link: appealLink, words: 'Read more, and appeal' },
    ],
    footer: footer(whom),
  };
}

export function liftedLetter(whom: Whom, link: string, strike: number): Letter {
  return {
    subject: `A decision about your account on ${whom.server} was taken back`,
    parts: [
      `Decision no. ${strike} about ${whom.handle} was taken back. It does not count any more.`,
      { link, words: 'Read more' },
    ],
    footer: footer(whom),
  };
}

export function answerLetter(
  whom: Whom,
  link: string,
  { accepted, answer }: { readonly accepted: boolean; readonly answer: string },
): Letter {
  return {
    subject: `An answer to your appeal on ${whom.server}`,
    parts: [
      accepted
        ? 'Your appeal was accepted: the decision was taken back.'
        : 'Your appeal was rejected: the decision stays as it is.',
      ...(answer === '' ? [] : [answer]),
      { link, words: 'Read more' },
    ],
    footer: footer(whom),
  };
}
