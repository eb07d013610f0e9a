import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createUrls, normaliseDomain } from './index.ts';

describe('S15 one spelling per domain', () => {
  test.each<[string, string | null]>([
    ['evil.test', 'evil.test'],
    ['  EVIL.Test ', 'evil.test'],
    ['evil.test.', 'evil.test'],
    ['evil.test:443', 'evil.test'],
    ['evil.test.:443', 'evil.test'],
    ['bücher.test', 'xn--bcher-kva.test'],
    ['XN--BCHER-KVA.test', 'xn--bcher-kva.test'],
    ['ｅｖｉｌ．ｔｅｓｔ', 'evil.test'],
    ['evil。test。', 'evil.test'],
    ['ev\u00adil.test', 'evil.test'],
    ['evil%2etest', null],
    ['evil.test\\x', null],
    ['evil.test#x', null],
    ['straße.test', 'xn--strae-oqa.test'],
    ['127.1', '127.0.0.1'],
    ['0x7f.0.0.1', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['[::1]', '[::1]'],
    ['[0:0::0:1]:8080', '[::1]'],
    ['[2001:DB8::1]', '[2001:db8::1]'],
    ['[::ffff:127.0.0.1]', '[::ffff:7f00:1]'],
    ['localhost', 'localhost'],
    ['a-b.test', 'a-b.test'],
    ['', null],
    ['.', null],
    ['..', null],
    ['a..b', null],
    ['.evil.test', null],
    ['evil.test..', null],
    ['-evil.test', null],
    ['ex ample', null],
    ['https://evil.test', null],
    ['evil.test/path', null],
    ['evil.test?x', null],
    ['user@evil.test', null],
    ['*.evil.test', null],
    ['[::1', null],
    ['[::1]x', null],
    ['[evil]', null],
    ['a\u0000b', null],
    ['a\nb', null],
    [`${'a'.repeat(260)}.test`, null],
  ])('%j: %s', (text, expected) => expect(normaliseDomain(text)).toBe(expected));

  test('is a fixed point, and never holds what is not a host', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.webAuthority(),
      fc.domain(),
      fc.ipV6(),
      fc.ipV4Extended(),
    );
    fc.assert(
      fc.property(text, (value) => {
        const name = normaliseDomain(value);
        if (name === null) return;
        expect(normaliseDomain(name)).toBe(name);
        expect(new URL(`http://${name}/`).hostname).toBe(name);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('addresses of ours', () => {
  const urls = createUrls('https://video.example');
  test.each<[string, boolean]>([
    ['https://video.example', true],
    ['https://video.example/', true],
    ['https://video.example/ap/users/1', true],
    ['https://video.example.evil.test/', false],
    ['https://video.example:8443/', false],
    ['http://video.example/', false],
    ['https://video.example@evil.test/', false],
    ['https://evil.test/https://video.example/', false],
    ['', false],
  ])('%s: %s', (uri, expected) => expect(urls.isOurs(uri)).toBe(expected));
});
