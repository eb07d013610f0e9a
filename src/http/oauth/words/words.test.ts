import { describe, expect, test } from 'vitest';
import { scopes } from '../../../modules/auth/model.ts';
import { html } from '../../html.ts';
import type { Language } from '../../languages.ts';
import { en } from './en.ts';
import { scopeSentences, table } from './index.ts';
import type { Words } from './words.ts';

/** Every sentence with the names that it must tell. */
function sentencesOf(words: Words): Record<string, string> {
  const [app, handle] = [html`<b>APP</b>`, html`<b>HANDLE</b>`];
  const { problems, scopes: single, staffScope, ...rest } = words;
  const said = Object.entries(rest).map(([name, value]): [string, string] => {
    if (typeof value === 'string') return [name, value];
    if (name === 'asksToSignIn') return [name, words.asksToSignIn(app, 'SERVER').html];
    if (name === 'asksToUse') return [name, words.asksToUse(app, handle).html];
    return [name, (value as (name: string) => string)('NAME')];
  });
  return {
    ...Object.fromEntries(said),
    ...Object.fromEntries(Object.entries(problems).map(([name, text]) => [`problems ${name}`, text])),
    ...Object.fromEntries(Object.entries(single).map(([name, text]) => [`scopes ${name}`, text])),
    'staff read': staffScope('read', 'THING'),
    'staff write': staffScope('write', 'THING'),
  };
}

/** Words that are the same in two languages. */
const SAME: Partial<Record<Language, readonly string[]>> = {
  de: ['code'],
  fr: ['code'],
  es: ['error'],
};
const others = (Object.keys(table) as Language[]).filter((language) => language !== 'en');
const english = sentencesOf(en);

describe.each(others)('the pages in %s', (language) => {
  const said = sentencesOf(table[language]);

  test('say everything that they say in English, and in other words', () => {
    expect(Object.keys(said)).toEqual(Object.keys(english));
    const same = Object.keys(said).filter((name) => said[name] === english[name]);
    expect(same).toEqual(SAME[language] ?? []);
  });

  test('name what is named there, and nothing else', () => {
    const namesIn = (text = '') => (text.match(/<b>[A-Z]+<\/b>|\b(SERVER|NAME|THING)\b/g) ?? []).sort();
    for (const [name, text] of Object.entries(said)) {
      expect(namesIn(text), name).toEqual(namesIn(english[name]));
      expect(text.trim(), name).toBe(text);
      expect(text.length, name).toBeGreaterThan(1);
    }
  });

  test('tell scopes apart', () => {
    const sentences = scopeSentences(table[language], scopes);
    expect(new Set(sentences).size).toBe(scopes.length);
  });
});
