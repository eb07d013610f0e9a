/**
 * What a message in ICU syntax wants to be told: `{name}` a text or number, `{n, plural, …}` and `{n, number}` a number. Read from the text
 * by its type, so names are in lower camel case, and no branch of a plural or select is one lower-case word alone (a test says so).
 */
export type ValuesOf<S extends string> = [Names<S>] extends [never]
  ? []
  : [values: { readonly [K in Names<S>]: K extends Numbers<S> ? number : string | number }];

/** Keys of messages that want to be told nothing. */
export type PlainKey<M extends Readonly<Record<string, string>>> = {
  [K in keyof M]: ValuesOf<M[K]> extends [] ? K : never;
}[keyof M];

/** All names that follow an opening brace. */
type Names<S> = S extends `${string}{${infer Rest}` ? NameOf<Head<Rest>> | Names<Rest> : never;

/** Those that are asked for as a number. */
type Numbers<S> = S extends `${string}{${infer Rest}`
  ?
      | (Rest extends `${infer Name}, ${'plural' | 'number' | 'selectordinal'}${string}`
          ? NameOf<Name>
          : never)
      | Numbers<Rest>
  : never;

type Head<S> = S extends `${infer Name},${string}`
  ? Name extends `${infer Short}}${string}`
    ? Short
    : Name
  : S extends `${infer Name}}${string}`
    ? Name
    : never;

type NameOf<S> = S extends `${string}${' ' | '#' | '{' | '}' | ',' | '.'}${string}` | ''
  ? never
  : S extends Uncapitalize<S & string>
    ? S
    : never;
