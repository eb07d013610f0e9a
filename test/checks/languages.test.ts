import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, TYPE } from '@formatjs/icu-messageformat-parser';
import { beforeAll, describe, expect, test } from 'vitest';
import { STATUS_OF_REASON } from '../../src/http/errors.ts';
import { directions, languages } from '../../src/http/languages.ts';
import { shipped } from '../../web/src/language/choice.ts';
import { type Areas, englishWords, type MessageElement } from '../helpers/words.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const files = globSync(join(root, 'web/words/*.json'));
const translated = files.map((file) => basename(file, '.json'));

let english: Areas;

/** The words for everybody are one file, and each area of the staff's pages is one in the folder of the language. */
const wordsOf = (language: string): Areas => read(`${language}.json`);
const staffWordsOf = (language: string): Areas =>
  Object.fromEntries(
    globSync(join(root, 'web/words', language, '*.json')).map((file) => [
      basename(file, '.json'),
      read(join(language, basename(file))),
    ]),
  );
const read = (file: string) => JSON.parse(readFileSync(join(root, 'web/words', file), 'utf8'));

beforeAll(async () => {
  english = await englishWords();
});

test('the server, the list to choose from and the files know the same languages', () => {
  expect([...shipped].sort()).toEqual([...languages].sort());
  expect([...translated, 'en'].sort()).toEqual([...languages].sort());
});

test.each(translated)('the words in %s lie where those who see them fetch them', async (language) => {
  const areas = async (of: 'everybody' | 'staff') => Object.keys(await englishWords(of)).sort();
  expect(Object.keys(wordsOf(language)).sort()).toEqual(await areas('everybody'));
  expect(Object.keys(staffWordsOf(language)).sort()).toEqual(await areas('staff'));
});

test('what the server refuses is translated by its own words for it', () => {
  const reasons = Object.keys(english.refusals ?? {}).filter((key) => key !== 'field');
  expect(reasons.length).toBeGreaterThan(0);
  expect(reasons.filter((reason) => !Object.hasOwn(STATUS_OF_REASON, reason))).toEqual([]);
});

test('a script that is written from right to left is shown so', () => {
  const rtl = (language: string) => /^(ar|dv|fa|he|ks|ku|ps|sd|ug|ur|yi)\b/.test(language);
  for (const [language, direction] of Object.entries(directions)) {
    expect([language, direction]).toEqual([language, rtl(language) ? 'rtl' : 'ltr']);
  }
});

describe.each(['en', ...translated])('the words in %s', (language) => {
  const areas = (): Areas =>
    language === 'en' ? english : { ...wordsOf(language), ...staffWordsOf(language) };

  test('are all there, and no others', () => {
    expect(keysOf(areas())).toEqual(keysOf(english));
  });

  test('want to be told what the English ones are, and show it', () => {
    const faults = [...pairsOf(areas())].flatMap(([key, message, original]) => {
      const [own, wanted] = [valuesIn(parse(message)), valuesIn(parse(original))];
      const unknown = [...own].filter(([name, kind]) => wanted.get(name)?.kind !== kind.kind);
      const unsaid = [...wanted].filter(([name, { isShown }]) => isShown && !own.get(name)?.isShown);
      return [
        ...unknown.map(([name, { kind }]) => `${key}: {${name}} is no ${kind} in English`),
        ...unsaid.map(([name]) => `${key}: {${name}} is shown in English`),
      ];
    });
    expect(faults).toEqual([]);
  });

  test('have every form that a number asks for', () => {
    const faults = [...pairsOf(areas())].flatMap(([key, message]) =>
      pluralsIn(parse(message)).flatMap(({ options, pluralType }) => {
        const rules = new Intl.PluralRules(language, { type: pluralType ?? 'cardinal' });
        const wanted = rules.resolvedOptions().pluralCategories;
        return wanted.filter((form) => !options[form]).map((form) => `${key}: no form for ${form}`);
      }),
    );
    expect(faults).toEqual([]);
  });
});

/** Each message with where it stands and what it is in English. */
function* pairsOf(areas: Areas): Generator<readonly [key: string, message: string, original: string]> {
  for (const [area, messages] of Object.entries(areas)) {
    for (const [key, message] of Object.entries(messages)) {
      const original = english[area]?.[key];
      if (original !== undefined) yield [`${area}.${key}`, message, original];
    }
  }
}

const keysOf = (areas: Areas): string[] =>
  Object.entries(areas)
    .flatMap(([area, messages]) => Object.keys(messages).map((key) => `${area}.${key}`))
    .sort();

interface Value {
  readonly kind: 'text' | 'number' | 'choice';
  /** It stands in the sentence itself; else it only decides about a form. */
  readonly isShown: boolean;
}

/** What a message is told. A number is one whether it is written, or decides about a form. */
function valuesIn(
  elements: readonly MessageElement[],
  into = new Map<string, Value>(),
  counted = '',
): Map<string, Value> {
  const add = (name: string, kind: Value['kind'], isShown: boolean) =>
    into.set(name, { kind, isShown: isShown || into.get(name)?.isShown === true });
  for (const one of elements) {
    if (one.type === TYPE.pound) add(counted, 'number', true);
    if (one.type === TYPE.argument) add(one.value, 'text', true);
    if (one.type === TYPE.number) add(one.value, 'number', true);
    if (one.type === TYPE.select || one.type === TYPE.plural) {
      add(one.value, one.type === TYPE.select ? 'choice' : 'number', one.type === TYPE.select);
      const within = one.type === TYPE.plural ? one.value : counted;
      for (const { value } of Object.values(one.options)) valuesIn(value, into, within);
    }
  }
  return into;
}

type Plural = Extract<MessageElement, { type: TYPE.plural }>;

function pluralsIn(elements: readonly MessageElement[]): Plural[] {
  return elements.flatMap((one) => {
    if (one.type !== TYPE.plural && one.type !== TYPE.select) return [];
    const within = Object.values(one.options).flatMap(({ value }) => pluralsIn(value));
    return one.type === TYPE.plural ? [one, ...within] : within;
  });
}
