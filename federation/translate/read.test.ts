import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_URI_CHARACTERS } from '../../src/lib/net/plain-address.ts';
import {
  AS_PUBLIC,
  audienceOf,
  idOf,
  listOf,
  numberOf,
  sameOrigin,
  textOf,
  timeOf,
  typesOf,
  uriOf,
} from './read.ts';

describe('uriOf', () => {
  test.for([
    'https://a.example/users/carol',
    'http://a.example:8080/x?y=z#part',
    'HTTPS://A.example/x',
    'https://例え.jp/ユーザー',
    'https://a.example/with a space.mp4',
    'https://[2001:db8::1]/x',
  ])('keeps %j as it was written', (text) => {
    expect(uriOf(text)).toBe(text);
  });

  test.for([
    ...['', 'carol', '/users/carol', '//a.example/x', 'mailto:carol@a.example', 'urn:uuid:1'],
    ...[
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'ftp://a.example/x',
      'at://did:plc:x',
    ],
    ...['https://user@a.example/x', 'https://user:pass@a.example/x', 'https://:pass@a.example/x'],
    // Programs take these apart in different ways.
    ...['https:a.example/x', 'https:/a.example/x', 'https:///a.example/x', 'https:\\\\a.example\\x'],
    ...[
      'https://a.example\\@b.example/x',
      ' https://a.example/x',
      'https://a.example/x ',
      'https://@a.example/x',
      '\thttps://a.example/x',
      'https:\n//a.example',
    ],
    ...['https://a.example/\u0000', 'https://a.example/\r\nHost: b', 'https://a.example/\ud800', 'https://'],
  ])('refuses %j', (text) => {
    expect(uriOf(text)).toBeNull();
  });

  test('refuses what is too long to be stored', () => {
    expect(uriOf(`https://a.example/${'x'.repeat(MAX_URI_CHARACTERS)}`)).toBeNull();
  });

  test('W5 the host can be told by the text of the usual spelling, as the database does it', () => {
    const pieces = [
      'https:',
      'HTTP:',
      '/',
      '//',
      '\\',
      '@',
      'a.example',
      'b.test',
      ':8080',
      '?',
      '#',
      ' ',
      '\t',
      'x',
    ];
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.constantFrom('', 'https://a.example'), text, (start, rest) => {
        const uri = uriOf(start + rest);
        if (uri === null) return;
        const { href, host } = new URL(uri);
        expect(href.split('//')[1]?.split('/')[0]).toBe(host);
        expect(/^https?:\/\/([^/?#:]+)/i.exec(uri)?.[1]?.toLowerCase()).toBe(host.split(':')[0]);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('values of any shape', () => {
  const odd = [
    null,
    undefined,
    1,
    'x',
    true,
    [],
    {},
    [null],
    [[]],
    { id: 1 },
    { type: {} },
    { id: { id: 'x' } },
  ];

  test('throw nowhere, and give nothing where there is nothing', () => {
    for (const value of odd) {
      expect(uriOf(value)).toBeNull();
      expect(idOf(value)).toBeNull();
      expect(typesOf({ type: value })).toEqual(value === 'x' ? ['x'] : []);
      expect(timeOf(value)).toBeNull();
      expect(() => [listOf(value), audienceOf(value), textOf(value, 9), numberOf(value)]).not.toThrow();
    }
  });

  test('one value or many make a list', () => {
    expect([listOf(undefined), listOf(null), listOf('x'), listOf(['x', 'y'])]).toEqual([
      [],
      [],
      ['x'],
      ['x', 'y'],
    ]);
  });

  test('ids are found in strings and in objects', () => {
    const id = 'https://a.example/1';
    expect([idOf(id), idOf({ id }), idOf({ type: 'Note' })]).toEqual([id, id, null]);
  });

  test('text loses NUL and what is too long', () => {
    expect([textOf('a\u0000b', 9), textOf('abcdef', 3), textOf(['a'], 9)]).toEqual(['ab', 'abc', null]);
  });

  test('numbers may be written as text, but must be finite', () => {
    expect([numberOf(1.5), numberOf('1.5'), numberOf(''), numberOf(' '), numberOf('x')]).toEqual([
      1.5,
      1.5,
      null,
      null,
      null,
    ]);
    expect([
      numberOf(Number.NaN),
      numberOf(Number.POSITIVE_INFINITY),
      numberOf('1e999'),
      numberOf([1]),
    ]).toEqual([null, null, null, null]);
  });
});

test('all spellings of the public address are one', () => {
  const spellings = [AS_PUBLIC, 'as:Public', 'Public'];
  for (const spelling of spellings) {
    expect([...audienceOf(spelling)]).toEqual([AS_PUBLIC]);
    expect([...audienceOf([spelling], { id: 'https://a.example/x' })]).toEqual([
      AS_PUBLIC,
      'https://a.example/x',
    ]);
  }
  expect(audienceOf(spellings)).toEqual(new Set([AS_PUBLIC]));
  for (const other of ['public', 'as:public', 'https://www.w3.org/ns/activitystreams', `${AS_PUBLIC}x`]) {
    expect(audienceOf(other).has(AS_PUBLIC)).toBe(false);
  }
});

test('sameOrigin compares scheme, host and port, and never takes two unreadable addresses for the same', () => {
  expect(sameOrigin('https://a.example/1', 'https://A.example:443/2')).toBe(true);
  for (const [one, other] of [
    ['https://a.example', 'http://a.example'],
    ['https://a.example', 'https://a.example:8443'],
    ['https://a.example', 'https://b.example'],
    ['https://a.example', 'https://x.a.example'],
    ['x', 'x'],
    ['', ''],
  ] as const) {
    expect(sameOrigin(one, other)).toBe(false);
  }
});
