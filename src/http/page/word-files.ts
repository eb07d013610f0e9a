import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Request } from 'express';
import { z } from 'zod';
import { type Html, html } from '../html.ts';
import { type Language, languageOf } from '../languages.ts';

/** Files of words by language, as the build of the page writes them (web/compiled-words.ts). */
const wordFiles = z.record(z.string(), z.string().startsWith('/'));

export type WordFiles = z.output<typeof wordFiles>;

/** Where the words of each language are; those of English come with the page. */
export function readWordFiles(webDir: string): WordFiles {
  const file = join(webDir, 'words.json');
  return existsSync(file) ? wordFiles.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
}

/** The language that the page is sent in: the one for whoever asks, where the build has its words. */
export function pageLanguageOf(files: WordFiles, req: Request): Language {
  const language = languageOf(req);
  return Object.hasOwn(files, language) ? language : 'en';
}

/** Has the words of a language come with the page, which looks for this link (web/src/i18n/learn.ts). Nothing for English. */
export function wordsLink(files: WordFiles, language: Language): Html {
  const address = files[language];
  return address === undefined ? html`` : html`<link rel="modulepreload" id="words" href="${address}">\n`;
}
