import { formLimits } from '../../config/limits.ts';
import { fail, ok, type Result } from '../lib/result.ts';

/** What a form says once its names are read; no object in it has a prototype. */
export type FormValue = string | FormValue[] | { [name: string]: FormValue };

type Fields = { [name: string]: FormValue };

/** They would reach into what every object shares, and no field has such a name. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);
const NAME = /^([^[\]]+)((?:\[[^[\]]*\])*)$/;

/**
 * Reads the names of form fields as clients of the Mastodon API write them: `a[]` is a list, `a[b]` a field of an
 * object, `a[][b]` a list of objects of which a new one begins where a name comes again, `a[0][b]` a list by
 * number. A plain name that comes again is a list, too. Fails where there are too many fields, or too deep ones;
 * what has a name of another form stands under that name.
 */
export function readFields(
  pairs: Iterable<readonly [string, string]>,
): Result<{ fields: Fields }, 'too-many-fields' | 'too-deep'> {
  const fields: Fields = emptyObject();
  let count = 0;
  for (const [name, value] of pairs) {
    if (++count > formLimits.maxFields) return fail('too-many-fields', 'The form has too many fields.');
    const path = pathOf(name);
    if (path.length > formLimits.maxDepth + 1) return fail('too-deep', 'The form nests its fields too deep.');
    if (!path.some((part) => FORBIDDEN.has(part))) put(fields, path, value);
  }
  return ok({ fields: listed(fields) as Fields });
}

/** `a[b][]` is `a`, `b` and the empty text, which stands for the next place of a list. */
function pathOf(name: string): string[] {
  const match = NAME.exec(name);
  if (!match) return [name];
  return [match[1] ?? '', ...[...(match[2] ?? '').matchAll(/\[([^\]]*)\]/g)].map((part) => part[1] ?? '')];
}

/** Values that meet in one place are a list, whatever they are: the schema of the route says what may stand there. */
function put(into: Fields, path: readonly string[], value: string): void {
  const [name = '', next, ...rest] = path;
  const there = into[name];
  if (next === undefined) {
    into[name] = there === undefined ? value : [...asList(there), value];
    return;
  }
  if (next === '') {
    const list = asList(there);
    into[name] = list;
    if (rest.length === 0) list.push(value);
    else putInLast(list, rest, value);
    return;
  }
  if (isObject(there)) {
    put(there, [next, ...rest], value);
    return;
  }
  const object = emptyObject();
  put(object, [next, ...rest], value);
  into[name] = there === undefined ? object : [...asList(there), object];
}

function putInLast(list: FormValue[], path: readonly string[], value: string): void {
  const last = list.at(-1);
  if (isObject(last) && !isTaken(last, path)) {
    put(last, path, value);
    return;
  }
  const object = emptyObject();
  put(object, path, value);
  list.push(object);
}

/** Whether a value stands at that place already; places of a list are never taken. */
function isTaken(object: Fields, [name = '', ...rest]: readonly string[]): boolean {
  const there = object[name];
  if (there === undefined || rest[0] === '') return false;
  return rest.length === 0 || !isObject(there) || isTaken(there, rest);
}

/** Objects all of whose names are numbers are lists in that order. */
function listed(value: FormValue): FormValue {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(listed);
  const names = Object.keys(value);
  if (names.length > 0 && names.every((name) => /^\d{1,6}$/.test(name))) {
    return names.sort((a, b) => Number(a) - Number(b)).map((name) => listed(value[name] ?? ''));
  }
  for (const name of names) value[name] = listed(value[name] ?? '');
  return value;
}

function asList(value: FormValue | undefined): FormValue[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function isObject(value: FormValue | undefined): value is Fields {
  return typeof value === 'object' && !Array.isArray(value);
}

function emptyObject(): Fields {
  return Object.create(null);
}
