import { z } from 'zod';
import { apiLimits } from '../../../config/limits.ts';
import { isTimeZone } from '../../lib/days.ts';
import { languageTag } from '../../lib/language.ts';
import { flagSchema, pageQuery } from './schemas.ts';

/** How clients of the Mastodon API write what they send: JSON, or forms in which everything is text. */

/** A yes or no. */
export const flag = flagSchema;

/** One or several, each its own value of a form, or a list of JSON. */
export function manyOf<S extends z.ZodType>(item: S, max: number) {
  return z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(item).max(max));
}

/** A whole number, also where it is written as text. */
export function whole(min: number, max: number) {
  return z
    .union([
      z.number(),
      z
        .string()
        .regex(/^-?\d{1,15}$/)
        .transform(Number),
    ])
    .pipe(z.int().min(min).max(max));
}

/** A line or more, without the spaces around it. */
export function text(max: number) {
  return z
    .string()
    .max(max)
    .transform((value) => value.trim());
}

/** The tag of a language (BCP 47). */
export const languageSchema = z.string().transform((value, context): string => {
  const tag = languageTag(value);
  if (tag !== null) return tag;
  context.addIssue({ code: 'custom', message: 'This is not the tag of a language.' });
  return z.NEVER;
});

/** The same, or none: an empty text, as forms write it. */
export const languageOrNone = z.union([languageSchema, z.literal('').transform(() => null), z.null()]);

/** A moment, by ISO 8601; one without a time zone is of UTC, wherever the server stands. */
export const moment = z.iso
  .datetime({ offset: true, local: true })
  .transform((text) => new Date(/(?:z|[+-]\d\d:\d\d)$/i.test(text) ? text : `${text}Z`));

/** The time zone of whoever asks. */
export const timeZoneQuery = z
  .string()
  .refine(isTimeZone, 'This is not the name of a time zone.')
  .default('UTC')
  .describe('By whose days, as Europe/Berlin');

/** Pages of accounts, which clients ask more of. */
export const peopleQuery = pageQuery.extend({
  limit: whole(1, 10_000)
    .default(apiLimits.defaultPeople)
    .transform((limit) => Math.min(limit, apiLimits.maxPeople)),
});

/** `x,y`, each from -1 to 1: what matters in a picture. */
export const focus = z
  .string()
  .regex(/^\s*[+-]?(\d+(\.\d*)?|\.\d+)\s*,\s*[+-]?(\d+(\.\d*)?|\.\d+)\s*$/)
  .transform((pair) => {
    const [x = 0, y = 0] = pair.split(',').map((part) => Math.max(-1, Math.min(1, Number(part))));
    return { x, y };
  });
