import { z } from 'zod';

/** How the staff changes a variable while the server runs: what a form for it looks like. */
export type Control =
  | { readonly kind: 'text' | 'paragraph' | 'markdown' | 'lines'; readonly maxLength: number }
  | { readonly kind: 'number'; readonly min: number; readonly max: number; readonly unit: Unit }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly kind: 'color' };
type Unit = 'MB' | 'GB' | 'seconds' | 'days' | 'years' | 'claims';

/**
 * One environment variable: how its text is parsed, what it is when absent, what it means to an admin.
 * The table in docs/configuration.md is generated from this list, so a variable cannot exist undocumented.
 */
export interface Variable<T extends z.ZodType> {
  readonly schema: T;
  /** Shown in the docs; `undefined` means the variable is optional and has no default. */
  readonly fallback: string | undefined;
  readonly doc: string;
  /** What a person must do when the value is refused. */
  readonly remedy: string;
  readonly secret?: boolean;
  /** The staff may set it while the server runs, where the environment does not; all processes follow at once (ADR 0049). */
  readonly control?: Control;
  readonly group: 'Server' | 'Storage' | 'Accounts' | 'Mail' | 'Video' | 'Federation' | 'Backup' | 'Running';
}

/** Declares one, with its types checked. */
export function variable<T extends z.ZodType>(v: Variable<T>): Variable<T> {
  return v;
}

export const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/)
    .transform(Number)
    .pipe(z.number().int().min(min).max(max));

export const httpUrl = z.url({ protocol: /^https?$/, abort: true }).max(500);

/** The name of a machine, or its address; IPv6 without brackets. */
export const hostName = z.union([
  z.ipv4(),
  z.ipv6(),
  z
    .string()
    .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,253}[A-Za-z0-9])?$/)
    .refine((name) => URL.canParse(`http://${name}`)),
]);

export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);
