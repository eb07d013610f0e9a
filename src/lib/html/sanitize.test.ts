import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import { describe, expect, test } from 'vitest';
import { linesOfHtml, sanitizeRemoteHtml, textOfHtml } from './sanitize.ts';

const MAX = 200_000;
const clean = (html: string) => sanitizeRemoteHtml(html, MAX);

const TAGS = 'p|br|a|span|strong|em|b|i|del|ul|ol|li|blockquote|code|pre';
const LINK = 'a(?: href="https?://[^"<>\\s]+" rel="nofollow noopener noreferrer" target="_blank")?';
/**
 * The only markup that may come out. Every parser reads this small language alike, so nothing can mean one
 * thing to the sanitiser and another to a browser (mutation XSS).
 */
const STRICT = new RegExp(`^(?:[^<>]|<(?:${LINK}|(?!a[ >])(?:${TAGS})(?: /)?)>|</(?:${TAGS})>)*$`, 'u');

function elementsOf(html: string): string[] {
  const names: string[] = [];
  const parser = new Parser({
    onopentagname: (name) => names.push(name),
    onattribute: (name, value) => {
      if (name === 'href') expect(value).toMatch(/^https?:\/\//);
      expect(['href', 'rel', 'target']).toContain(name);
    },
    oncomment: () => names.push('!--'),
  });
  parser.end(html);
  return names;
}

function expectSafe(html: string): void {
  expect(html).toMatch(STRICT);
  for (const name of elementsOf(html)) expect(TAGS.split('|')).toContain(name);
}

/** Ways to smuggle a script past a sanitiser, after the public collections of such payloads. */
const payloads = [
  '<script>alert(1)</script>',
  '<ScRiPt src=//evil.test></sCrIpT>',
  '<script\n>alert(1)</script\n>',
  '<<script>alert(1)//<</script>',
  '<scr<script>ipt>alert(1)</scr</script>ipt>',
  '<img src=x onerror=alert(1)>',
  '<img src="x` `<script>alert(1)</script>"` `>',
  '<p onclick=alert(1) style="position:fixed;inset:0" class="modal" id="root">x</p>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="JaVaScRiPt:alert(1)">x</a>',
  '<a href=" &#14; javascript:alert(1)">x</a>',
  '<a href="java\tscript:alert(1)">x</a>',
  '<a href="java\nscript:alert(1)">x</a>',
  '<a href="&#106;avascript&colon;alert(1)">x</a>',
  '<a href="&#0000106avascript:alert(1)">x</a>',
  '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>',
  '<a href="vbscript:msgbox(1)">x</a>',
  '<a href="blob:https://video.example/1">x</a>',
  '<a href="file:///etc/passwd">x</a>',
  '<a href="feed:javascript:alert(1)">x</a>',
  '<a href="//evil.test/x">x</a>',
  '<a href="/settings/delete">x</a>',
  '<a href="\\\\evil.test">x</a>',
  '<a href="settings">x</a>',
  '<a href="?next=evil">x</a>',
  '<a href="https:evil.test">x</a>',
  '<a href="https://">x</a>',
  '<a href="https://x.test/" target="_self" rel="me" ping="//evil.test" download>x</a>',
  '<a href=https://x.test/onmouseover=alert(1)//>x</a>',
  '<a href="https://x.test/&quot;onmouseover=&quot;alert(1)">x</a>',
  "<a href='https://x.test/\"><script>alert(1)</script>'>x</a>",
  '<svg onload=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '<svg><style><img src=x onerror=alert(1)></style></svg>',
  '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
  '<svg><animate attributeName=href values=javascript:alert(1) /><a id=x>',
  '<svg></p><style><a title="</style><img src=x onerror=alert(1)>">',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<math><mi//xlink:href="data:x,<script>alert(1)</script>">',
  '<math href="javascript:alert(1)">x</math>',
  '<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror=alert(1) src>">',
  '<style>@import "//evil.test/x.css";</style>',
  '<style><!--</style><img src=x onerror=alert(1)>-->',
  '<link rel=stylesheet href=//evil.test>',
  '<meta http-equiv=refresh content="0;url=javascript:alert(1)">',
  '<base href="//evil.test/">',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<iframe src="javascript:alert(1)"></iframe>',
  '<object data="javascript:alert(1)"></object><embed src="javascript:alert(1)">',
  '<form action="javascript:alert(1)"><button formaction="javascript:alert(1)">x</button></form>',
  '<input autofocus onfocus=alert(1)><select autofocus onfocus=alert(1)><textarea autofocus onfocus=alert(1)>',
  '<video><source onerror=alert(1)></video><audio src=x onerror=alert(1)>',
  '<details open ontoggle=alert(1)>x</details>',
  '<marquee onstart=alert(1)>x</marquee>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<textarea><p title="</textarea><img src=x onerror=alert(1)>">',
  '<title><p title="</title><img src=x onerror=alert(1)>">',
  '<xmp><p title="</xmp><img src=x onerror=alert(1)>">',
  '<plaintext><script>alert(1)</script>',
  '<noembed><p title="</noembed><img src=x onerror=alert(1)>"></noembed>',
  '<template><script>alert(1)</script></template>',
  '<select><option><style></option></select><b><script>alert(1)</script></style></option></select></b>',
  '<!--><img src=x onerror=alert(1)>-->',
  '<!-- --!><img src=x onerror=alert(1)> -->',
  '<!--[if IE]><script>alert(1)</script><![endif]-->',
  '<![CDATA[<script>alert(1)</script>]]>',
  '<?xml version="1.0"?><script>alert(1)</script>',
  '<!DOCTYPE html><html><body onload=alert(1)>',
  '<p/onclick=alert(1)>x',
  '<p \u0000onclick=alert(1)>x',
  '<\u0000script>alert(1)</script>',
  '<a href="https://x.test" <b onclick=x>y</b></a>',
  '</p><p></div></body><script>alert(1)',
  '<p><a href="https://x.test/',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '&#60;script&#62;alert(1)&#60;/script&#62;',
  '&ltscript&gtalert(1)',
  '\ud83d<script>alert(1)</script>\ude00',
];

describe('W1 HTML from other servers', () => {
  test.each(payloads)('%j', (payload) => {
    for (const html of [payload, `<p>a ${payload} b</p>`, `<ul><li><a href="https://x.test/">${payload}`]) {
      const safe = clean(html);
      expectSafe(safe);
      expect(clean(safe)).toBe(safe);
    }
  });

  const pieces = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...payloads) },
    fc.constantFrom(...TAGS.split('|').flatMap((tag) => [`<${tag}>`, `</${tag}>`, `<${tag}`, `<${tag}/`])),
    fc.constantFrom('<', '>', '"', "'", '`', '=', '/', '&', '&#', ';', '<!--', '-->', '\u0000', '\n', ' '),
    fc.string({ unit: 'binary', maxLength: 10 }),
  );
  const hostile = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));

  test('any mixture of such pieces: only the small language comes out, and cleaning again changes nothing', () => {
    fc.assert(
      fc.property(hostile, (html) => {
        const safe = clean(html);
        expectSafe(safe);
        expect(clean(safe)).toBe(safe);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each<[string, string]>([
    ['<p>one<br>two</p>', '<p>one<br />two</p>'],
    ['<p>a &amp; b &lt; c</p>', '<p>a &amp; b &lt; c</p>'],
    ['<h1>Title</h1><p>x</p>', 'Title<p>x</p>'],
    ['<b>b</b><i>i</i><del>d</del><code>c</code>', '<b>b</b><i>i</i><del>d</del><code>c</code>'],
    [
      '<p><a href="https://a.test/@bo" class="u-url mention">@<span>bo</span></a></p>',
      '<p><a href="https://a.test/@bo" rel="nofollow noopener noreferrer" target="_blank">@<span>bo</span></a></p>',
    ],
    [
      '<a href="HTTPS://A.test/?q=1&amp;r=é#f">x</a>',
      '<a href="https://a.test/?q=1&amp;r=%C3%A9#f" rel="nofollow noopener noreferrer" target="_blank">x</a>',
    ],
  ])('what is harmless stays: %s', (html, expected) => expect(clean(html)).toBe(expected));

  test('W2 nothing hidden: no classes, no styles', () => {
    expect(clean('<span class="invisible" style="display:none">https://</span>')).toBe(
      '<span>https://</span>',
    );
  });

  test('input is cut before it is parsed', () => {
    expect(sanitizeRemoteHtml(`${'a'.repeat(10)}<b>bold</b>`, 12)).toBe('a'.repeat(10));
    expectSafe(sanitizeRemoteHtml('<p><a href="https://x.test/">link</a></p>', 20));
  });

  test('nesting is cut', () => {
    const deep = clean(`${'<blockquote>'.repeat(5_000)}x${'</blockquote>'.repeat(5_000)}`);
    expect(deep.split('<blockquote>').length - 1).toBeLessThanOrEqual(20);
    expect(deep).toContain('x');
  });
});

describe('R8 long input', () => {
  const size = 50_000;
  test.each([
    '<'.repeat(size),
    '<a'.repeat(size / 2),
    '<a href="'.repeat(size / 9),
    '<p '.repeat(size / 3),
    `<p ${'a '.repeat(size / 2)}>`,
    '<!--'.repeat(size / 4),
    '&'.repeat(size),
    '&#'.repeat(size / 2),
    '<b>'.repeat(size / 3),
    '</b>'.repeat(size / 4),
    `<a href="${'javascript:'.repeat(size / 11)}">`,
    `<a href="${' '.repeat(size)}javascript:">`,
    '<script>'.repeat(size / 8),
    '<br'.repeat(size / 3),
    '<br '.repeat(size / 4),
  ])('%#', (html) => {
    expectSafe(clean(html));
    textOfHtml(html, size);
  });
});

describe('the text of HTML', () => {
  test.each<[string, string]>([
    ['<p>one</p><p>two</p>', 'one two'],
    ['one<br>two<br/>three', 'one two three'],
    ['<ul><li>a</li><li>b</li></ul>', 'a b'],
    ['  a \n\t b  ', 'a b'],
    ['a &amp; b &lt;c&gt; &quot;d&quot; &#39;e&#39; &eacute;', 'a & b <c> "d" \'e\' é'],
    ['&amp;lt;b&amp;gt;', '&lt;b&gt;'],
    ['<script>alert(1)</script>x<style>y</style>', 'x'],
    ['<b>bold</b>ly', 'boldly'],
  ])('%s', (html, expected) => expect(textOfHtml(html, MAX)).toBe(expected));

  test('input is cut before it is parsed', () => {
    expect(textOfHtml('<p>one</p><p>two</p>', 10)).toBe('one');
  });
});

describe('the lines of HTML', () => {
  test.each<[string, string]>([
    ['<p>one</p><p>two</p>', 'one\n\ntwo'],
    ['<p>one<br>two<br/>three</p>\n<p>four</p>', 'one\ntwo\nthree\n\nfour'],
    ['<ul><li>a</li><li>b</li></ul>c', 'a\nb\n\nc'],
    ['  a \n\t b  ', 'a b'],
    ['a &amp;lt; b <b>c</b><script>alert(1)</script>', 'a &lt; b c'],
    ['<a href="https://a.test/x">#clip</a>', '#clip'],
  ])('%s', (html, expected) => expect(linesOfHtml(html, MAX)).toBe(expected));

  test('input is cut before it is parsed', () => {
    expect(linesOfHtml('<p>one</p><p>two</p>', 10)).toBe('one');
  });
});
