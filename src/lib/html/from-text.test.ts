import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import { describe, expect, test } from 'vitest';
import { videoLimits } from '../../../config/limits.ts';
import { escapeHtml, hashtagsOf, htmlFromText } from './from-text.ts';

const tagUrl = (name: string) => `https://video.example/tag/${encodeURIComponent(name)}`;
const html = (text: string) => htmlFromText(text, { tagUrl });

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What a parser that knows nothing of how the text was made finds in it. */
function parsed(markup: string): { elements: Element[]; text: string } {
  const elements: Element[] = [];
  let text = '';
  const parser = new Parser({
    onopentag: (name, attributes) => {
      elements.push({ name, attributes });
      if (name === 'br') text += '\n';
    },
    ontext: (part) => {
      text += part;
    },
    oncomment: () => elements.push({ name: '!--', attributes: {} }),
    onprocessinginstruction: (name) => elements.push({ name, attributes: {} }),
  });
  parser.end(markup);
  return { elements, text };
}

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  p: [],
  br: [],
  span: [],
  a: ['href', 'rel', 'target', 'class'],
};

function expectHarmless(markup: string): void {
  for (const { name, attributes } of parsed(markup).elements) {
    const allowed = ALLOWED[name];
    expect(allowed, `<${name}> in ${markup}`).toBeDefined();
    for (const key of Object.keys(attributes)) expect(allowed).toContain(key);
    if (name === 'a') expect(attributes.href).toMatch(/^https?:\/\//i);
  }
}

const hostile = fc.constantFrom(
  ...[
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<!--',
    '-->',
    '<![CDATA[',
    '&lt;',
    '&#60;',
  ],
  ...['"><svg/onload=alert(1)>', "' onmouseover='", '`', '<p', '</p>', '<br', '\u0000', '\u2028', '\ud800'],
  ...[
    'https://x.test/"onclick="',
    'https://x.test/<b>',
    "http://x.test/'",
    'javascript:alert(1)',
    '#tag',
    '#<b',
  ],
  ...['data:text/html,<script>', '//evil.test', 'mailto:a@b.test', 'ftp://x.test', 'https://a@b@c.test/'],
);
const text = fc
  .array(fc.oneof(hostile, fc.string({ unit: 'grapheme', maxLength: 12 }), fc.string({ unit: 'binary' })), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

describe('W1 text becomes harmless HTML', () => {
  test('any text: only our own elements and attributes', () => {
    fc.assert(
      fc.property(text, (value) => expectHarmless(html(value))),
      { numRuns: 500 },
    );
  });

  test('any text reads as it was written', () => {
    const words = (value: string) => value.replace(/\s+/g, '');
    fc.assert(
      fc.property(text, (value) => {
        // htmlparser2 shows NUL and half characters as they are, and so do we.
        expect(words(parsed(html(value)).text)).toBe(words(value));
      }),
      { numRuns: 500 },
    );
  });

  test.each<[string, string]>([
    ['', ''],
    [' \n\n ', ''],
    ['one', '<p>one</p>'],
    ['one\ntwo', '<p>one<br>two</p>'],
    ['one\r\n\r\ntwo\rthree', '<p>one</p><p>two<br>three</p>'],
    ['a\n\n\n\n\nb', '<p>a</p><p>b</p>'],
    ['a < b & c > "d" \'e\'', '<p>a &#60; b &#38; c &#62; &#34;d&#34; &#39;e&#39;</p>'],
    ['&lt;b&gt;', '<p>&#38;lt;b&#38;gt;</p>'],
    [
      'see https://x.test/a?b=1&c=2.',
      '<p>see <a href="https://x.test/a?b=1&#38;c=2" rel="nofollow noopener noreferrer" target="_blank">https://x.test/a?b=1&#38;c=2</a>.</p>',
    ],
    [
      '#Sea',
      '<p><a href="https://video.example/tag/Sea" class="mention hashtag" rel="tag">#<span>Sea</span></a></p>',
    ],
  ])('%j', (value, expected) => expect(html(value)).toBe(expected));

  test.each([
    'javascript:alert(1)',
    '//evil.test',
    'example.com',
    'mailto:a@b.test',
    'ftp://x.test/',
    'a@b.test',
  ])('no link is made of %s', (value) => expect(html(`see ${value} here`)).not.toContain('<a'));

  test('whatever the address of a tag is, it stays inside its attribute', () => {
    expectHarmless(htmlFromText('#tag', { tagUrl: () => 'https://x.test/"><script>' }));
  });

  test('escaped text stays text in an attribute too', () => {
    const [element] = parsed(`<p title="${escapeHtml('"><script>\'&')}">`).elements;
    expect(element).toEqual({ name: 'p', attributes: { title: '"><script>\'&' } });
  });
});

describe('hashtags', () => {
  test.each<[string, string[]]>([
    ['#one and #two', ['one', 'two']],
    ['#Same #same #SAME', ['Same']],
    ['#café #Zürich #日本語 #москва #türkçe', ['café', 'Zürich', '日本語', 'москва', 'türkçe']],
    // Vowel signs and accents of their own are parts of words in many scripts.
    ['#हिन्दी #ไทย #தமிழ்', ['हिन्दी', 'ไทย', 'தமிழ்']],
    ['#cafe\u0301', ['cafe\u0301']],
    ['(#brackets), #comma, #dot. "#quoted"', ['brackets', 'comma', 'dot', 'quoted']],
    ['#snake_case #2024clips', ['snake_case', '2024clips']],
    ['# #- #! ## #1 #2024 #_ #️⃣', []],
    ['in#word é#word _#word 1#word हि#word', []],
    ['&#60; &#x3c;b', []],
    ['https://x.test/#part https://x.test/a#part https://x.test/?a=#part&b', []],
    ['http://x.test/path;#part', []],
    ['https://x.test/ #after', ['after']],
    ['##double', []],
    ['#a#b', ['a']],
    [`#${'x'.repeat(100)}`, ['x'.repeat(100)]],
  ])('%s', (value, expected) => {
    expect(hashtagsOf(value)).toEqual(expected);
    const links = parsed(html(value)).elements.filter((element) => element.attributes.rel === 'tag');
    // The text shows each time it is written; the list names each once.
    const hrefs = [...new Set(links.map((link) => link.attributes.href?.toLowerCase()))];
    expect(hrefs).toEqual(expected.map((name) => tagUrl(name).toLowerCase()));
  });

  test('the list and the links agree on any text', () => {
    fc.assert(
      fc.property(text, (value) => {
        const linked = parsed(html(value)).elements.filter((element) => element.attributes.rel === 'tag');
        const names = linked.map((link) =>
          decodeURIComponent(link.attributes.href?.slice(tagUrl('').length) ?? ''),
        );
        expect(hashtagsOf(value)).toEqual(
          [...new Map(names.toReversed().map((name) => [name.toLowerCase(), name])).values()].toReversed(),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('R8 long captions', () => {
  const size = videoLimits.maxCaptionCharacters;
  test.each([
    '#'.repeat(size),
    '#a'.repeat(size / 2),
    'a'.repeat(size),
    'http://'.repeat(size / 7),
    'https://a.'.repeat(size / 10),
    'https://a/('.repeat(size / 11),
    `https://${'a.'.repeat(size / 2)}`,
    `https://a.test/${'('.repeat(size)}`,
    `https://a.test/${'&amp;'.repeat(size / 5)}`,
    '@'.repeat(size),
    '\n'.repeat(size),
    '\n \n'.repeat(size / 3),
    '&'.repeat(size),
    'e\u0301'.repeat(size / 2),
  ])('%#', (value) => expectHarmless(html(value)));
});
