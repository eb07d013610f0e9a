import { z } from 'zod';

/** Pieces of bodies that several routes take, as JSON or as fields of a form. */

/** A text without what PostgreSQL cannot keep, and without space around it. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .transform((value) => value.replaceAll('\u0000', '').trim());

/** As in BCP 47; clients send an empty one for none. */
export const language = z
  .union([z.literal(''), z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)])
  .nullish()
  .transform((tag) => tag || null);

/** One, or several, as forms with one and with several such fields say it. */
export const listOf = <T extends z.ZodType>(item: T, max: number) =>
  z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(item).max(max),
  );

/** `x,y`, each from -1 to 1, as clients of the Mastodon API write it. */
export const focus = z
  .string()
  .regex(/^\s*[+-]?(\d+(\.\d*)?|\.\d+)\s*,\s*[+-]?(\d+(\.\d*)?|\.\d+)\s*$/)
  .transform((pair) => {
    const [x = 0, y = 0] = pair.split(',').map((part) => Math.max(-1, Math.min(1, Number(part))));
    return { x, y };
  });
