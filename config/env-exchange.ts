import { z } from 'zod';
import { integer, variable } from './variable.ts';

/** Who may read what trends here, and how often others are asked what trends there. */
export const exchangeVariables = {
  TRENDS_FOR: variable({
    schema: z.enum(['everyone', 'signed', 'members']),
    fallback: 'everyone',
    doc: 'Who may read what trends here (`/api/v1/trends`): `everyone`; `signed`: people with an account here, and servers that sign their requests and are not suspended; `members`: people with an account here alone.',
    remedy: 'Use one of: everyone, signed, members.',
    group: 'Federation',
    control: { kind: 'choice', options: ['everyone', 'signed', 'members'] },
  }),
  EXCHANGE_SECONDS: variable({
    schema: integer(5, 86_400),
    fallback: '300',
    doc: 'How often each server that the staff named is asked what trends there.',
    remedy: 'Write a number of seconds from 5 to 86400.',
    group: 'Federation',
    control: { kind: 'number', min: 5, max: 86_400, unit: 'seconds' },
  }),
};
