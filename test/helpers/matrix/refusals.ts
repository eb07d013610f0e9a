import { z } from 'zod';

/** The one shape of refusals, read strictly. */
export const refusalBody = z.strictObject({
  code: z.string().regex(/^[a-z]+(-[a-z]+)*$/),
  status: z.number().int(),
  error: z.string().min(1),
  detail: z.string().regex(/^[A-Z].*\.$|^[\w.]+: ./s),
  details: z.array(z.strictObject({ field: z.string().min(1), message: z.string().min(1) })).optional(),
});

/** What stands where an id is meant, and is none. */
export const hostileIds = [
  ...['abc', '0', '-1', '1.5', '1e3', '0x1', ' 1', '1 ', '01', '+1', '9223372036854775808', '9'.repeat(400)],
  ...["1'--", "1' or '1'='1", '1;drop table videos', '1)', '$1', '{}', '[]', 'null', 'undefined', 'NaN'],
  ...['__proto__', 'constructor', '..', '../1', '%00', '1%00', '%ff', '%', '%E0%A4%A'],
  ...['1%2f..%2f2', '1%0a2', '١٢'],
];

/** One of each sort. */
export const someHostileIds = [
  'abc',
  '01',
  '9223372036854775808',
  "1' or '1'='1",
  '__proto__',
  '1%00',
  '%E0%A4%A',
  '..',
];
