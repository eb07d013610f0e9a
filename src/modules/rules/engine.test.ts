import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, test } from 'vitest';
import { excerpt, normal, regexPattern, wordsPattern } from './engine.ts';

const words = (...list: string[]) => {
  const made = wordsPattern(list);
  if (!made.ok) throw new Error(made.detail);
  return made.pattern;
};
const regex = (source: string) => {
  const made = regexPattern(source);
  if (!made.ok) throw new Error(made.detail);
  return made.pattern;
};
const finds = (pattern: ReturnType<typeof words>, text: string) => pattern.find(normal(text)) !== null;

describe('words', () => {
  test.each([
    ['replica', 'Cheap REPLICA watches', true],
    ['replica', 'replicas', false],
    ['replica*', 'replicas', true],
    ['*watch', 'smartwatch!', true],
    ['*watch', 'watches', false],
    ['größe', 'Die GRÖSSE', false],
    ['größe', 'die Größe.', true],
    ['buy now', 'Please buy now!', true],
    ['スパム', 'これはスパムです', true],
    ['spam.example', 'www.spam.example', true],
    ['spam.example', 'notspam.example', false],
    ['spam.example', 'spamxexample', false],
    // Hidden by signs that show nothing, by full width, by styled letters, by NUL.
    ['replica', 're\u200bpli\u00adca', true],
    ['replica', 'ｒｅｐｌｉｃａ', true],
    ['replica', '𝐫𝐞𝐩𝐥𝐢𝐜𝐚', true],
    ['replica', 're\0plica', true],
  ])('%s in “%s”: %s', (word, text, expected) => {
    expect(finds(words(word), text)).toBe(expected);
  });

  test('any of many is found, and what stands around it is told', () => {
    const pattern = words('one', 'two', 'three');
    const text = normal(`${'x '.repeat(200)} and two\nand ${'y '.repeat(200)}`);
    const found = pattern.find(text);
    expect(found && excerpt(text, found)).toMatch(/^(x )+and two and (y ?)+$/);
  });

  test('a word with the signs of an expression is taken as it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 30 }), (word) => {
        const core = normal(word).trim().replaceAll('*', '');
        fc.pre(core !== '' && !word.includes('*'));
        expect(finds(words(word), `before ${word} behind`)).toBe(true);
      }),
    );
  });

  test('nothing but stars is no word', () => {
    expect(wordsPattern(['*', ' ** '])).toMatchObject({ ok: false, reason: 'rule-invalid' });
  });
});

describe('expressions', () => {
  test.each(['(?=a)b', '(a)\\1', '(?<!a)b', '[', '*', 'a{1000000}', '(?:a{1000}){1000}'])(
    '%s is refused with a sentence',
    (source) => {
      expect(regexPattern(source)).toMatchObject({
        ok: false,
        reason: 'rule-invalid',
        detail: expect.any(String),
      });
    },
  );

  test('one that would find everything is refused', () => {
    expect(regexPattern('a*')).toMatchObject({ ok: false, detail: expect.stringContaining('every text') });
  });

  test('case does not matter, and lines have their own ends', () => {
    expect(finds(regex('^free money$'), 'Hello\nFREE Money\nbye')).toBe(true);
  });

  test('whatever the source, it is compiled or refused, and whatever the text, it is read', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.string({ unit: 'binary', maxLength: 300 }),
        (source, text) => {
          const made = regexPattern(source);
          if (!made.ok) return;
          const read = normal(text);
          const found = made.pattern.find(read);
          if (found) expect(found.start <= found.end && found.end <= read.length).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** How often the engine looks at a sign of a text: the unit of its work, on any machine. */
function looksAt(pattern: ReturnType<typeof words>, text: string): number {
  let looks = 0;
  const original = { codePointAt: String.prototype.codePointAt, charCodeAt: String.prototype.charCodeAt };
  String.prototype.codePointAt = function counted(at) {
    looks += 1;
    return original.codePointAt.call(this, at);
  };
  String.prototype.charCodeAt = function counted(at) {
    looks += 1;
    return original.charCodeAt.call(this, at);
  };
  try {
    pattern.find(text);
  } finally {
    Object.assign(String.prototype, original);
  }
  return looks;
}

describe('the time of a search', () => {
  const hostile = [
    '(a+)+$',
    '(a|a)*b',
    '(x+x+)+y',
    '(.*)*z',
    '(?:a?){30}a{30}b',
    '(\\w+\\s?)+!',
    '(a*)*(a*)*(a*)*c',
  ];

  test.each(hostile)('%s takes a bounded number of looks for each sign', (source) => {
    const compiled = regex(source);
    for (const unit of ['a', 'x', 'a ', 'äß']) {
      const short = looksAt(compiled, unit.repeat(500));
      const long = looksAt(compiled, unit.repeat(4_000));
      expect(short).toBeGreaterThan(0);
      // Eight times the text: eight times the looks, and a little for where it begins.
      expect(long, unit).toBeLessThanOrEqual(9 * short + 64);
    }
  });

  test('the measure sees an engine that looks back', () => {
    // A needle without any program: its looks are quadratic when it starts anew at every place.
    const quadratic = {
      size: 1,
      find(text: string) {
        for (let from = 0; from < text.length; from += 1) {
          for (let at = from; at < text.length && text.charCodeAt(at) === 97; at += 1);
        }
        return null;
      },
    };
    expect(looksAt(quadratic, 'a'.repeat(4_000))).toBeGreaterThan(
      9 * looksAt(quadratic, 'a'.repeat(500)) + 64,
    );
  });

  test('a text is cut to what is read', () => {
    expect(normal('a'.repeat(10_000_000)).length).toBe(20_000);
    expect(RE2JS.compile('b').test(normal('a'.repeat(10_000_000)))).toBe(false);
  });
});
