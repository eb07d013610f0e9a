/**
 * Words as both documents and queries have them in the engine: PostgreSQL cuts texts into words and takes off their endings, the engine
 * finds and ranks them. So a query means the same, whichever of the two answers.
 */

/** Stands where PostgreSQL keeps no word, so that distances hold; none of its words is so. */
const GAP = '@';
/** Between parts of a document PostgreSQL leaves a place free; a longer way is of no use to a phrase. */
const MOST_GAP = 4;
const MOST_CHARACTERS = 200;

/** A word for the engine, which cuts at spaces. */
export const wordOf = (lexeme: string): string => lexeme.replace(/\s+/gu, '_').slice(0, MOST_CHARACTERS);

/** A word and where it stands, from 1. */
export type Placed = readonly [lexeme: string, place: number];

/** Words in the order of their places, as a text. Of several at one place, each is there. */
export function inOrder(placed: readonly Placed[]): string {
  let last = 0;
  return [...placed]
    .sort((a, b) => a[1] - b[1])
    .flatMap(([lexeme, place]) => {
      const gap = Math.min(MOST_GAP, Math.max(0, place - last - 1));
      last = place;
      return [...Array.from({ length: gap }, () => GAP), wordOf(lexeme)];
    })
    .join(' ');
}

/** The words of a `tsquery` of words in a row, such as `'red' <-> 'boat' <2> 'wood'`, as the engine has them. */
export function inARow(said: string): string {
  const placed: Placed[] = [];
  let place = 1;
  for (const [, word, distance] of said.matchAll(/'((?:[^'\\]|''|\\.)*)'|<(-|\d+)>/gsu)) {
    if (word === undefined) place += distance === '-' ? 1 : Number(distance);
    else placed.push([word.replace(/''/g, "'").replace(/\\(.)/gsu, '$1'), place]);
  }
  return inOrder(placed);
}
