/**
 * Words of a document that nobody can write: what it is filtered by. PostgreSQL's parser takes `@` and `#` for signs between words, so
 * no caption makes one. They stand in the same index as the words: a filter narrows a common word down before any row is read.
 */

const DAY_MS = 86_400_000;

export const dayMark = (day: number): string => `@d:${day}`;
export const monthMark = (month: number): string => `@m:${month}`;
export const yearMark = (year: number): string => `@y:${year}`;
export const popularityMark = (popularity: number): string => `@p:${popularity}`;
export const authorMark = (id: string): string => `@a:${id}`;
export const languageMark = (code: string): string => `@l:${code}`;
export const hasMark = (what: string): string => `@has:${what}`;
export const placeMark = (isLocal: boolean): string => (isLocal ? '@local' : '@remote');
export const tagMark = (tag: string): string => `#${tag}`;

/** Seconds at which a duration is marked. */
const DURATIONS = [0, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1_800];
/** About as many videos are longer as are not. */
const MIDDLE = 30;
const atLeastMark = (seconds: number): string => `@s:${seconds}`;
const belowMark = (seconds: number): string => `@t:${seconds}`;

/** One mark for each of the durations: it is at least so long, or it is not. */
const durationMarks = (seconds: number): string[] =>
  DURATIONS.map((duration) => (duration <= seconds ? atLeastMark(duration) : belowMark(duration)));

/**
 * What a query of the index says of videos of at least `longer` and less than `shorter` seconds: one mark for each bound, however many durations
 * fit. Between two durations the one that leaves out less is taken. Each mark that is named is read for every document, so that is the one
 * that fewer have: that it is there, or that it is not. What is alone names what is there: an index finds nothing by what it has not.
 */
export function durationQuery(longer: number | null, shorter: number | null, isAlone: boolean): string[] {
  const { least, end } = markedAround(longer, shorter);
  const parts: string[] = [];
  if (least > 0)
    parts.push(least > MIDDLE || isAlone ? lexeme(atLeastMark(least)) : `!${lexeme(belowMark(least))}`);
  if (end !== undefined)
    parts.push(end <= MIDDLE || isAlone ? lexeme(belowMark(end)) : `!${lexeme(atLeastMark(end))}`);
  const isWanted = longer !== null || shorter !== null;
  return parts.length === 0 && isWanted && isAlone ? [lexeme(atLeastMark(0))] : parts;
}

/** The durations with a mark that a range begins and ends with, or just outside of it; undefined: it has no such end. */
function markedAround(longer: number | null, shorter: number | null) {
  return {
    least: DURATIONS.findLast((duration) => duration <= (longer ?? 0)) ?? 0,
    end: shorter === null ? undefined : DURATIONS.find((duration) => duration >= shorter),
  };
}

/**
 * The same as long as many documents are still to be read anew: those of before migration 0122 have the mark of the greatest of these durations that
 * they are as long as, and no other. More marks are named, and both kinds of documents found.
 */
export function durationQueryOfAll(longer: number | null, shorter: number | null): string[] {
  if (longer === null && shorter === null) return [];
  const { least, end = Number.POSITIVE_INFINITY } = markedAround(longer, shorter);
  const within = DURATIONS.filter((duration) => duration >= least && duration < end);
  const marks = within.map((duration) => lexeme(atLeastMark(duration)));
  return [
    `(${marks.join(' | ')})`,
    ...(end === Number.POSITIVE_INFINITY ? [] : [`!${lexeme(atLeastMark(end))}`]),
  ];
}

/** Days and months since 1970, and the year, in UTC. */
export const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);
export const yearOf = (ms: number): number => new Date(ms).getUTCFullYear();
export const monthOf = (ms: number): number => (yearOf(ms) - 1970) * 12 + new Date(ms).getUTCMonth();

/** A word of an index as it is written in a `tsquery`. */
export function lexeme(word: string): string {
  return `'${word.replace(/\\/g, '\\\\').replace(/'/g, "''")}'`;
}

/** The language that a video is marked by: of `pt-BR` as of `pt`. */
export function primaryLanguage(tag: string | null): string | null {
  return tag === null ? null : (tag.split('-')[0]?.toLowerCase() ?? null);
}

interface Marked {
  readonly accountId: string;
  readonly local: boolean;
  readonly language: string | null;
  readonly publishedAt: number;
  /** Null: nobody knows. */
  readonly seconds: number | null;
  readonly popularity: number;
  readonly tags: readonly string[];
  readonly hasCaptions: boolean;
  readonly hasAlt: boolean;
}

/** All marks of one video, as the index keeps them. */
export function marksOf(video: Marked): string[] {
  const language = primaryLanguage(video.language);
  const { seconds } = video;
  return [
    authorMark(video.accountId),
    placeMark(video.local),
    dayMark(dayOf(video.publishedAt)),
    monthMark(monthOf(video.publishedAt)),
    yearMark(yearOf(video.publishedAt)),
    popularityMark(video.popularity),
    ...(seconds === null ? [] : durationMarks(seconds)),
    ...(language === null ? [] : [languageMark(language)]),
    ...(video.hasCaptions ? [hasMark('captions')] : []),
    ...(video.hasAlt ? [hasMark('alt')] : []),
    ...video.tags.map(tagMark),
  ];
}
