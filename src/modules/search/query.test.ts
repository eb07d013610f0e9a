import fc from 'fast-check';
import { expect, test } from 'vitest';
import { searchLimits } from '../../../config/search-limits.ts';
import { parseQuery, printQuery } from './query.ts';

test.each([
  ['first snow', [word('first'), word('snow')]],
  ['  ', []],
  ['"first  snow" birds', [{ kind: 'phrase', text: 'first snow', not: false }, word('birds')]],
  ['-"first snow', [{ kind: 'phrase', text: 'first snow', not: true }]],
  ['«erster Schnee»', [{ kind: 'phrase', text: 'erster Schnee', not: false }]],
  ['#Snow -#ice', [tag('snow'), tag('ice', true)]],
  ['#', []],
  ['#2026', [word('#2026')]],
  ['-rain - 5', [word('rain', true), word('5')]],
  ['from:@Mika@film.example', [{ kind: 'from', handle: 'mika@film.example', not: false }]],
  [
    'FROM:me -from:bot',
    [
      { kind: 'from', handle: 'me', not: false },
      { kind: 'from', handle: 'bot', not: true },
    ],
  ],
  ['from:', [word('from:')]],
  ['language:DE-at', [{ kind: 'language', code: 'de', not: false }]],
  ['-language:fr', [{ kind: 'language', code: 'fr', not: true }]],
  ['is:local', [{ kind: 'is', what: 'local' }]],
  ['-is:local', [{ kind: 'is', what: 'remote' }]],
  ['is:nice', [word('is:nice')]],
  ['has:captions -has:alt', [has('captions'), has('alt', true)]],
  ['after:2026-2 before:2026-02-28', [day('after', '2026-02-01'), day('before', '2026-02-28')]],
  ['-before:2026', [day('after', '2026-01-01')]],
  ['after:2026-02-30', [word('after:2026-02-30')]],
  ['since:2026-02-03 until:2026-03', [day('after', '2026-02-03'), day('before', '2026-03-01')]],
  ['after:2026-02-03T18:30Z', [day('after', '2026-02-03T18:30:00.000Z')]],
  ['-since:2026-02-03t18:30:05.5+05:30', [day('before', '2026-02-03T13:00:05.500Z')]],
  ['until:2026-02-03T18:30', [day('before', '2026-02-03T18:30:00.000Z')]],
  ['after:2026-02-30T18:30Z', [word('after:2026-02-30T18:30Z')]],
  ['after:2026-02-03T25:00Z', [word('after:2026-02-03T25:00Z')]],
  ['after:9999-12-31T23:00-05:00', [word('after:9999-12-31T23:00-05:00')]],
  ['longer:1m shorter:90', [length('longer', 60), length('shorter', 90)]],
  ['-longer:30s', [length('shorter', 30)]],
  ['https://film.example/x', [word('https://film.example/x')]],
  ['cook*', [{ ...word('cook'), begins: true }]],
  ['***', []],
])('%j is read', (text, tokens) => {
  expect(parseQuery(text)).toEqual(tokens);
});

const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '"',
          '-',
          '#',
          ':',
          '*',
          ' ',
          '@',
          'from:',
          'is:',
          'local',
          'after:',
          '2026-01',
          '9999-12-31T23:59',
          '+01:00',
          'ä',
          'snow',
          ' language:',
          ...['und', 'xx-Latn', 'root', ' shorter:', '99999m', '99999'],
          '\u0000',
        ),
        fc.string({ maxLength: 6 }),
      ),
      { maxLength: 40 },
    )
    .map((parts) => parts.join('')),
);

test('whatever is written, reading never fails, and what was read is read again from what is printed', () => {
  fc.assert(
    fc.property(anything, (text) => {
      const tokens = parseQuery(text);
      expect(tokens.length).toBeLessThanOrEqual(searchLimits.maxTokens);
      expect(parseQuery(printQuery(tokens))).toEqual(tokens);
    }),
    { numRuns: 3_000 },
  );
});

test('a word that is no filter is looked for', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{1,12}$/), fc.boolean(), (text, not) => {
      expect(parseQuery(`${not ? '-' : ''}${text}`)).toEqual([word(text, not)]);
    }),
  );
});

test('long queries are read as fast as short ones, to their limit', () => {
  for (const pump of ['"', '-', '- ', 'a:', '#', '*', '"-', 'from:@'.repeat(3)]) {
    const text = pump.repeat(200_000);
    // Of this thread: what a busy machine does besides does not count.
    const began = process.threadCpuUsage();
    parseQuery(text);
    const { user, system } = process.threadCpuUsage(began);
    expect((user + system) / 1_000).toBeLessThan(200);
  }
});

function word(text: string, not = false) {
  return { kind: 'word', text, not, begins: false } as const;
}
function tag(name: string, not = false) {
  return { kind: 'tag', tag: name, not } as const;
}
function has(what: 'captions' | 'alt', not = false) {
  return { kind: 'has', what, not } as const;
}
function day(kind: 'after' | 'before', value: string) {
  return { kind, when: value } as const;
}
function length(kind: 'longer' | 'shorter', seconds: number) {
  return { kind, seconds } as const;
}
