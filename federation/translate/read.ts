import { isPlainAddress } from '../../src/lib/net/plain-address.ts';

/**
 * Readers for ActivityPub documents as plain JSON: single value or array, string or object, everything
 * optional (federation-interop.md 1.5, 1.6). Each returns null or an empty list for what it cannot use;
 * none throws.
 */
export type JsonObject = Readonly<Record<string, unknown>>;

const PUBLIC = new Set(['https://www.w3.org/ns/activitystreams#Public', 'as:Public', 'Public']);

/** The one address for everybody that we write. */
export const AS_PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One value or many, always as a list. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** A text without NUL, at most `max` characters; null when it is none. */
export function textOf(value: unknown, max: number): string | null {
  return typeof value === 'string' ? value.replaceAll('\u0000', '').slice(0, max) : null;
}

/** An absolute http(s) address without credentials, as written; null otherwise. */
export function uriOf(value: unknown): string | null {
  return typeof value === 'string' && isPlainAddress(value) ? value : null;
}

/** The id of something given as a string or as an object with an `id`. */
export function idOf(value: unknown): string | null {
  return uriOf(isObject(value) ? value.id : value);
}

const TYPE_NAME = /^[\x21-\x7e]{1,200}$/;

/** The types of an object: one or several names, prefixes of the ActivityStreams vocabulary removed. */
export function typesOf(value: JsonObject): string[] {
  return listOf(value.type).flatMap((type) =>
    typeof type === 'string' && TYPE_NAME.test(type)
      ? [type.replace(/^(as:|https:\/\/www\.w3\.org\/ns\/activitystreams#)/, '')]
      : [],
  );
}

/** Recipients, with all spellings of the public address made one. */
export function audienceOf(...values: unknown[]): Set<string> {
  const ids = values.flatMap((value) =>
    listOf(value).flatMap((item) => (typeof item === 'string' ? [item] : (idOf(item) ?? []))),
  );
  return new Set(ids.map((id) => (PUBLIC.has(id) ? AS_PUBLIC : id)));
}

/** A finite number, also where it was written as text. */
export function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** A moment in time from its ISO form; null when there is none. */
export function timeOf(value: unknown): Date | null {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? null : new Date(ms);
}

/** Scheme, host and port: who speaks for an address (FEP-fe34). */
export function sameOrigin(a: string, b: string): boolean {
  const first = URL.parse(a)?.origin;
  return first !== undefined && first === URL.parse(b)?.origin;
}
