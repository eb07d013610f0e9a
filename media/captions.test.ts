import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { captionLimits } from '../config/media-limits.ts';
import { parseCaptions, writeCaptions } from './captions.ts';

const parse = (text: string, durationSeconds?: number) =>
  parseCaptions(Buffer.from(text), durationSeconds === undefined ? {} : { durationSeconds });

/** The file as it would be stored, or why it is refused. */
function normal(text: string, durationSeconds?: number): string {
  const parsed = parse(text, durationSeconds);
  return parsed.ok ? writeCaptions(parsed.cues) : parsed.reason;
}

const cue = (text: string) => `WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n${text}\n`;

describe('files', () => {
  test('WebVTT with everything in it', () => {
    const text = `\uFEFFWEBVTT - a title\r\nKind: captions\r\n\r\nSTYLE\r\n::cue { background: url(https://x.test/) }\r\n
NOTE a note\n\nREGION\nid:fred\n\nsecond\n00:03.500 --> 00:05.000 region:fred line:0 align:start onclick:alert(1) line:5\nLater\n
1\n00:01.000 --> 01:00:02.250\nFirst\nline\n`;
    expect(normal(text)).toBe(`WEBVTT

00:00:01.000 --> 01:00:02.250
First
line

00:00:03.500 --> 00:00:05.000 line:0 align:start
Later
`);
  });

  test('SubRip', () => {
    const text =
      '1\n00:00:01,000 --> 00:00:02,500  X1:40 X2:600\n<font color="red">Red</font> I <3 you\n\n2\n1:00:03,000 --> 1:00:04,000\n<b>Bold\n';
    expect(normal(text)).toBe(`WEBVTT

00:00:01.000 --> 00:00:02.500
Red I &lt;3 you

01:00:03.000 --> 01:00:04.000
<b>Bold</b>
`);
  });

  test.each([
    [
      'times',
      'WEBVTT\r\n\r\n\r\n1\r\n00:01 --> 00:02\r\nx',
      'Line 5: these times cannot be read: 00:01 --> 00:02',
    ],
    ['an order', '\n1\n00:00:02,000 --> 00:00:01,000\nx', 'Line 3: this caption ends before it starts: '],
    [
      'a size',
      cue('x\n'.repeat(captionLimits.maxLines + 1)),
      'Line 3: this caption is too large. At most 10 ',
    ],
  ])('a refusal of %s names the line', (_what, text, sentence) => {
    const parsed = parse(text);
    expect(parsed.ok ? '' : parsed.detail).toContain(sentence);
  });

  test.each([
    ['nothing', '', 'not-captions'],
    ['a page', '<!doctype html>\n<script>alert(1)</script>', 'not-captions'],
    ['a zero byte', 'WEBVTT\n\n00:01.000 --> 00:02.000\na\0b', 'not-captions'],
    ['a header alone', 'WEBVTT\n', 'no-cues'],
    ['empty cues', cue('<x>'), 'no-cues'],
    ['no number as a time', 'WEBVTT\n\nsoon --> later\nx', 'bad-time'],
    ['61 seconds', 'WEBVTT\n\n00:61.000 --> 01:02.000\nx', 'bad-time'],
    ['an end before its start', 'WEBVTT\n\n00:02.000 --> 00:01.000\nx', 'bad-time'],
    ['an end at its start', 'WEBVTT\n\n00:02.000 --> 00:02.000\nx', 'bad-time'],
    ['too much that is not shown', cue(`<script>${'<!--'.repeat(1_600)}`), 'captions-too-large'],
    ['too many lines', cue('x\n'.repeat(captionLimits.maxLines + 1)), 'captions-too-large'],
    ['too long a line', cue('x'.repeat(captionLimits.maxLineCharacters + 1)), 'captions-too-large'],
    [
      'too many cues',
      `WEBVTT\n\n${'00:01.000 --> 00:02.000\nx\n\n'.repeat(captionLimits.maxCues + 1)}`,
      'captions-too-large',
    ],
    [
      'too much when it is escaped',
      `WEBVTT\n\n${`00:01.000 --> 00:02.000\n${'&'.repeat(99)}\n${'&'.repeat(99)}\n\n`.repeat(2_000)}`,
      'captions-too-large',
    ],
    ['too many bytes', `WEBVTT\n\nNOTE ${'x'.repeat(captionLimits.maxBytes)}`, 'captions-too-large'],
  ])('%s is refused', (_name, text, reason) => {
    expect(normal(text)).toBe(reason);
  });

  test('text that is not UTF-8 is refused', () => {
    expect(parseCaptions(Buffer.from(cue('\xe4'), 'latin1'))).toMatchObject({
      ok: false,
      reason: 'not-captions',
    });
  });

  test('no caption goes on after the video', () => {
    const text = 'WEBVTT\n\n00:01.000 --> 00:09.000\na\n\n00:05.000 --> 00:06.000\nb';
    expect(normal(text, 5)).toBe('WEBVTT\n\n00:00:01.000 --> 00:00:05.000\na\n');
    expect(normal(text, 1)).toBe('no-cues');
  });
});

describe('markup', () => {
  test.each([
    ['<b>a</b> <i>b</i> <u>c</u>', '<b>a</b> <i>b</i> <u>c</u>'],
    ['<c.yellow.bg_blue>x</c>', '<c.yellow.bg_blue>x</c>'],
    ['<c.a"b.ok>x</c>', '<c.ok>x</c>'],
    ['<v.loud  Mary & "Jo">Hi</v>', '<v.loud Mary &amp; "Jo">Hi</v>'],
    ['<v>nobody</v>', 'nobody'],
    ['<lang en-GB>colour</lang><lang "x>y</lang>', '<lang en-GB>colour</lang>y'],
    ['<b onclick="alert(1)">x</b>', '<b>x</b>'],
    ['<script>alert(1)</script>x<SCRIPT src=y>', 'x'],
    ['a<style>p{}</style >b<img src=x onerror=alert(1)>c', 'abc'],
    ['<scr<script></script>ipt>alert(1)', '&lt;script&gt;alert(1)'.replace('&lt;script&gt;', '')],
    ['<!-- c --><00:00:01.500>x<ruby>y<rt>z</rt></ruby>', 'xyz'],
    ['&lt;script&gt; &amp;lt; &#60;b&#62; &copy;', '&lt;script&gt; &amp;lt; &lt;b&gt; &amp;copy;'],
    ['a <b>b <i>c</b> d</i>', 'a <b>b <i>c d</i></b>'],
    ['</b>x', 'x'],
    ['a < b > c & d --> e', 'a &lt; b &gt; c &amp; d --&gt; e'],
    ['\u202btext\u00a0\u200f', '\u202btext&nbsp;&rlm;'],
    ['a\u0007b&#0;&#x1b;&#xd800;c', 'a bc'],
  ])('%j becomes %j', (given, expected) => {
    expect(normal(cue(given))).toBe(`WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n${expected}\n`);
  });

  test('nesting is bounded', () => {
    expect(normal(cue(`${'<b>'.repeat(50)}x`))).toContain(
      `\n${'<b>'.repeat(captionLimits.maxNestedTags)}x</b>`,
    );
  });
});

const pieces = fc.constantFrom(
  ...[
    '<b>',
    '</b>',
    '<i.x>',
    '</i>',
    '<v A>',
    '</v>',
    '<lang de>',
    '<',
    '>',
    '&',
    '&lt;',
    '&amp;',
    '&#60;',
    '\n',
    '\n\n',
  ],
  ...[
    '-->',
    '<script>',
    '</script>',
    '<style>',
    '<!--',
    '-->',
    '<00:01.000>',
    ' ',
    '\u00a0',
    '\u200e',
    '\r',
    '\t',
    'NOTE',
    'x',
  ],
  ...[
    '00:00:01.000 --> 00:00:02.000',
    '00:03,000 --> 00:04,000 line:1',
    '1',
    '\u2028',
    '\u0085',
    '\ufeff',
    '<c',
    '="',
  ],
);
const texts = fc
  .array(fc.oneof(pieces, fc.string({ unit: 'binary' })), { maxLength: 40 })
  .map((all) => all.join(''));

test('the largest cue there can be is read again', () => {
  const full = `${'x'.repeat(captionLimits.maxLineCharacters)}\n`.repeat(captionLimits.maxLines);
  const written = normal(cue(full));
  expect(normal(written)).toBe(written);
});

test('a file full of open comments costs no more than others', () => {
  const hostile = `00:01.000 --> 00:02.000\n${'<!--'.repeat(60)}\n\n`.repeat(1_000);
  expect(normal(`WEBVTT\n\n${hostile}`)).toContain('&lt;!--&lt;!--');
});

test('whatever comes in, it never throws, and what comes out is read again as the same', () => {
  fc.assert(
    fc.property(texts, fc.boolean(), (text, asCue) => {
      const parsed = parse(asCue ? cue(text) : text);
      if (!parsed.ok) return;
      const written = writeCaptions(parsed.cues);
      const again = parse(written);
      expect(again).toEqual(parsed);
      expect(written).not.toMatch(/<(?!\/?(?:b|i|u|c|v|lang)[\s.>])/);
      expect(written.replace(/^.*-->.*$/gm, '')).not.toContain('-->');
    }),
    { numRuns: 1_000 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => parseCaptions(bytes).ok !== undefined));
});
