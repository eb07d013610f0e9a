import type { ApiFailure } from '../api/client.ts';

/** What is wrong with a form: sentences by its fields, and what none of them is to blame for. */
export interface FormErrors {
  readonly at: Readonly<Record<string, string>>;
  readonly general: string | null;
}

export const noErrors: FormErrors = { at: {}, general: null };

/**
 * Puts a refusal where somebody can mend it. The server names the parts of its input, as `fields_attributes.0.value`: those belong to
 * the field of the form that they begin with. `byReason` says which field is meant where it gives a reason alone.
 */
export function errorsOf(
  failure: ApiFailure,
  fields: readonly string[],
  byReason: Readonly<Record<string, string>> = {},
): FormErrors {
  const at: Record<string, string> = {};
  for (const [name, sentence] of Object.entries(failure.fields)) {
    const field = fields.find((one) => one === name || name.startsWith(`${one}.`));
    if (field !== undefined) at[field] ??= sentence;
  }
  const meant = byReason[failure.reason];
  if (meant !== undefined) at[meant] ??= failure.sentence;
  return { at, general: Object.keys(at).length === 0 ? failure.sentence : null };
}
