import { type Failure, fail, type Ok, ok } from '../result.ts';

export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

export interface JsonObject {
  [key: string]: JsonValue;
}

/** The largest shape that is parsed. */
export interface JsonLimits {
  readonly maxBytes: number;
  /** Nesting of arrays and objects; a plain value has depth 0. */
  readonly maxDepth: number;
  readonly maxArrayItems: number;
  readonly maxObjectKeys: number;
  /** Members of all arrays and objects together. */
  readonly maxValues: number;
}

export type JsonRefusal = 'too-large' | 'too-deep' | 'too-many-items' | 'bad-json';

/** Names that reach an object's prototype when copied carelessly (security.md R2). */
const UNSAFE_KEYS = ['__proto__', 'constructor', 'prototype'];

/**
 * Parses JSON from outside. Its depth and the sizes of its arrays and objects are counted on the bytes
 * before anything is built (security.md R1); keys that could touch a prototype are dropped (R2). The text
 * must be UTF-8; a byte order mark is tolerated. Of a repeated key the last one wins.
 */
export function parseBoundedJson(
  bytes: Uint8Array,
  limits: JsonLimits,
): Ok<{ value: JsonValue }> | Failure<JsonRefusal> {
  if (bytes.length > limits.maxBytes)
    return fail('too-large', `The JSON is larger than ${limits.maxBytes} bytes.`);
  const refusal = measure(bytes, limits);
  if (refusal) return refusal;
  let value: JsonValue;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as JsonValue;
  } catch {
    return fail('bad-json', 'The text is not JSON.');
  }
  dropUnsafeKeys(value);
  return ok({ value });
}

/** Whether a parsed value is an object with keys. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * One pass over the bytes. Commas are counted per open bracket, so sizes are known without building
 * anything; text that is no JSON at all may pass here and fails in the parser.
 */
function measure(bytes: Uint8Array, limits: JsonLimits): Failure<JsonRefusal> | undefined {
  const commas: number[] = [];
  const isArray: boolean[] = [];
  let total = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      if (commas.length >= limits.maxDepth) return fail('too-deep', 'The JSON is nested too deeply.');
      commas.push(0);
      isArray.push(byte === OPEN_ARRAY);
      total += 1;
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
      commas.pop();
      isArray.pop();
    } else if (byte === COMMA && commas.length > 0) {
      const last = commas.length - 1;
      const count = (commas[last] ?? 0) + 1;
      commas[last] = count;
      total += 1;
      if (count >= (isArray[last] ? limits.maxArrayItems : limits.maxObjectKeys)) return tooMany();
    }
    if (total > limits.maxValues) return tooMany();
  }
  return undefined;
}

function tooMany(): Failure<JsonRefusal> {
  return fail('too-many-items', 'The JSON has more members than are read.');
}

/** Index of the quote that closes the string opened at `start`; the end of the bytes when there is none. */
function endOfString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

/** Walks recursively, which the depth limit makes safe. */
function dropUnsafeKeys(value: JsonValue): void {
  if (Array.isArray(value)) {
    for (const item of value) dropUnsafeKeys(item);
  } else if (isJsonObject(value)) {
    for (const key of UNSAFE_KEYS) if (Object.hasOwn(value, key)) delete value[key];
    for (const item of Object.values(value)) dropUnsafeKeys(item);
  }
}
