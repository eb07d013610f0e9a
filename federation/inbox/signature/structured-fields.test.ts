import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BareItem, type InnerList, parseDictionary, serialiseInnerList } from './structured-fields.ts';

const limits = { maxCharacters: 4_000, maxMembers: 4, maxItems: 8, maxParameters: 4 };
const parse = (text: string) => parseDictionary(text, limits);

/** What this thread works for it, in microseconds. */
function userTimeOf(work: () => unknown): number {
  const before = process.threadCpuUsage();
  work();
  return process.threadCpuUsage(before).user;
}

/** The bare item of the only member. */
function itemOf(text: string): BareItem | undefined {
  const member = parse(`a=${text}`)?.get('a');
  return member && 'value' in member ? member.value : undefined;
}

describe('bare items', () => {
  test.each([
    ['1', { kind: 'integer', value: 1 }],
    ['-42', { kind: 'integer', value: -42 }],
    ['007', { kind: 'integer', value: 7 }],
    ['999999999999999', { kind: 'integer', value: 999_999_999_999_999 }],
    ['1.5', { kind: 'decimal', value: 1.5 }],
    ['-0.125', { kind: 'decimal', value: -0.125 }],
    ['""', { kind: 'string', value: '' }],
    ['"a \\"b\\" \\\\c"', { kind: 'string', value: 'a "b" \\c' }],
    ['*tok/en:1', { kind: 'token', value: '*tok/en:1' }],
    ['::', { kind: 'bytes', value: Buffer.alloc(0) }],
    [':aGVsbG8=:', { kind: 'bytes', value: Buffer.from('hello') }],
    ['?0', { kind: 'boolean', value: false }],
    ['?1', { kind: 'boolean', value: true }],
  ] as const)('%s', (text, expected) => {
    expect(itemOf(text)).toEqual(expected);
  });

  test.each(
    [
      [
        '',
        '1.',
        '.5',
        '1.2345',
        '1234567890123456',
        '--1',
        '"',
        '"a',
        '"\\x"',
        '"é"',
        '"\t"',
        ':a:',
        ':aGVsbG8:',
      ],
      [':aGV=sbG8=:', ':aGVsbG8=', '?2', '?', 'é', '@1618884473', '1 2', '"a"b', '%', ' 1', '\t1'],
    ].flat(),
  )('%j is none', (text) => {
    expect(parse(`a=${text}`)).toBeUndefined();
  });
});

describe('dictionaries', () => {
  test('have members of all kinds', () => {
    const read = parse('  a=1;x;y="z" ,\t b=( "c" d;e=1 );f,  g;h=?0 ');
    expect([...(read ?? [])]).toEqual([
      [
        'a',
        {
          value: { kind: 'integer', value: 1 },
          parameters: new Map<string, BareItem>([
            ['x', { kind: 'boolean', value: true }],
            ['y', { kind: 'string', value: 'z' }],
          ]),
        },
      ],
      [
        'b',
        {
          items: [
            { value: { kind: 'string', value: 'c' }, parameters: new Map() },
            {
              value: { kind: 'token', value: 'd' },
              parameters: new Map([['e', { kind: 'integer', value: 1 }]]),
            },
          ],
          parameters: new Map([['f', { kind: 'boolean', value: true }]]),
        },
      ],
      [
        'g',
        {
          value: { kind: 'boolean', value: true },
          parameters: new Map([['h', { kind: 'boolean', value: false }]]),
        },
      ],
    ]);
  });

  test('may be empty', () => {
    expect(parse('')).toEqual(new Map());
    expect(parse('   ')).toEqual(new Map());
  });

  test.each([
    ['a key twice', 'a=1, a=2'],
    ['a parameter twice', 'a=1;b;b=1'],
    ['a comma at the end', 'a=1,'],
    ['a comma at the start', ',a=1'],
    ['a key in capitals', 'A=1'],
    ['no key', '=1'],
    ['space before the parameter', 'a=1 ;b'],
    ['space around the sign', 'a = 1'],
    ['a list within a list', 'a=(("b"))'],
    ['items without space between', 'a=("b""c")'],
    ['a list that is not closed', 'a=("b" '],
    ['a tab in a list', 'a=("b"\t"c")'],
    ['NUL', 'a=1\u0000'],
    ['a line break', 'a=1,\r\nb=2'],
    ['too many members', 'a,b,c,d,e'],
    ['too many items', `a=(${'"x" '.repeat(9)})`],
    ['too many parameters', 'a=1;b;c;d;e;f'],
    ['too many parameters of an item', 'a=("x";b;c;d;e;f)'],
    ['too many parameters of a list', 'a=("x");b;c;d;e;f'],
    ['a long key', `${'k'.repeat(65)}=1`],
    ['a long text', `a="${'x'.repeat(4_000)}"`],
  ])('%s: refused', (_name, text) => {
    expect(parse(text)).toBeUndefined();
  });
});

const key = fc.stringMatching(/^[a-z*][a-z0-9_.*-]{0,8}$/);
const ascii = fc.stringMatching(/^[\x20-\x7e]{0,20}$/);
const bare = fc.oneof(
  fc.record({ kind: fc.constant('integer' as const), value: fc.integer({ min: -1e14, max: 1e14 }) }),
  fc.integer({ min: -1e9, max: 1e9 }).map((n) => ({ kind: 'decimal' as const, value: n / 1_000 || 0 })),
  fc.record({ kind: fc.constant('string' as const), value: ascii }),
  fc.record({
    kind: fc.constant('token' as const),
    value: fc.stringMatching(/^[A-Za-z*][A-Za-z0-9:/.!~]{0,8}$/),
  }),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => ({ kind: 'bytes' as const, value: Buffer.from(bytes) })),
  fc.record({ kind: fc.constant('boolean' as const), value: fc.boolean() }),
);
const parameters = fc
  .uniqueArray(fc.tuple(key, bare), { selector: ([name]) => name, maxLength: 4 })
  .map((all) => new Map<string, BareItem>(all));
const innerList: fc.Arbitrary<InnerList> = fc.record({
  items: fc.array(fc.record({ value: bare, parameters }), { maxLength: 8 }),
  parameters,
});

describe('properties', () => {
  test('what is written is read back the same', () => {
    fc.assert(
      fc.property(key, innerList, (name, list) => {
        const read = parseDictionary(`${name}=${serialiseInnerList(list)}`, {
          ...limits,
          maxCharacters: 100_000,
        });
        expect(read?.get(name)).toEqual(list);
      }),
    );
  });

  test('what is read and written again stays as it is', () => {
    const near = fc.stringMatching(/^[ab]=\([ "a\\1.:?;=*-]{0,16}\)[;a=1"?]{0,8}$/);
    fc.assert(
      fc.property(near, (text) => {
        const member = [...(parse(text)?.values() ?? [])][0];
        if (!member || !('items' in member)) return;
        const written = serialiseInnerList(member);
        expect(parse(`a=${written}`)?.get('a')).toEqual(member);
      }),
      { numRuns: 2_000 },
    );
  });

  test('no text makes it throw or take long', () => {
    const pieces = fc.constantFrom(
      'a',
      '=',
      '(',
      ')',
      '"',
      '\\',
      ';',
      ',',
      ' ',
      '\t',
      ':',
      '?1',
      '1.',
      '-',
      'é',
      '\0',
      '=('.repeat(50),
      '"'.repeat(99),
      ' '.repeat(999),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces, { maxLength: 30 }).map((all) => all.join('')),
        ),
        (text) => {
          // The least of three: memory is cleared up whenever it is time, and that takes as long.
          const least = Math.min(...[1, 2, 3].map(() => userTimeOf(() => parse(text))));
          expect(least).toBeLessThan(50_000);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
