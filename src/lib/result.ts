/**
 * The outcome of a command: expected failures are values, not exceptions (architecture, rule 5).
 * `reason` is a stable kebab-case word for programs; `detail` is a sentence for people.
 */
export type Result<T extends object = object, R extends string = string> = Ok<T> | Failure<R>;

export type Ok<T extends object = object> = { readonly ok: true } & T;

export interface Failure<R extends string = string> {
  readonly ok: false;
  readonly reason: R;
  readonly detail?: string;
}

/** Builds a success; with no argument it carries nothing but `ok`. */
export function ok(): Ok;
export function ok<T extends object>(value: T): Ok<T>;
export function ok<T extends object>(value?: T): Ok<T> | Ok {
  return { ok: true, ...value };
}

/** Builds an expected failure. Throw instead only for bugs and lost connections. */
export function fail<R extends string>(reason: R, detail?: string): Failure<R> {
  return detail === undefined ? { ok: false, reason } : { ok: false, reason, detail };
}
