import format, { type FormatOptions, type FormatValues } from 'icu-minify/format';
import { formatters } from './formats.ts';
import type { ValuesOf } from './values.ts';

type CompiledMessage = Parameters<typeof format>[0];

/** Says a message in the language of the page. */
export type Say<M extends Readonly<Record<string, string>>> = <K extends keyof M & string>(
  key: K,
  ...values: ValuesOf<M[K]>
) => string;

/** Messages of one language by area and key, as the build compiled them. */
export type Translation = Readonly<Record<string, Readonly<Record<string, CompiledMessage>>>>;

let translation: Translation = {};
let language = 'en';

/**
 * Words of one part of the page. `english` stands in its `words.ts`, which the build compiles (web/compiled-words.ts); it is
 * what is said where the language of the page has no such message.
 */
export function sayer<const M extends Readonly<Record<string, string>>>(area: string, english: M): Say<M> {
  return (key, ...[values]) => {
    const own = translation[area]?.[key];
    const message: CompiledMessage = own ?? english[key] ?? key;
    return String(
      format<string>(message, own ? language : 'en', values as FormatValues<string> | undefined, OPTIONS),
    );
  };
}

const OPTIONS: FormatOptions = { formatters };

/** A sentence that the server says in English, where the language of the page has it; there is none for English. */
export function translated<M extends Readonly<Record<string, string>>>(
  area: string,
  key: keyof M & string,
): string | undefined {
  const own = translation[area]?.[key];
  return typeof own === 'string' ? own : undefined;
}

/** Says everything in a language from now on; what was said before stays. */
export function speak(name: string, messages: Translation): void {
  language = name;
  translation = messages;
}

/** What the page says now, for whoever says it elsewhere. */
export const spoken = () => ({ language, translation });
