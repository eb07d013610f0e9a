import { z } from 'zod';
import { integer, variable } from './variable.ts';

/** What follows of copyright claims. */
export const claimVariables = {
  CLAIM_WAITING_DAYS: variable({
    schema: integer(10, 14),
    fallback: '10',
    doc: 'Working days after a counter-notice until the videos come back, unless the claimant goes to court. The law of the United States (17 U.S.C. 512(g)) asks for 10 to 14.',
    remedy: 'Write a number of working days from 10 to 14.',
    group: 'Accounts',
    control: { kind: 'number', min: 10, max: 14, unit: 'days' },
  }),
  CLAIM_REPEAT_LIMIT: variable({
    schema: integer(0, 100),
    fallback: '3',
    doc: 'Upheld copyright claims from which an account counts as a repeat infringer. `0`: none does.',
    remedy: 'Write a number of claims from 0 to 100.',
    group: 'Accounts',
    control: { kind: 'number', min: 0, max: 100, unit: 'claims' },
  }),
  CLAIM_REPEAT_DAYS: variable({
    schema: integer(1, 3_650),
    fallback: '365',
    doc: 'Days for which an upheld copyright claim counts.',
    remedy: 'Write a number of days from 1 to 3650.',
    group: 'Accounts',
    control: { kind: 'number', min: 1, max: 3_650, unit: 'days' },
  }),
  CLAIM_REPEAT_ACTION: variable({
    schema: z.enum(['tell', 'suspend']),
    fallback: 'tell',
    doc: 'What happens to a repeat infringer: the staff is told, or the account is suspended as well.',
    remedy: 'Use one of: tell, suspend.',
    group: 'Accounts',
    control: { kind: 'choice', options: ['tell', 'suspend'] },
  }),
};
