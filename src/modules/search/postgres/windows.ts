import { dayMark, dayOf, lexeme, monthMark, monthOf, popularityMark, yearMark, yearOf } from './marks.ts';

/** A stretch of time; `query`, where there is one, is what each of its documents has in the index. */
export interface Window {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly query: string | null;
  /** Of days, so that all that match can be put in their order. */
  readonly isShort: boolean;
}

const DAY_MS = 86_400_000;
/** Days, months and years that a stretch is as long as, the newest first; and numbers of popularity that are looked for at once. */
const OF_MANY = {
  ...{ days: [2, 5, 7], months: [1, 1, 2, 4], years: [1, 2] },
  steps: [
    ...([
      [12, 20],
      [9, 11],
      [7, 8],
    ] as const),
    ...([
      [6, 6],
      [5, 5],
      [4, 4],
    ] as const),
  ],
} as const;
/** The same where filters leave few: each stretch reads all the marks of its documents, however few of them have what is wanted. */
const OF_FEW = {
  ...{ days: [7], months: [2, 6], years: [3] },
  steps: [
    [7, 20],
    [4, 6],
  ],
} as const;
const sizes = (isNarrow: boolean) => (isNarrow ? OF_FEW : OF_MANY);
/** Before anybody had a server. */
const BEGINNING = 0;

/**
 * Stretches of time from `asOf` back to the beginning, without a gap and each apart from the others, longer and longer. A common word is
 * looked for in one after the other until there is enough: PostgreSQL then walks through the few documents of a day in place of the
 * many of the word.
 */
export function windowsBefore(
  asOf: number,
  range: { readonly after: number; readonly before: number; readonly isNarrow: boolean },
): Window[] {
  const { days: allDays, months: allMonths, years: allYears } = sizes(range.isNarrow);
  const windows: Window[] = [];
  let to = Math.min(asOf + 1, range.before);
  const add = (from: number, marks: string[] | null, isShort = false) => {
    windows.push({ from, to, isShort, query: marks?.map(lexeme).join(' | ') ?? null });
    to = from;
  };
  for (const days of allDays) {
    const last = dayOf(to - 1);
    const marks = Array.from({ length: days }, (_, back) => dayMark(last - back));
    add((last - days + 1) * DAY_MS, marks, true);
  }
  for (const months of allMonths) {
    const last = monthOf(to - 1);
    const marks = Array.from({ length: months }, (_, back) => monthMark(last - back));
    add(startOfMonth(last - months + 1), marks);
  }
  for (const years of allYears) {
    const last = yearOf(to - 1);
    const marks = Array.from({ length: years }, (_, back) => yearMark(last - back));
    add(Date.UTC(last - years + 1, 0, 1), marks);
  }
  add(BEGINNING, null);
  return windows
    .map((window) => ({
      ...window,
      from: Math.max(window.from, range.after),
    }))
    .filter(({ from, to }) => from < to);
}

const startOfMonth = (month: number): number => Date.UTC(1970 + Math.floor(month / 12), month % 12, 1);

/** The same for what many liked: those of the highest numbers first, down to where most videos are. */
export function popularSteps(isNarrow: boolean): string[] {
  return sizes(isNarrow).steps.map(([least, most]) =>
    Array.from({ length: most - least + 1 }, (_, up) => lexeme(popularityMark(least + up))).join(' | '),
  );
}
