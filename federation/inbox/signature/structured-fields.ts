/** A value of a structured field (RFC 8941 section 3.3). Text and names of things are different kinds. */
export type BareItem =
  | { readonly kind: 'integer' | 'decimal'; readonly value: number }
  | { readonly kind: 'string' | 'token'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Buffer }
  | { readonly kind: 'boolean'; readonly value: boolean };

export type Parameters = ReadonlyMap<string, BareItem>;

export interface Item {
  readonly value: BareItem;
  readonly parameters: Parameters;
}

export interface InnerList {
  readonly items: readonly Item[];
  readonly parameters: Parameters;
}

export type Dictionary = ReadonlyMap<string, Item | InnerList>;

export interface StructuredFieldLimits {
  readonly maxCharacters: number;
  readonly maxMembers: number;
  /** Of one inner list. */
  readonly maxItems: number;
  /** Of one item or inner list. */
  readonly maxParameters: number;
}

/** Where the parser stands in a text. */
interface Cursor {
  readonly text: string;
  at: number;
  readonly limits: StructuredFieldLimits;
}

const KEY = /[a-z*][a-z0-9_.*-]{0,63}/y;
const DECIMAL = /-?\d{1,12}\.\d{1,3}/y;
const INTEGER = /-?\d{1,15}/y;
const STRING = /"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"/y;
const TOKEN = /[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*/y;
const BYTES = /:((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?):/y;
const BOOLEAN = /\?([01])/y;
const SPACES = / */y;
const COMMA = /[ \t]*,[ \t]*/y;

/**
 * Reads a dictionary (RFC 8941 section 4.2.2), or nothing when it is none or exceeds a limit. Stricter than
 * the standard where two readers could differ: a key may come once only, base64 needs its padding, keys have
 * at most 64 characters.
 */
export function parseDictionary(text: string, limits: StructuredFieldLimits): Dictionary | undefined {
  if (text.length > limits.maxCharacters) return undefined;
  const cursor: Cursor = { text: text.replace(/^ +| +$/g, ''), at: 0, limits };
  const members = new Map<string, Item | InnerList>();
  while (cursor.at < cursor.text.length || members.size > 0) {
    const key = take(cursor, KEY)?.[0];
    if (key === undefined || members.has(key) || members.size >= limits.maxMembers) return undefined;
    const member = parseMember(cursor);
    if (member === undefined) return undefined;
    members.set(key, member);
    if (cursor.at === cursor.text.length) break;
    if (!take(cursor, COMMA)) return undefined;
  }
  return members;
}

function parseMember(cursor: Cursor): Item | InnerList | undefined {
  if (!skip(cursor, '=')) return withParameters(cursor, { kind: 'boolean', value: true });
  return cursor.text[cursor.at] === '(' ? parseInnerList(cursor) : parseItem(cursor);
}

function parseInnerList(cursor: Cursor): InnerList | undefined {
  const items: Item[] = [];
  skip(cursor, '(');
  take(cursor, SPACES);
  while (!skip(cursor, ')')) {
    const item = items.length < cursor.limits.maxItems ? parseItem(cursor) : undefined;
    if (item === undefined) return undefined;
    items.push(item);
    const spaces = take(cursor, SPACES)?.[0] ?? '';
    if (spaces === '' && cursor.text[cursor.at] !== ')') return undefined;
  }
  const parameters = parseParameters(cursor);
  return parameters && { items, parameters };
}

function parseItem(cursor: Cursor): Item | undefined {
  const value = parseBareItem(cursor);
  return value && withParameters(cursor, value);
}

function withParameters(cursor: Cursor, value: BareItem): Item | undefined {
  const parameters = parseParameters(cursor);
  return parameters && { value, parameters };
}

function parseParameters(cursor: Cursor): Parameters | undefined {
  const parameters = new Map<string, BareItem>();
  while (skip(cursor, ';')) {
    take(cursor, SPACES);
    const key = take(cursor, KEY)?.[0];
    if (key === undefined || parameters.has(key) || parameters.size >= cursor.limits.maxParameters) {
      return undefined;
    }
    const value: BareItem | undefined = skip(cursor, '=')
      ? parseBareItem(cursor)
      : { kind: 'boolean', value: true };
    if (value === undefined) return undefined;
    parameters.set(key, value);
  }
  return parameters;
}

function parseBareItem(cursor: Cursor): BareItem | undefined {
  const decimal = take(cursor, DECIMAL);
  if (decimal) return { kind: 'decimal', value: Number(decimal[0]) };
  const integer = take(cursor, INTEGER);
  if (integer) return { kind: 'integer', value: Number(integer[0]) };
  const text = take(cursor, STRING)?.[1];
  if (text !== undefined) return { kind: 'string', value: text.replace(/\\(.)/g, '$1') };
  const bytes = take(cursor, BYTES)?.[1];
  if (bytes !== undefined) return { kind: 'bytes', value: Buffer.from(bytes, 'base64') };
  const boolean = take(cursor, BOOLEAN)?.[1];
  if (boolean !== undefined) return { kind: 'boolean', value: boolean === '1' };
  const token = take(cursor, TOKEN)?.[0];
  return token === undefined ? undefined : { kind: 'token', value: token };
}

/** What the sticky pattern finds right here; the cursor then stands behind it. */
function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = cursor.at;
  const match = pattern.exec(cursor.text);
  if (match) cursor.at = pattern.lastIndex;
  return match;
}

function skip(cursor: Cursor, character: string): boolean {
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at += 1;
  return true;
}

/** The one text of an inner list that a signature covers (RFC 8941 section 4.1.1.1, RFC 9421 section 2.3). */
export function serialiseInnerList({ items, parameters }: InnerList): string {
  const inner = items.map(
    (item) => `${serialiseBareItem(item.value)}${serialiseParameters(item.parameters)}`,
  );
  return `(${inner.join(' ')})${serialiseParameters(parameters)}`;
}

function serialiseParameters(parameters: Parameters): string {
  return [...parameters]
    .map(([key, value]) =>
      value.kind === 'boolean' && value.value ? `;${key}` : `;${key}=${serialiseBareItem(value)}`,
    )
    .join('');
}

function serialiseBareItem(item: BareItem): string {
  switch (item.kind) {
    case 'decimal':
      return Number.isInteger(item.value) ? item.value.toFixed(1) : String(item.value);
    case 'integer':
      return String(item.value);
    case 'string':
      return `"${item.value.replace(/["\\]/g, '\\$&')}"`;
    case 'bytes':
      return `:${item.value.toString('base64')}:`;
    case 'boolean':
      return item.value ? '?1' : '?0';
    case 'token':
      return item.value;
  }
}
