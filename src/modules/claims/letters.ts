import type { Tx } from '../../db/database.ts';
import type { AccountId } from '../../lib/ids.ts';
import type { Letter } from '../mail/index.ts';
import type { ClaimDeps } from './deps.ts';
import type { Claim, Counter } from './model.ts';

type About = { readonly claim: Claim; readonly server: string; readonly link: string };

const open = (link: string, words = 'Open your claim') => ({ link, words });

const footerOf = ({ claim, server }: About): string[] => [
  `You get this because somebody filed copyright claim no. ${claim.id} on ${server} with this address.`,
];

function confirmLetter(about: About): Letter {
  return {
    subject: `Confirm your copyright claim on ${about.server}`,
    parts: [
      'A copyright claim was filed with this address. Nobody looks at it before you confirm that it is yours.',
      open(about.link, 'Confirm the claim'),
      'If it was not you, you need not do anything: the claim is forgotten after three days.',
    ],
    footer: footerOf(about),
  };
}

function receivedLetter(about: About): Letter {
  return {
    subject: `Your copyright claim no. ${about.claim.id} on ${about.server}`,
    parts: [
      'Your claim has reached those who run this server. You hear from us when it is decided.',
      'Until then and after it, you can read and withdraw it here.',
      open(about.link),
    ],
    footer: footerOf(about),
  };
}

const DECIDED = {
  upheld: 'Your claim was upheld: the videos were removed, with their copies and remixes on this server.',
  rejected: 'Your claim was rejected: the videos stay.',
  open: 'Your claim is looked at again.',
  restored: 'The decision about your claim was taken back: the videos are seen again.',
  withdrawn: 'You have withdrawn your claim. What was removed for it is seen again.',
  unconfirmed: '',
} as const;

function decidedLetter(about: About): Letter {
  const { state, answer } = about.claim;
  return {
    subject: `A decision about your copyright claim on ${about.server}`,
    parts: [DECIDED[state], ...(answer === '' ? [] : [answer]), open(about.link)],
    footer: footerOf(about),
  };
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);

function counterLetter(about: About, counter: Counter): Letter {
  return {
    subject: `A counter-notice to your copyright claim on ${about.server}`,
    parts: [
      'The person who uploaded what was removed says that this was a mistake or a misidentification:',
      counter.text,
      `Signed: ${counter.signature}. Name: ${counter.name}. Address: ${counter.address}, ${counter.country}.`,
      `The videos come back on ${dayOf(counter.dueAt)}, unless you tell us before that you have gone to court.`,
      open(about.link, 'Read it, and answer'),
    ],
    footer: footerOf(about),
  };
}

const OPEN_AGAIN =
  'The decision about the counter-notice was taken back: the videos are removed until it is decided anew.';
const COUNTER_IS = {
  waiting: OPEN_AGAIN,
  sued: OPEN_AGAIN,
  accepted: 'The videos that the counter-notice is about are seen again.',
  rejected: 'The counter-notice was rejected: the videos stay removed.',
} as const;

function counterDecidedLetter(about: About, counter: Counter): Letter {
  return {
    subject: `A counter-notice to your copyright claim on ${about.server} was decided`,
    parts: [COUNTER_IS[counter.state], ...(counter.answer === '' ? [] : [counter.answer]), open(about.link)],
    footer: footerOf(about),
  };
}

export type ToUploader = keyof typeof TO_UPLOADER;

const TO_UPLOADER = {
  sued: 'The claimant says that they have gone to court. The videos stay removed until that is decided.',
  rejected: 'Your counter-notice was rejected: the videos stay removed.',
  open: 'The decision about your counter-notice was taken back. The videos stay removed until it is decided anew.',
} as const;

function uploaderLetter(
  kind: ToUploader,
  whom: { handle: string; server: string; link: string },
  answer: string,
): Letter {
  return {
    subject: `Your counter-notice on ${whom.server}`,
    parts: [TO_UPLOADER[kind], ...(answer === '' ? [] : [answer]), open(whom.link, 'Read more')],
    footer: [`You get this because this address belongs to ${whom.handle} on ${whom.server}.`],
  };
}

/** What is written to claimants and uploaders. */
export function createLetters(
  { mail, instance, domain }: Pick<ClaimDeps, 'mail' | 'instance' | 'domain'>,
  linkOf: (claim: Pick<Claim, 'id'>) => string,
) {
  const about = (claim: Claim): About => ({ claim, server: instance.name, link: linkOf(claim) });
  /** To an address that was never shown to be theirs, nothing goes but the question whether it is. */
  const send = async (tx: Tx, claim: Claim, letter: Letter): Promise<void> => {
    if (claim.confirmedAt === null) return;
    await mail.write(tx, { kind: 'claim', accountId: null, to: claim.claimant.email, letter });
  };

  return {
    askToConfirm: (tx: Tx, claim: Claim): Promise<void> =>
      mail.write(tx, {
        kind: 'claim-confirm',
        accountId: null,
        to: claim.claimant.email,
        letter: confirmLetter(about(claim)),
      }),
    received: (tx: Tx, claim: Claim) => send(tx, claim, receivedLetter(about(claim))),
    decided: (tx: Tx, claim: Claim) => send(tx, claim, decidedLetter(about(claim))),
    countered: (tx: Tx, claim: Claim, counter: Counter) =>
      send(tx, claim, counterLetter(about(claim), counter)),
    counterDecided: (tx: Tx, claim: Claim, counter: Counter) =>
      send(tx, claim, counterDecidedLetter(about(claim), counter)),

    async toUploader(
      tx: Tx,
      kind: ToUploader,
      {
        accountId,
        link,
        answer,
      }: { readonly accountId: AccountId; readonly link: string; readonly answer: string },
    ): Promise<void> {
      const row = await tx('users')
        .join('accounts', 'accounts.id', 'users.account_id')
        .where({ account_id: accountId, unconfirmed: false })
        .whereNotNull('users.email')
        .first('users.email', 'accounts.username');
      if (!row) return;
      const whom = { handle: `@${row.username}@${domain}`, server: instance.name, link };
      const letter = uploaderLetter(kind, whom, answer);
      await mail.write(tx, { kind: 'claim-counter', accountId, to: row.email, letter });
    },
  };
}

export type Letters = ReturnType<typeof createLetters>;
