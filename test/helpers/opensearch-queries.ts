import { type Document, type FieldType, type Mapping, OpenSearchError } from './opensearch-documents.ts';

type Clause = Readonly<Record<string, unknown>>;

/** The score of a document for a query of OpenSearch's language; null: it does not match. What the double does not know, it refuses. */
export function matching(mapping: Mapping, query: unknown, document: Document): number | null {
  const { kind, body } = only(query);
  const ask = (clause: unknown) => matching(mapping, clause, document);
  switch (kind) {
    case 'match_all':
      return 1;
    case 'bool':
      return bool(body, ask);
    case 'dis_max':
      return most(listOf(body.queries).map(ask));
    case 'constant_score':
      return ask(body.filter) === null ? null : Number(body.boost ?? 1);
    case 'function_score':
      return functionScore(body, ask, document);
    case 'term':
    case 'terms':
    case 'match_phrase':
    case 'range':
      return ofField(mapping, kind, body, document) ? 1 : null;
    default:
      throw new OpenSearchError(400, 'parsing_exception', `unknown query [${kind}]`);
  }
}

function only(query: unknown): { kind: string; body: Clause } {
  const entries = Object.entries(query as Record<string, Clause>);
  const [entry] = entries;
  if (!entry || entries.length !== 1) {
    throw new OpenSearchError(
      400,
      'parsing_exception',
      'malformed query, expected [END_OBJECT] but found [FIELD_NAME]',
    );
  }
  return { kind: entry[0], body: entry[1] };
}

const listOf = (value: unknown): readonly unknown[] => (value === undefined ? [] : [value].flat());

const most = (scores: readonly (number | null)[]): number | null => {
  const found = scores.filter((score) => score !== null);
  return found.length === 0 ? null : Math.max(...found);
};

function bool(body: Clause, ask: (clause: unknown) => number | null): number | null {
  const { must, filter, should, must_not: mustNot, minimum_should_match: least, ...others } = body;
  if (Object.keys(others).length > 0) {
    throw new OpenSearchError(
      400,
      'parsing_exception',
      `[bool] query does not support [${Object.keys(others)[0]}]`,
    );
  }
  const needed = listOf(must).map(ask);
  const chosen = listOf(should)
    .map(ask)
    .filter((score) => score !== null);
  const enough = Number(least ?? (needed.length > 0 || filter !== undefined || should === undefined ? 0 : 1));
  if (needed.includes(null) || chosen.length < enough) return null;
  if (
    listOf(filter).map(ask).includes(null) ||
    listOf(mustNot)
      .map(ask)
      .some((score) => score !== null)
  )
    return null;
  return [...needed, ...chosen].reduce<number>((sum, score) => sum + (score ?? 0), 0);
}

function functionScore(
  body: Clause,
  ask: (clause: unknown) => number | null,
  document: Document,
): number | null {
  if (body.score_mode !== 'sum' || body.boost_mode !== 'multiply') {
    throw new OpenSearchError(
      400,
      'parsing_exception',
      'this double adds functions up and multiplies by them alone',
    );
  }
  const score = ask(body.query);
  if (score === null) return null;
  const values = listOf(body.functions).map((one) => amountOf(one as Clause, document));
  return score * values.reduce((sum, value) => sum + value, 0);
}

const DAY_MS = 86_400_000;

function amountOf({ weight = 1, exp, field_value_factor: factor }: Clause, document: Document): number {
  if (factor) {
    const { field, factor: times, missing } = factor as { field: string; factor: number; missing: number };
    return Number(weight) * times * Number(document[field] ?? missing);
  }
  if (!exp) return Number(weight);
  const [[field, how] = ['', null]] = Object.entries(
    exp as Record<string, { origin: string; scale: string; decay: number }>,
  );
  if (!how || !/^\d+d$/.test(how.scale))
    throw new OpenSearchError(400, 'parsing_exception', 'no scale in days');
  const distance = Math.abs(Number(document[field]) - Number(how.origin));
  return Number(weight) * how.decay ** (distance / (Number.parseInt(how.scale, 10) * DAY_MS));
}

function ofField(mapping: Mapping, kind: string, body: Clause, document: Document): boolean {
  const [[field, value] = ['', null]] = Object.entries(body);
  const type = mapping.get(field);
  // As OpenSearch does with a field that it does not know.
  if (type === undefined) return false;
  const has = valuesOf(type, document[field]);
  if (kind === 'term') return has.includes(plain(value));
  if (kind === 'terms') return listOf(value).some((one) => has.includes(plain(one)));
  if (kind === 'match_phrase') return isInARow(has, String((value as Clause).query).split(/\s+/u));
  return listOf(document[field]).some((one) => one !== null && isWithin(Number(one), value as Clause));
}

const plain = (value: unknown): string => String(value);

/** Texts are cut at spaces, by their analyzer `whitespace`. */
function valuesOf(type: FieldType, value: unknown): string[] {
  if (value === null || value === undefined) return [];
  return type === 'text' ? plain(value).split(/\s+/u) : listOf(value).map(plain);
}

function isInARow(words: readonly string[], wanted: readonly string[]): boolean {
  return words.some((_, at) => wanted.every((word, further) => words[at + further] === word));
}

function isWithin(value: number, bounds: Clause): boolean {
  return Object.entries(bounds).every(([name, bound]) => {
    const limit = Number(bound);
    if (name === 'gte') return value >= limit;
    if (name === 'lte') return value <= limit;
    if (name === 'gt') return value > limit;
    if (name === 'lt') return value < limit;
    throw new OpenSearchError(400, 'parsing_exception', `[range] query does not support [${name}]`);
  });
}
