import { afterEach, describe, expect, test } from 'vitest';
import type { Captions } from '../api/types.ts';
import { captionsChoice, captionsLanguage, soundChoice } from '../state/preferences.ts';
import {
  areSameCaptions,
  bestCaptions,
  captionsShown,
  chooseCaptions,
  pickCaptions,
  toggleCaptions,
} from './captions.ts';

const captions = (language: string, url = `/${language}.vtt`): Captions => ({
  language,
  url,
  label: language,
  automatic: false,
});
const all = [captions('de'), captions('en-GB'), captions('pt-BR')];

afterEach(() => {
  captionsChoice.value = null;
  captionsLanguage.value = null;
  soundChoice.value = null;
});

describe('captions', () => {
  test.each([
    ['its own tag first', ['pt-BR', 'de'], 'pt-BR'],
    ['another region of the same language', ['en-US', 'de'], 'en-GB'],
    ['the language alone', ['pt'], 'pt-BR'],
    ['the second language', ['fr', 'de'], 'de'],
    ['any rather than none', ['fr'], 'de'],
  ])('are picked by %s', (_why, languages, found) => {
    expect(bestCaptions(all, languages)?.language).toBe(found);
  });

  test('are none where there are none', () => expect(bestCaptions([], ['en'])).toBeUndefined());

  test('are shown while there is no sound, until somebody chooses', () => {
    expect(captionsShown.value).toBe(true);
    soundChoice.value = 'on';
    expect(captionsShown.value).toBe(false);
    expect(pickCaptions.value(all)).toBeUndefined();
    toggleCaptions();
    expect(captionsShown.value).toBe(true);
    soundChoice.value = 'off';
    toggleCaptions();
    expect(captionsShown.value).toBe(false);
    chooseCaptions('pt-BR');
    expect(pickCaptions.value(all)?.language).toBe('pt-BR');
  });

  test('are compared by what they are', () => {
    expect(areSameCaptions(all, [...all])).toBe(true);
    expect(areSameCaptions(all, all.slice(1))).toBe(false);
    expect(areSameCaptions([captions('de')], [captions('de', '/other.vtt')])).toBe(false);
  });
});
