/** What OpenSearch answers in place of what was asked for. */
export class OpenSearchError extends Error {
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, reason: string) {
    super(reason);
    this.status = status;
    this.type = type;
  }
}

export type FieldType = 'text' | 'keyword' | 'long' | 'boolean' | 'date' | 'float' | 'byte';
export type Mapping = ReadonlyMap<string, FieldType>;
export type Document = Readonly<Record<string, unknown>> & { readonly id: string };

export interface Index {
  readonly aliases: Set<string>;
  readonly settings: unknown;
  readonly mapping: Mapping;
  readonly documents: Map<string, Document & { readonly version: number }>;
  /** Versions of what was deleted. */
  readonly gone: Map<string, number>;
}

const TYPES: readonly string[] = ['text', 'keyword', 'long', 'boolean', 'date', 'float', 'byte'];

export function mappingOf(mappings: unknown): Mapping {
  const { dynamic, properties } = mappings as {
    readonly dynamic: unknown;
    readonly properties: Readonly<Record<string, { readonly type: string; readonly analyzer?: string }>>;
  };
  if (dynamic !== 'strict')
    throw new OpenSearchError(400, 'mapper_parsing_exception', 'this double is strict');
  return new Map(
    Object.entries(properties).map(([name, { type, analyzer }]) => {
      if (!TYPES.includes(type)) {
        throw new OpenSearchError(400, 'mapper_parsing_exception', `No handler for type [${type}]`);
      }
      if (type === 'text' && analyzer !== 'whitespace') {
        throw new OpenSearchError(
          400,
          'mapper_parsing_exception',
          `analyzer [${analyzer}] has not been configured`,
        );
      }
      return [name, type as FieldType];
    }),
  );
}

interface Target {
  readonly _index: string;
  readonly _id: string;
  readonly version: number;
  readonly version_type: string;
}

/** Lines of JSON: an action, and after `index` a document. Each has an outcome of its own. */
export function bulk(
  indexes: ReadonlyMap<string, Index>,
  body: string,
  { requiresAlias }: { readonly requiresAlias: boolean },
) {
  if (!body.endsWith('\n')) {
    throw new OpenSearchError(
      400,
      'illegal_argument_exception',
      'The bulk request must be terminated by a newline [\\n]',
    );
  }
  const lines = body
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line));
  const items: object[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [[action, target] = ['', {}]] = Object.entries(lines[at] as Record<string, Target>);
    if (action !== 'index' && action !== 'delete') {
      throw new OpenSearchError(
        400,
        'illegal_argument_exception',
        `Malformed action/metadata line [${at + 1}]`,
      );
    }
    if (action === 'index') at += 1;
    const document = action === 'index' ? lines[at] : null;
    const { _index, _id } = target as Target;
    items.push({ [action]: { _index, _id, ...written(indexes, target as Target, document, requiresAlias) } });
  }
  return { took: 1, errors: items.some((item) => JSON.stringify(item).includes('"error"')), items };
}

function written(
  indexes: ReadonlyMap<string, Index>,
  { _index: name, _id: id, version, version_type: versionType }: Target,
  document: Document | null,
  requiresAlias: boolean,
): object {
  const failed = (status: number, type: string, reason: string) => ({ status, error: { type, reason } });
  const named = [...indexes].filter(
    ([own, { aliases }]) => aliases.has(name) || (!requiresAlias && own === name),
  );
  const [index] = named.map(([, found]) => found);
  if (!index) {
    const reason = `no such index [${name}] and [require_alias] request flag is [true] and [${name}] is not an alias`;
    return failed(404, 'index_not_found_exception', reason);
  }
  if (named.length > 1) {
    return failed(400, 'illegal_argument_exception', `no write index is defined for alias [${name}]`);
  }
  if (versionType !== 'external')
    return failed(400, 'illegal_argument_exception', 'this double versions externally');
  const known = index.documents.get(id)?.version ?? index.gone.get(id) ?? -1;
  if (version <= known) {
    const reason = `[${id}]: version conflict, current version [${known}] is higher or equal to the one provided [${version}]`;
    return failed(409, 'version_conflict_engine_exception', reason);
  }
  if (document === null) {
    const was = index.documents.delete(id);
    index.gone.set(id, version);
    return { status: was ? 200 : 404, result: was ? 'deleted' : 'not_found', _version: version };
  }
  const wrong = refusalOf(index.mapping, document);
  if (wrong) return failed(400, ...wrong);
  const was = index.documents.has(id);
  index.documents.set(id, { ...document, version });
  index.gone.delete(id);
  return { status: was ? 200 : 201, result: was ? 'updated' : 'created', _version: version };
}

/** Why a document does not fit the mapping. */
function refusalOf(mapping: Mapping, document: Document): [type: string, reason: string] | null {
  for (const [field, value] of Object.entries(document)) {
    const type = mapping.get(field);
    if (type === undefined) {
      const reason = `mapping set to strict, dynamic introduction of [${field}] within [_doc] is not allowed`;
      return ['strict_dynamic_mapping_exception', reason];
    }
    const values = Array.isArray(value) ? value : [value];
    if (!values.every((one) => one === null || fits(type, one))) {
      return ['mapper_parsing_exception', `failed to parse field [${field}] of type [${type}]`];
    }
  }
  return null;
}

function fits(type: FieldType, value: unknown): boolean {
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'text' || type === 'keyword') return typeof value === 'string';
  if (type === 'long') return /^-?\d{1,19}$/.test(String(value));
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  if (type === 'byte') return Number.isInteger(value) && value >= -128 && value <= 127;
  return type === 'float' || Number.isInteger(value);
}
