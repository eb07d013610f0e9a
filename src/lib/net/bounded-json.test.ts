import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type JsonLimits, type JsonValue, parseBoundedJson } from './bounded-json.ts';

const limits: JsonLimits = {
  maxBytes: 100_000,
  maxDepth: 32,
  maxArrayItems: 10,
  maxObjectKeys: 10,
  maxValues: 50,
};

function outcome(text: string | Uint8Array, more: Partial<JsonLimits> = {}): string {
  const result = parseBoundedJson(Buffer.from(text), { ...limits, ...more });
  return result.ok ? 'parsed' : result.reason;
}

const items = (count: number) => Array.from({ length: count }, (_, i) => i);
const keys = (count: number) => JSON.stringify(Object.fromEntries(items(count).map((i) => [`k${i}`, i])));

describe('R1 the shape is checked before anything is built', () => {
  test('size', () => {
    expect(outcome('"abc"', { maxBytes: 5 })).toBe('parsed');
    expect(outcome('"abcd"', { maxBytes: 5 })).toBe('too-large');
  });

  test.each([
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('depth of %s', (_name, open, close) => {
    const nested = (depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;
    expect(outcome(nested(32))).toBe('parsed');
    expect(outcome(nested(33))).toBe('too-deep');
    expect(outcome(nested(10_000))).toBe('too-deep');
    expect(outcome(open.repeat(10_000))).toBe('too-deep');
  });

  test('items, keys, and all values together', () => {
    expect(outcome(JSON.stringify(items(10)))).toBe('parsed');
    expect(outcome(JSON.stringify(items(11)))).toBe('too-many-items');
    expect(outcome(keys(10))).toBe('parsed');
    expect(outcome(keys(11))).toBe('too-many-items');
    expect(outcome(JSON.stringify(items(10).map(() => items(4))))).toBe('parsed');
    expect(outcome(JSON.stringify(items(10).map(() => items(6))))).toBe('too-many-items');
    expect(outcome(`[${Array(60).fill('[]').join('')}]`)).toBe('too-many-items');
  });

  test('brackets and commas within strings do not count', () => {
    expect(outcome(JSON.stringify(`"${'[{,'.repeat(1_000)}\\`))).toBe('parsed');
    expect(outcome(JSON.stringify({ 'a",[': '\\"[[[[' }), { maxDepth: 1 })).toBe('parsed');
  });

  test('agrees with a count on the parsed value, whatever the JSON', () => {
    const size = (value: JsonValue): [depth: number, widest: number, total: number] => {
      if (typeof value !== 'object' || value === null) return [0, 0, 0];
      const members = Object.values(value).map(size);
      const most = (of: 0 | 1) => members.reduce((max, member) => Math.max(max, member[of]), 0);
      const own = Math.max(1, members.length);
      return [
        most(0) + 1,
        Math.max(members.length, most(1)),
        members.reduce((sum, member) => sum + member[2], own),
      ];
    };
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const [depth, widest, total] = size(JSON.parse(text));
        const exact = { maxDepth: depth, maxArrayItems: widest, maxObjectKeys: widest, maxValues: total };
        expect(outcome(text, exact)).toBe('parsed');
        if (depth > 0) expect(outcome(text, { ...exact, maxDepth: depth - 1 })).toBe('too-deep');
        if (total > 0) expect(outcome(text, { ...exact, maxValues: total - 1 })).toBe('too-many-items');
      }),
    );
  });
});

test.each(['', ' ', '{', '[1,]', '{"a"}', 'undefined', "{'a':1}", ']', '}{', '"open', '"\\', '1 2', 'NaN'])(
  '%j is not JSON',
  (text) => expect(outcome(text)).toBe('bad-json'),
);

test('bytes that are not UTF-8 are refused, a byte order mark is not', () => {
  expect(outcome(Uint8Array.of(0x22, 0xff, 0x22))).toBe('bad-json');
  expect(outcome('\ufeff{}')).toBe('parsed');
});

test('R2 keys that reach a prototype are dropped at every depth', () => {
  const text = `{"a":[{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}},"kept":1}],
    "prototype":1,"__proto__":{"isAdmin":true},"\\u005f_proto__":{"isAdmin":true}}`;
  const result = parseBoundedJson(Buffer.from(text), limits);
  expect(result).toEqual({ ok: true, value: { a: [{ kept: 1 }] } });
  const copy: { isAdmin?: boolean } = {};
  if (result.ok) Object.assign(copy, result.value, structuredClone(result.value));
  expect(copy.isAdmin).toBeUndefined();
  expect(Object.hasOwn({}, 'isAdmin')).toBe(false);
});
