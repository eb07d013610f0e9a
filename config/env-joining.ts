import { z } from 'zod';
import { integer, variable } from './variable.ts';

/** Who may join, besides what `REGISTRATIONS` says, and how long strikes count. */
export const joiningVariables = {
  INVITES: variable({
    schema: z.enum(['staff', 'everyone']),
    fallback: 'staff',
    doc: 'Who may invite others: owner and admins, or everybody with an account. Who comes by an invite waits for no approval. With `REGISTRATIONS=closed`, nobody is invited.',
    remedy: 'Use one of: staff, everyone.',
    group: 'Accounts',
    control: { kind: 'choice', options: ['staff', 'everyone'] },
  }),
  STAFF_SECOND_FACTOR: variable({
    schema: z.enum(['required', 'optional']),
    fallback: 'required',
    doc: 'Whether people of the staff need a second factor (an authenticator app or a passkey) before pages and API for the staff open to them. They can always sign in and set one up.',
    remedy: 'Use one of: required, optional.',
    group: 'Accounts',
    control: { kind: 'choice', options: ['required', 'optional'] },
  }),
  MINIMUM_AGE: variable({
    schema: integer(0, 99),
    fallback: '16',
    doc: 'Age in years from which people may sign up by themselves. They are asked for it; that they said so is kept, their date of birth is not. `0`: nobody is asked.',
    remedy: 'Write a number of years from 0 to 99.',
    group: 'Accounts',
    control: { kind: 'number', min: 0, max: 99, unit: 'years' },
  }),
  STRIKES_EXPIRE_DAYS: variable({
    schema: integer(0, 36_500),
    fallback: '365',
    doc: 'A strike that the staff gives from now on stops to count after this many days. `0`: never.',
    remedy: 'Write a number of days from 0 to 36500.',
    group: 'Accounts',
    control: { kind: 'number', min: 0, max: 36_500, unit: 'days' },
  }),
};
