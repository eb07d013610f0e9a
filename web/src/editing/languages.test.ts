import { describe, expect, test } from 'vitest';
import { firstLanguage, languageChoices, languageName, languageOfFile, plainLanguage } from './languages.ts';

describe('the language of captions', () => {
  test.each([
    ['birds.de.vtt', 'de'],
    ['birds_pt-br.vtt', 'pt-BR'],
    ['birds.en-US.srt', 'en'],
    ['birds.vtt', null],
    ['birds.new.vtt', null],
    ['de.vtt', null],
  ])('%s is %s', (name, language) => expect(languageOfFile(name)).toBe(language));

  test.each([
    ['en-GB', 'en'],
    ['pt-BR', 'pt-BR'],
    ['zh-CN', 'zh-CN'],
    ['nds', 'nds'],
    ['x', 'x'],
  ])('%s is plainly %s', (tag, plain) => expect(plainLanguage(tag)).toBe(plain));

  test("starts with the file's, else with the reader's first that is free", () => {
    expect(firstLanguage('birds.fr.vtt', ['en-US'], [])).toBe('fr');
    expect(firstLanguage('birds.vtt', ['de-AT', 'en-US'], [])).toBe('de');
    expect(firstLanguage('birds.vtt', ['de-AT', 'en-US'], ['de'])).toBe('en');
    expect(firstLanguage('birds.vtt', ['de-AT'], ['de'])).toBe('de');
    expect(firstLanguage('birds.vtt', [], [])).toBe('en');
  });

  test('is chosen by name, each once', () => {
    const choices = languageChoices('en', ['en-US', 'nds']);
    expect(choices.filter(({ value }) => value === 'en')).toEqual([{ value: 'en', name: 'English' }]);
    expect(choices).toContainEqual({ value: 'nds', name: 'Low German' });
    expect(choices.map(({ name }) => name)).toEqual(choices.map(({ name }) => name).sort());
    expect(languageName('not a tag', 'en')).toBe('not a tag');
  });
});
