import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicaliseJson } from './canonical-json.ts';

describe('canonicaliseJson', () => {
  test('the example of RFC 8785 section 3.2.2', () => {
    const document = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`);
    expect(canonicaliseJson(document)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  test('the order of keys of RFC 8785 section 3.2.3', () => {
    const keys = ['€', '\r', '\ufb33', '1', '\u{1f600}', '\u0080', 'ö'];
    const document = Object.fromEntries(keys.map((key, at) => [key, at]));
    const written = Object.keys(JSON.parse(canonicaliseJson(document)));
    // A number-like key comes first in any object of JavaScript, so the text is looked at.
    expect(written).toHaveLength(7);
    const text = canonicaliseJson(document);
    const order = ['\r', '1', '\u0080', 'ö', '€', '\u{1f600}', '\ufb33'].map((key) =>
      text.indexOf(`${JSON.stringify(key)}:`),
    );
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order).not.toContain(-1);
  });

  test('edges of numbers', () => {
    expect(canonicaliseJson(JSON.parse('[-0, 1e21, 1e20, 5e-324, 9007199254740993]'))).toBe(
      '[0,1e+21,100000000000000000000,5e-324,9007199254740992]',
    );
    expect(canonicaliseJson(JSON.parse('[1e999]'))).not.toBe(canonicaliseJson([null]));
  });

  test('says the same as the parser, whatever the order and the space', () => {
    const shuffle = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffle);
      if (typeof value !== 'object' || value === null) return value;
      const turned = Object.entries(value).toReversed();
      return Object.fromEntries(turned.map(([key, member]) => [key, shuffle(member)]));
    };
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value = JSON.parse(text);
        const canonical = canonicaliseJson(value);
        expect(canonicaliseJson(JSON.parse(canonical))).toBe(canonical);
        expect(JSON.stringify(JSON.parse(canonical)).length).toBe(canonical.length);
        expect(canonicaliseJson(JSON.parse(JSON.stringify(shuffle(value), null, 2)))).toBe(canonical);
      }),
    );
  });

  test('differs where values differ', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (a, b) => {
        const [x, y] = [JSON.parse(a), JSON.parse(b)];
        // Compared after a round trip, in which -0 becomes 0.
        const isSame = JSON.stringify(x) === JSON.stringify(y);
        if (isSame) expect(canonicaliseJson(x)).toBe(canonicaliseJson(y));
        if (canonicaliseJson(x) === canonicaliseJson(y))
          expect(JSON.parse(JSON.stringify(x))).toEqual(JSON.parse(JSON.stringify(y)));
      }),
    );
  });
});
