import { searchLimits, searchRank } from '../../../../config/search-limits.ts';
import type { Understood } from '../postgres/compile.ts';
import { isEmptyRange, isText, meaningful, rangesOf } from '../postgres/compile.ts';
import type { VideoQuery } from '../search-index.ts';
import { inARow, wordOf } from './words.ts';

/** A part of a query in OpenSearch's language. Whatever people wrote stands in it as a value, never as a name or an operator. */
export type Clause = { readonly [name: string]: unknown };

/** Fields with what a word in them counts: PostgreSQL's weights A, B and C. */
const [, ofSpoken, ofAside, ofCaption] = searchRank.weights;
const FIELDS = [
  ['caption', ofCaption],
  ['aside', ofAside],
  ['spoken', ofSpoken],
] as const;

/**
 * What the engine is asked for: the words as PostgreSQL understood them, one for each text of the query, in the same order; null where there
 * is nothing that a document could have. Scores depend on the document and the moment of the search alone, not on what else there is:
 * so pages follow each other though something is posted meanwhile.
 */
export function engineQuery(asked: VideoQuery, understood: readonly Understood[]): Clause | null {
  const texts = asked.tokens.filter(isText).map((token, at) => ({ token, said: understood[at] }));
  const known = texts.filter(({ said }) => said && said.forms.length + said.completions.length > 0);
  const counted = meaningful(known.filter(({ token }) => !token.not));
  const without = known.filter(({ token }) => token.not);
  const { filter, mustNot } = filtersOf(asked);
  const isNothing = texts.some(({ token }) => !token.not) && counted.length === 0;
  if (isNothing || texts.length + filter.length + mustNot.length === 0) return null;
  if (isEmptyRange(rangesOf(asked), asked.asOf)) return null;
  const must = counted.map(({ said }) => anywhere(waysOf(said)));
  return {
    function_score: {
      query: {
        bool: {
          must: must.length > 0 ? must : [{ match_all: {} }],
          filter: [...filter, { range: { published: { lte: asked.asOf } } }],
          must_not: [...mustNot, ...without.map(({ said }) => inAnyField(waysOf(said)))],
        },
      },
      // How well it matches, times what it has ahead for being new and liked: as PostgreSQL ranks.
      functions: [
        { weight: 1 },
        {
          exp: {
            published: {
              ...{ origin: String(asked.asOf), scale: `${searchRank.halfLifeDays}d`, decay: 0.5 },
            },
          },
          weight: searchRank.recency,
        },
        { field_value_factor: { field: 'popularity', factor: searchRank.popularity, missing: 0 } },
      ],
      ...{ score_mode: 'sum', boost_mode: 'multiply' },
    },
  };
}

/**
 * Whether it names more words than an OpenSearch looks for at once (`indices.query.bool.max_clause_count`, 1,024 where nobody set it): each
 * counts in each field, also those in a row.
 */
export function isTooMuch(understood: readonly Understood[]): boolean {
  const words = understood.flatMap((said) => waysOf(said).flatMap((way) => way.split(' ')));
  return words.length * FIELDS.length > searchLimits.engineWords;
}

/** One word or some in a row, as a document may have them. */
function waysOf(said: Understood | undefined): string[] {
  const { forms = [], completions = [] } = said ?? {};
  return [...new Set([...forms.map((form) => inARow(form.said)), ...completions.map(wordOf)])];
}

const inField = (field: string, ways: readonly string[]): Clause => {
  const single = ways.filter((way) => !way.includes(' '));
  const rows = ways.filter((way) => way.includes(' '));
  const should = [
    ...(single.length > 0 ? [{ terms: { [field]: single } }] : []),
    ...rows.map((query) => ({ match_phrase: { [field]: { query } } })),
  ];
  return { bool: { should, minimum_should_match: 1 } };
};

const inAnyField = (ways: readonly string[]): Clause => ({
  bool: { should: FIELDS.map(([field]) => inField(field, ways)), minimum_should_match: 1 },
});

/** It counts by the field of the most weight that has it. */
const anywhere = (ways: readonly string[]): Clause => ({
  dis_max: {
    queries: FIELDS.map(([field, boost]) => ({ constant_score: { filter: inField(field, ways), boost } })),
  },
});

function filtersOf(asked: VideoQuery): { readonly filter: Clause[]; readonly mustNot: Clause[] } {
  const { tokens, authors, notAuthors } = asked;
  const filter: Clause[] = [];
  const mustNot: Clause[] = [];
  const add = (clause: Clause, not = false) => (not ? mustNot : filter).push(clause);
  const languages: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'tag') add({ term: { tags: wordOf(token.tag) } }, token.not);
    if (token.kind === 'has') add({ term: { has: token.what } }, token.not);
    if (token.kind === 'is') add({ term: { local: token.what === 'local' } });
    if (token.kind === 'language' && token.not) add({ term: { language: token.code } }, true);
    if (token.kind === 'language' && !token.not) languages.push(token.code);
  }
  if (languages.length > 0) add({ terms: { language: languages } });
  if (authors) add({ terms: { author: [...authors] } });
  if (notAuthors.length > 0) add({ terms: { author: [...notAuthors] } }, true);
  const { after, before, longer, shorter } = rangesOf(asked);
  if (after > 0) add({ range: { published: { gte: after } } });
  if (before < Number.MAX_SAFE_INTEGER) add({ range: { published: { lt: before } } });
  if (longer !== null) add({ range: { seconds: { gte: longer } } });
  if (shorter !== null) add({ range: { seconds: { lt: shorter } } });
  return { filter, mustNot };
}

/** The whole question: a page of ids with their scores, those after `below`, and whether anything matches at all. */
export function searchBody(query: Clause, { below }: Pick<VideoQuery, 'below'>): Clause {
  return {
    query,
    size: searchLimits.engineHits,
    sort: [{ _score: 'desc' }, { id: 'desc' }],
    ...(below === null ? {} : { search_after: [below.score, below.id] }),
    ...{ track_scores: true, track_total_hits: 1, _source: false },
    timeout: `${searchLimits.engineStopsMs}ms`,
  };
}
