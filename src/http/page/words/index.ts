import type { Language } from '../../languages.ts';
import { ar } from './ar.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { ja } from './ja.ts';
import type { Words } from './words.ts';

export type { Words } from './words.ts';

/** A language that lacks a sentence does not compile. */
export const wordsIn: Readonly<Record<Language, Words>> = { en, de, fr, es, ja, ar };
