import { readFileSync } from 'node:fs';

/** Values that examples pass on, by their names; in texts they stand as `{{name}}`. */
export type Values = Readonly<Record<string, string>>;

/**
 * One request with its answer, as the reference shows it. Written once, for people, for openapi.json and for the test that
 * makes every one of these requests of a live server, in order.
 */
export interface Example {
  /** Of its answer in the file of answers. */
  readonly name: string;
  readonly title: string;
  /** As in the table of routes: `GET /api/v1/statuses/:id`. */
  readonly of: string;
  readonly params?: Values;
  readonly query?: Values;
  /** The value that holds the token. */
  readonly token?: string;
  readonly headers?: Values;
  readonly body?:
    | { readonly json: Readonly<Record<string, unknown>> }
    | { readonly form: Values }
    | { readonly file: string; readonly part: string; readonly fields: Values }
    | { readonly text: string; readonly type: string };
  readonly status: number;
  /** Values for those that follow: where in the answer each stands. */
  readonly keeps?: Values;
  /** What has to have happened before, where that takes a person or time. */
  readonly after?: string;
}

/** What was answered to each example when they were last recorded, by the test of them. */
export interface Recorded {
  readonly values: Values;
  readonly answers: Readonly<Record<string, unknown>>;
}

/** The address that recorded answers have in place of the server's own. */
export const RECORDED_ORIGIN = 'https://video.example';

export const recordedFile = new URL('answers.gen.json', import.meta.url);

export function readRecorded(): Recorded {
  return JSON.parse(readFileSync(recordedFile, 'utf8')) as Recorded;
}

/** An example with its values put in. */
export function filled<T>(part: T, values: Values): T {
  return JSON.parse(JSON.stringify(part), (_key, value: unknown) =>
    typeof value === 'string'
      ? value.replace(/\{\{(\w+)\}\}/g, (_, name: string) => keptValue(values, name))
      : value,
  ) as T;
}

function keptValue(values: Values, name: string): string {
  const value = values[name];
  if (value === undefined) throw new Error(`No example before this one keeps ${name}.`);
  return value;
}

/** The path and query that an example asks for. */
export function addressOf({ of, params = {}, query }: Example): string {
  const path = (of.split(' ')[1] ?? '').replace(/:(\w+)/g, (_, name: string) => params[name] ?? `:${name}`);
  return query ? `${path}?${new URLSearchParams(query)}` : path;
}
