import { z } from 'zod';
import { commentLimits, videoLimits } from '../../config/limits.ts';
import { linesOfHtml } from '../../src/lib/html/sanitize.ts';
import { languageTag } from '../../src/lib/language.ts';
import { fail, ok, type Result } from '../../src/lib/result.ts';
import { type JsonObject, typesOf } from '../translate/read.ts';

/** HTML may be so much longer than the text in it. */
const MARKUP_FACTOR = 4;

const language = z.string().transform((value, context): string => {
  const tag = languageTag(value);
  if (tag !== null) return tag;
  context.addIssue({ code: 'custom', message: 'This is not the tag of a language.' });
  return z.NEVER;
});

const text = (max: number) => z.string().max(max).nullish();
const markup = text(MARKUP_FACTOR * videoLimits.maxCaptionCharacters);

/** What the object of a Create or an Update says. Null takes away, as does an empty text; what is left out stays. */
const fieldsSchema = z.object({
  content: markup,
  contentMap: z.record(language, z.string()).nullish(),
  mediaType: text(100),
  source: z.object({ content: z.string(), mediaType: text(100) }).nullish(),
  name: text(videoLimits.maxCaptionCharacters),
  summary: markup,
  sensitive: z.boolean().nullish(),
  language: z
    .union([language, z.object({ identifier: language }).transform((one) => one.identifier)])
    .nullish(),
});

/** The same, read. Undefined where the object says nothing of it. */
export interface PostFields {
  readonly text: string | undefined;
  readonly contentWarning: string | undefined;
  readonly sensitive: boolean | undefined;
  readonly language: string | null | undefined;
}

const PLAIN = new Set(['text/plain', 'text/markdown']);

/**
 * Reads the texts of an object. They are kept as text: `source` counts before `content` where it is plain or
 * Markdown, and HTML loses its marks but keeps its lines. The title of a Video is its first paragraph, as there are
 * no titles here.
 */
export function readFields(object: JsonObject): Result<{ fields: PostFields }, 'validation-failed'> {
  const parsed = fieldsSchema.safeParse(object);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return fail('validation-failed', `${issue?.path.join('.') || 'object'}: ${issue?.message}`);
  }
  const { data } = parsed;
  const texts = Object.entries(data.contentMap ?? {});
  const [only] = texts;
  if (texts.length > 1) return fail('validation-failed', 'contentMap: A post is in one language.');
  const said = textOf(data, only?.[1]);
  const title = typesOf(object).includes('Video') ? data.name?.trim() : undefined;
  const isTitled = title && !(said ?? '').startsWith(title);
  const contentWarning = data.summary === undefined ? undefined : plain(data.summary ?? '');
  if ((contentWarning ?? '').length > videoLimits.maxContentWarningCharacters) {
    return tooLong('summary', videoLimits.maxContentWarningCharacters);
  }
  return ok({
    fields: {
      text: isTitled ? [title, said].filter(Boolean).join('\n\n') : said,
      contentWarning,
      sensitive: data.sensitive === null ? false : data.sensitive,
      language: data.language === undefined ? only?.[0] : data.language,
    },
  });
}

function textOf(
  { content, source, mediaType }: z.output<typeof fieldsSchema>,
  inMap: string | undefined,
): string | undefined {
  if (source && PLAIN.has(source.mediaType ?? 'text/plain')) return source.content.trim();
  const given = content === undefined ? inMap : (content ?? '');
  if (given === undefined) return undefined;
  return PLAIN.has(mediaType ?? '') ? given.trim() : plain(given);
}

function plain(html: string): string {
  return linesOfHtml(html, MARKUP_FACTOR * videoLimits.maxCaptionCharacters);
}

/** Why a text cannot be that of such a post, or undefined where it can. */
export function textRefusal(kind: 'video' | 'comment', said: string) {
  if (kind === 'video') {
    const max = videoLimits.maxCaptionCharacters;
    return said.length > max ? tooLong('content', max) : undefined;
  }
  const { maxCharacters } = commentLimits;
  return said === '' || said.length > maxCharacters
    ? fail('validation-failed', `content: A comment has 1 to ${maxCharacters} characters.`)
    : undefined;
}

function tooLong(field: string, max: number) {
  return fail('validation-failed', `${field}: At most ${max} characters.`);
}
