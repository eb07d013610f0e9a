import { z } from 'zod';
import type { Route } from '../../../src/http/route.ts';
import type { Right } from './routes.ts';

/** A request as it goes out. */
export interface Sent {
  readonly body?: object | string | undefined;
  readonly type?: string | undefined;
  /** As it stands behind the `?`. */
  readonly query?: string | undefined;
}

/** One that is not right, and the reasons for which it may be refused. */
export interface Bad extends Sent {
  readonly what: string;
  readonly codes: readonly string[];
}

/** The JSON Schema of what a client sends. */
interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly type?: string;
  readonly anyOf?: readonly Shape[];
}

/** An address of an app that is not one, and a cursor that is none, have names of their own. */
const INVALID = ['validation-failed', 'redirect-invalid', 'cursor-invalid'];
const NUL = 'a\u0000b';
const LONG = 'x'.repeat(50_001);
/** Queries are shorter: a whole address has to fit. */
const LONG_WORD = 'x'.repeat(6_000);
const FORM = 'application/x-www-form-urlencoded';

function shapesOf(schema: z.ZodType): Shape[] {
  const shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;
  return shape.anyOf ? [...shape.anyOf] : [shape];
}

/** What a field does not take: no object is a text, no list a number, and nothing else is an object. */
function wrongFor(shape: Shape): unknown {
  if (isObject(shape)) return 'text';
  return shape.type === 'array' ? 7 : { a: { b: [1] } };
}

const isObject = ({ type, anyOf = [] }: Shape): boolean => type === 'object' || anyOf.some(isObject);
const isList = ({ type, anyOf = [] }: Shape): boolean => type === 'array' || anyOf.some(isList);

/** Everything that can be wrong with one field at a time, while the rest is right; made of what the route declares. */
export function badRequests(route: Route, right: Right): Bad[] {
  const bodies = route.body ? shapesOf(route.body).flatMap((shape) => badBodies(shape, right)) : [];
  const queries = route.query ? shapesOf(route.query).flatMap((shape) => badQueries(shape, right)) : [];
  return [...bodies, ...queries];
}

function badBodies(shape: Shape, { body = {} }: Right): Bad[] {
  const { properties = {}, required = [] } = shape;
  // Of several bodies that a route takes, this is perhaps another one.
  const isRight = typeof body === 'object' && required.every((name) => name in body);
  const rest = isRight ? body : {};
  const made = Object.entries(properties).flatMap(([name, field]): Bad[] => {
    const bad = (what: string, value: unknown): Bad => ({
      ...{ what: `${name}: ${what}`, body: { ...rest, [name]: value }, codes: INVALID },
    });
    const always = [bad('wrong type', wrongFor(field)), bad('too long', LONG), bad('NUL', NUL)];
    if (!isList(field)) return always;
    return [...always, bad('too many', Array(10_001).fill('1')), bad('NUL in a list', [NUL])];
  });
  const missing = required.map((name) => ({
    what: `${name}: missing`,
    body: Object.fromEntries(Object.entries(rest).filter(([key]) => key !== name)),
    codes: INVALID,
  }));
  return [...made, ...missing, ...polluting(shape, rest)];
}

/** Names that mean something to JavaScript hide nothing that is missing, and lead nothing wrong past the check. */
function polluting({ properties = {}, required = [] }: Shape, rest: object): Bad[] {
  const [first = ''] = required.length > 0 ? required : Object.keys(properties);
  const hidden = JSON.stringify({ ...rest, polluted: true });
  const wrong = required.length > 0 ? '' : `,"${first}":${JSON.stringify(wrongFor(properties[first] ?? {}))}`;
  const place = properties[first]?.type === 'object' ? first : `${first}[a][b]`;
  return [
    { what: 'NUL in a form', ...form({ [first]: NUL }), codes: INVALID },
    { what: '__proto__', body: `{"__proto__":${hidden}${wrong}}`, codes: INVALID },
    { what: 'constructor', body: `{"constructor":{"prototype":${hidden}}${wrong}}`, codes: INVALID },
    {
      what: '__proto__ in a form',
      ...form({ '__proto__[polluted]': '1', 'constructor[prototype][polluted]': '1', [place]: '1' }),
      codes: INVALID,
    },
  ];
}

const form = (fields: Readonly<Record<string, string>>) => ({
  body: new URLSearchParams(fields).toString(),
  type: FORM,
});

function badQueries({ properties = {}, required = [] }: Shape, { body, type, query = {} }: Right): Bad[] {
  const ask = (what: string, name: string, ...values: string[]): Bad => {
    const search = new URLSearchParams(Object.entries(query).filter(([key]) => key !== name));
    for (const value of values) search.append(name, value);
    return { what: `?${what}`, query: search.toString(), body, type, codes: INVALID };
  };
  const [first = ''] = Object.keys(properties);
  return [
    ...Object.entries(properties).flatMap(([name, field]) => [
      ask(`${name} is too long`, name, LONG_WORD),
      ask(`${name} with NUL`, name, NUL),
      ...(isList(field) ? [ask(`${name} in many`, name, ...Array(600).fill('1'))] : []),
    ]),
    ...required.map((name) => ask(`${name} is missing`, name)),
    polluted(ask('__proto__', first, NUL)),
  ];
}

const polluted = (bad: Bad): Bad => ({
  ...bad,
  query: `__proto__[polluted]=1&constructor[prototype][polluted]=1&${bad.query}`,
});
