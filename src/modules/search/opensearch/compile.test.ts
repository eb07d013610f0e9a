import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AccountId, VideoId } from '../../../lib/ids.ts';
import { ok } from '../../../lib/result.ts';
import { lexeme } from '../postgres/marks.ts';
import { parseQuery } from '../query.ts';
import type { VideoQuery } from '../search-index.ts';
import { engineQuery, searchBody } from './compile.ts';
import { tell } from './telling.ts';
import { inARow, wordOf } from './words.ts';

/** Text with everything that ends a value in one of the languages on the way: JSON, lines of a bulk request, `tsquery`. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        '"',
        "'",
        '\\',
        '\n',
        '\r',
        '{',
        '}',
        ':',
        '<->',
        "''",
        '\u2028',
        '#',
        '*',
        ' ',
        'wood',
        '}}]',
      ),
      { maxLength: 20 },
    )
    .map((parts) => parts.join('')),
);

/** Whatever is named in a query: all of it is ours. */
const NAMES = new Set(
  `function_score query bool must filter must_not should minimum_should_match match_all functions weight exp published
   origin scale decay field_value_factor field factor missing score_mode boost_mode dis_max queries constant_score boost
   terms term match_phrase caption aside spoken range gte lt lte tags has local language author seconds
   size sort _score id search_after track_scores track_total_hits _source timeout`.split(/\s+/),
);

function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...namesIn(inner)]);
}

/** Words as PostgreSQL would give them: each text by itself, and two in a row. */
function understood(text: string) {
  const said = `${lexeme(text)} <-> ${lexeme(`${text}s`)} <3> ${lexeme('wood')}`;
  return {
    forms: [said, lexeme(text)].map((form) => ({ said: form, pairs: [] })),
    isFiller: false,
    completions: [text],
  };
}

test('whatever somebody writes is a value, and comes out of the JSON as it went in', () => {
  fc.assert(
    fc.property(hostile, fc.array(hostile, { maxLength: 4 }), (text, more) => {
      const tokens = parseQuery(
        `from:a #sea -"${text}" ${text} ${more.join(' ')} language:de -language:${text}`,
      );
      const query: VideoQuery = {
        tokens: tokens.filter((token) => token.kind !== 'from'),
        ...{ authors: [text as AccountId], notAuthors: [text as AccountId], languages: [], asOf: 1_000 },
        below: { id: '7' as VideoId, score: 1.5 },
      };
      const texts = query.tokens.flatMap((token) =>
        token.kind === 'word' || token.kind === 'phrase' ? [understood(token.text)] : [],
      );
      const compiled = engineQuery(query, texts);
      if (compiled === null) return;
      const body = JSON.parse(JSON.stringify(searchBody(compiled, query)));
      expect(namesIn(body).filter((name) => !NAMES.has(name))).toEqual([]);
      // What stands for a name somewhere else in OpenSearch's language is none of these.
      expect(namesIn(body)).not.toContain('query_string');
    }),
    { numRuns: 500 },
  );
});

test('words of a tsquery are read as PostgreSQL wrote them', () => {
  const word = fc.stringMatching(/^[^\s@]{1,30}$/u);
  fc.assert(
    fc.property(word, word, fc.integer({ min: 1, max: 4 }), (one, two, distance) => {
      const said = `${lexeme(one)} ${distance === 1 ? '<->' : `<${distance}>`} ${lexeme(two)}`;
      expect(inARow(said).split(' ')).toEqual([one, ...Array(distance - 1).fill('@'), two]);
    }),
    { numRuns: 500 },
  );
});

test('a document is two lines of a bulk request, whatever stands in it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(hostile, { minLength: 1, maxLength: 5 }), async (texts) => {
      const sent: string[] = [];
      const poster = {
        ask: async ({ body = '' }: { body?: string }) => {
          sent.push(body);
          const items = texts.map((_, at) => ({ index: { _id: String(at), status: 201 } }));
          return ok({ status: 200, body: Buffer.from(JSON.stringify({ items })) });
        },
      };
      const told = texts.map((text, at) => ({
        ...{ id: String(at + 1) as VideoId, version: at + 1 },
        document: {
          ...{
            id: String(at + 1) as VideoId,
            caption: text,
            aside: text,
            spoken: text,
            author: text,
            local: true,
          },
          ...{ language: text, tags: [wordOf(text)], has: [], published: 1, seconds: null, popularity: 0 },
        },
      }));
      const engine = { url: 'http://engine.test', prefix: 'vireo', login: null };
      const outcome = await tell(
        { config: { search: { driver: 'opensearch', engine } }, poster },
        ['a'],
        told,
      );
      expect(outcome.ok).toBe(true);
      const lines = sent.join('').split('\n');
      expect(lines).toHaveLength(texts.length * 2 + 1);
      expect(lines.filter((_, at) => at % 2 === 1).map((line) => JSON.parse(line).caption)).toEqual(texts);
    }),
  );
});
