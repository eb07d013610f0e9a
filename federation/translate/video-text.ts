/** PeerTube takes titles of 3 to 120 characters, and texts of 3 to 10000 (peertube.md 3). */
const TITLE = { shortest: 3, longest: 120 } as const;
const TEXT = { shortest: 3, longest: 10_000 } as const;

/** How long a text is for anybody: signs that stand for nothing of their own do not count. */
function lengthOf(text: string): number {
  return [...text.replace(/[\p{M}\p{Cf}]/gu, '')].length;
}

/**
 * The title of a video, which our posts do not have: the first line of the caption. One that is too short gets
 * the name of its author, one that is too long is cut.
 */
export function titleOf(caption: string, username: string): string {
  const lines = caption.split(/[\r\n\u2028\u2029]+/).map((line) => line.replace(/\s+/g, ' ').trim());
  const line = lines.find((one) => lengthOf(one) > 0) ?? '';
  if (line === '') return `Video by @${username}`;
  const title = lengthOf(line) < TITLE.shortest ? `${line} · @${username}` : line;
  return title.length <= TITLE.longest ? title : `${startOf(title, TITLE.longest - 1).trimEnd()}…`;
}

/** The start of a text, of at most so many UTF-16 units and never half a character. */
function startOf(text: string, units: number): string {
  const start = text.slice(0, units);
  return /[\uD800-\uDBFF]$/.test(start) ? start.slice(0, -1) : start;
}

const ADDRESS = /https?:\/\/[^\s<>"]*[^\s<>"'.,;:!?)\]}*_~`]/g;
/** What could mean something else than itself, anywhere in a line. */
const MARKS = /[\\`*_[\]<>~&]/g;
/** The same at its start: headings, lists, underlines of headings. */
const STARTS = /^(?:([#+=-])|(\d{1,9})([.)]))/;

/**
 * A caption as the Markdown that reads the same; PeerTube would show HTML as it is written. Null where it is too
 * short for PeerTube. Never longer than PeerTube takes: at worst each character is written with one before it.
 */
export function markdownOf(caption: string): string | null {
  const lines = caption
    .trim()
    .split(/\r\n?|\n/)
    .map((line) => line.trim());
  if (lengthOf(lines.join('\n')) < TEXT.shortest) return null;
  return startOf(lines.map(plainLine).join('\n'), TEXT.longest);
}

function plainLine(line: string): string {
  let markdown = '';
  let done = 0;
  for (const { 0: address, index } of line.matchAll(ADDRESS)) {
    markdown += `${escaped(line.slice(done, index))}<${address}>`;
    done = index + address.length;
  }
  markdown += escaped(line.slice(done));
  return markdown.replace(STARTS, (_start, sign, digits, dot) =>
    sign === undefined ? `${digits}\\${dot}` : `\\${sign}`,
  );
}

function escaped(text: string): string {
  return text.replace(MARKS, '\\$&');
}
