import { z } from 'zod';
import { variable } from './variable.ts';

/** Where people are, for what is not given everywhere. */
export const regionVariables = {
  COUNTRY_HEADER: variable({
    schema: z
      .string()
      .regex(/^$|^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/)
      .toLowerCase(),
    fallback: '',
    doc: 'Header in which the proxy before this server says in which country somebody is, by ISO 3166-1, such as `CF-IPCountry`. It counts only from `TRUSTED_PROXIES`, which have to set it or take it out of every request. Empty: no country is known. For sounds that are refused or muted in some countries.',
    remedy: 'Write the name of a header, such as CF-IPCountry, or nothing.',
    group: 'Server',
    control: { kind: 'text', maxLength: 64 },
  }),
  COUNTRY_UNKNOWN: variable({
    schema: z.enum(['given', 'withheld']),
    fallback: 'given',
    doc: 'Whether people whose country is not known are `given` what is refused or muted in some countries, or whether it is `withheld` from them.',
    remedy: 'Use one of: given, withheld.',
    group: 'Server',
    control: { kind: 'choice', options: ['given', 'withheld'] },
  }),
};
