import { readFileSync } from 'node:fs';
import type { Config } from '../../config/config.ts';
import { themeCss } from './theme.ts';

/** A style sheet of pages that run no script: what all of them have, what is in this file of their own, and the colour of the server. */
export function pageStyle(own: URL, config: Config): () => string {
  const files = [new URL('pages.css', import.meta.url), own].map((file) => readFileSync(file, 'utf8'));
  return () => [...files, themeCss(config)].join('\n');
}
