/** Of the script into which the server writes what a visitor is shown first (src/http/page/first-page.ts). */
const ELEMENT = 'first-page';
/** Older answers are asked for anew: the page may have been opened long before they are wanted. */
const FRESH_MS = 30_000;

let answers: Map<string, unknown> | undefined;

/** Reads it once: a page has what its server wrote, and no more of it ever. */
function written(): Map<string, unknown> {
  answers ??= answersOfPage();
  return answers;
}

/** All that the server wrote into this page, by path and query. */
export function answersOfPage(): Map<string, unknown> {
  const text = typeof document === 'undefined' ? null : document.getElementById(ELEMENT)?.textContent;
  return new Map(Object.entries(parsed(text ?? '{}')));
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Whether the server wrote this page for somebody who is not signed in. A page from the history of the browser may be from before. */
export function isWrittenForVisitors(): boolean {
  return written().size > 0;
}

/** The answer to a request by its path and query, where the server wrote it into the page: each once, while it is fresh. */
export function takeFirstPage(path: string): unknown {
  const known = written();
  const answer = performance.now() < FRESH_MS ? known.get(path) : undefined;
  known.delete(path);
  return answer;
}
