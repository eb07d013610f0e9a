import { z } from 'zod';

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
