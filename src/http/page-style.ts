import { readFileSync } from 'node:fs';

/** A style sheet of pages that run no script: what all of them have, and then what is in this file of their own. */
export function pageStyle(own: URL): string {
  return [new URL('pages.css', import.meta.url), own].map((file) => readFileSync(file, 'utf8')).join('\n');
}
