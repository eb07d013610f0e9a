import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Html } from '../html.ts';

/** The script that stands in pages which begin with a clip (web/src/start/begin.ts). */
export interface BeginScript {
  readonly element: Html;
  /** By which the content security policy allows it, and no other one in a page. */
  readonly source: string;
}

/** Reads it from the built page; null where it has none. */
export function readBeginScript(webDir: string): BeginScript | null {
  const file = join(webDir, 'begin.js');
  if (!existsSync(file)) return null;
  const code = readFileSync(file, 'utf8');
  // It is ours, but nothing that a minifier writes may end the element.
  if (/<\/script|<!--/i.test(code)) throw new Error(`${file} cannot stand in a page.`);
  const digest = createHash('sha256').update(code).digest('base64');
  return { element: { html: `<script>${code}</script>\n` }, source: `'sha256-${digest}'` };
}
