import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { bulk, type Index, mappingOf, OpenSearchError } from './opensearch-documents.ts';
import { matching } from './opensearch-queries.ts';

/**
 * The part of OpenSearch's HTTP API that our driver uses, written from its documentation: indexes with strict mappings, aliases that are
 * changed all at once, bulk writes with external versions, searches with function scores and `search_after`, errors in its shape, Basic
 * sign-in. It is no OpenSearch: it holds everything in memory, has one shard, and shows what was written at once.
 */
export interface SearchEngineDouble {
  readonly url: string;
  readonly indexes: Map<string, Index>;
  /** Requests that came, as `METHOD /path`. */
  readonly asked: string[];
  /** While it is set, it decides what becomes of a request; `null`: as usual. */
  meddle: ((asked: Asked) => Meddled | Promise<Meddled>) | null;
  /** Stops listening, and listens again at the same address. */
  away(): Promise<void>;
  back(): Promise<void>;
  close(): Promise<void>;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}
type Meddled = { readonly status: number; readonly body: string } | 'cut' | null;

export async function startSearchEngine(
  options: { readonly user?: string; readonly password?: string } = {},
): Promise<SearchEngineDouble> {
  const indexes = new Map<string, Index>();
  const asked: string[] = [];
  const server = createServer((req, res) => {
    answer(req, res).catch((error) => res.destroy(error));
  });
  const double: SearchEngineDouble = {
    url: '',
    indexes,
    asked,
    meddle: null,
    async away() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    async back() {
      await listen(Number(new URL(double.url).port));
    },
    async close() {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', 'http://double');
    const body = (await buffer(req)).toString();
    const question = { method: req.method ?? '', path: url.pathname, body };
    asked.push(`${question.method} ${question.path}`);
    const meddled = await double.meddle?.(question);
    if (meddled === 'cut') return void res.destroy();
    const { status, said } = meddled
      ? { status: meddled.status, said: meddled.body }
      : answerOf(question, url.searchParams, req.headers.authorization);
    res.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
    res.end(typeof said === 'string' ? said : JSON.stringify(said));
  }

  function answerOf(question: Asked, query: URLSearchParams, authorization: string | undefined) {
    try {
      if (options.user !== undefined) {
        const wanted = Buffer.from(`${options.user}:${options.password}`).toString('base64');
        if (authorization !== `Basic ${wanted}`) {
          throw new OpenSearchError(401, 'security_exception', 'missing or wrong authentication credentials');
        }
      }
      return { status: 200, said: routed(indexes, question, query) };
    } catch (error) {
      if (!(error instanceof OpenSearchError)) throw error;
      const { status, type, message: reason } = error;
      return { status, said: { error: { root_cause: [{ type, reason }], type, reason }, status } };
    }
  }

  await listen(0);
  Object.assign(double, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  return double;
}

function routed(indexes: Map<string, Index>, { method, path, body }: Asked, query: URLSearchParams): unknown {
  const [, name = '', action = ''] = path.split('/');
  const parsed = () => jsonOf(body);
  if (method === 'GET' && action === '_alias') return aliasesOf(indexes, name);
  if (method === 'PUT' && action === '') return created(indexes, name, parsed());
  if (method === 'POST' && name === '_aliases') return changed(indexes, parsed());
  if (method === 'POST' && name === '_bulk') {
    return bulk(indexes, body, { requiresAlias: query.get('require_alias') === 'true' });
  }
  const index = () => {
    const found = [...indexes].find(([own, { aliases }]) => own === name || aliases.has(name));
    if (!found) throw new OpenSearchError(404, 'index_not_found_exception', `no such index [${name}]`);
    return found[1];
  };
  if (method === 'POST' && action === '_count') return { count: index().documents.size, _shards: SHARDS };
  if (method === 'POST' && action === '_search') return searched(index(), parsed());
  throw new OpenSearchError(
    400,
    'illegal_argument_exception',
    `no handler found for uri [${path}] and method [${method}]`,
  );
}

const SHARDS = { total: 1, successful: 1, skipped: 0, failed: 0 };

function jsonOf(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body);
  } catch {
    throw new OpenSearchError(400, 'parse_exception', 'request body is not JSON');
  }
}

/** With a name that ends in `*`; an empty object where nothing is called so. */
function aliasesOf(indexes: Map<string, Index>, pattern: string) {
  const start = pattern.replace(/\*$/, '');
  const named = [...indexes].filter(([name, { aliases }]) =>
    pattern.endsWith('*') ? [name, ...aliases].some((one) => one.startsWith(start)) : name === pattern,
  );
  return Object.fromEntries(
    named.map(([name, { aliases }]) => [
      name,
      { aliases: Object.fromEntries([...aliases].map((alias) => [alias, {}])) },
    ]),
  );
}

function created(indexes: Map<string, Index>, name: string, body: Record<string, unknown>) {
  if (!/^[a-z0-9][a-z0-9_.-]{0,254}$/.test(name)) {
    throw new OpenSearchError(400, 'invalid_index_name_exception', `Invalid index name [${name}]`);
  }
  if (indexes.has(name)) {
    throw new OpenSearchError(400, 'resource_already_exists_exception', `index [${name}] already exists`);
  }
  const { aliases = {}, mappings, settings, ...others } = body;
  if (Object.keys(others).length > 0) {
    throw new OpenSearchError(
      400,
      'parse_exception',
      `unknown key [${Object.keys(others)[0]}] for create index`,
    );
  }
  const index = { aliases: new Set(Object.keys(aliases as object)), documents: new Map(), gone: new Map() };
  indexes.set(name, { ...index, settings, mapping: mappingOf(mappings) });
  return { acknowledged: true, shards_acknowledged: true, index: name };
}

/** All of the actions or none. */
function changed(indexes: Map<string, Index>, body: Record<string, unknown>) {
  const actions = body.actions as Record<string, { index: string; alias?: string }>[];
  const steps = actions.map((action) => {
    const [[kind, { index: name, alias = '' }] = ['', { index: '' }]] = Object.entries(action);
    const index = indexes.get(name);
    if (!index) throw new OpenSearchError(404, 'index_not_found_exception', `no such index [${name}]`);
    if (kind === 'remove' && !index.aliases.has(alias)) {
      throw new OpenSearchError(404, 'aliases_not_found_exception', `aliases [${alias}] missing`);
    }
    if (kind === 'add') return () => index.aliases.add(alias);
    if (kind === 'remove') return () => index.aliases.delete(alias);
    if (kind === 'remove_index') return () => indexes.delete(name);
    throw new OpenSearchError(400, 'illegal_argument_exception', `unknown action [${kind}]`);
  });
  for (const step of steps) step();
  return { acknowledged: true };
}

interface SearchBody {
  readonly query?: unknown;
  readonly size?: number;
  readonly sort?: unknown;
  readonly search_after?: [number, string];
  readonly track_total_hits?: number;
}

const TAKEN = [
  'query',
  'size',
  'sort',
  'search_after',
  'track_scores',
  'track_total_hits',
  '_source',
  'timeout',
];

function searched(index: Index, body: Record<string, unknown>) {
  const strange = Object.keys(body).find((key) => !TAKEN.includes(key));
  if (strange) throw new OpenSearchError(400, 'parsing_exception', `unknown key [${strange}]`);
  const { query, size = 10, sort, search_after: after, track_total_hits: most = 10_000 } = body as SearchBody;
  if (JSON.stringify(sort) !== '[{"_score":"desc"},{"id":"desc"}]') {
    throw new OpenSearchError(400, 'illegal_argument_exception', 'this double sorts by score and id alone');
  }
  const found = [...index.documents.values()]
    .flatMap((document) => {
      const score = matching(index.mapping, query, document);
      return score === null ? [] : [{ id: BigInt(document.id), score: Math.fround(score) }];
    })
    .sort((a, b) => b.score - a.score || (a.id < b.id ? 1 : -1));
  const isAfter = (hit: { id: bigint; score: number }) =>
    !after ||
    hit.score < Math.fround(after[0]) ||
    (hit.score === Math.fround(after[0]) && hit.id < BigInt(after[1]));
  const hits = found.filter(isAfter).slice(0, size);
  return {
    ...{ took: 1, timed_out: false, _shards: SHARDS },
    hits: {
      total: { value: Math.min(found.length, most), relation: found.length > most ? 'gte' : 'eq' },
      max_score: null,
      hits: hits.map(({ id, score }) => ({
        ...{ _index: 'double', _id: String(id), _score: score, sort: [score, Number(id)] },
      })),
    },
  };
}
