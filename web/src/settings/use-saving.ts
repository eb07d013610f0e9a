import { useRef, useState } from 'preact/hooks';
import type { ApiOutcome } from '../api/client.ts';
import { toast } from '../state/toasts.ts';
import { errorsOf, type FormErrors, noErrors } from './errors.ts';

interface Saving {
  readonly busy: boolean;
  readonly errors: FormErrors;
  /** Sends the form; `null` where it was refused, which `errors` then says. */
  run<T>(call: () => Promise<ApiOutcome<T>>): Promise<{ readonly value: T } | null>;
}

/** Sending a form, and what is wrong with it, at its fields. */
export function useSaving(
  fields: readonly string[],
  byReason: Readonly<Record<string, string>> = {},
): Saving {
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState(noErrors);
  return {
    busy,
    errors,
    async run(call) {
      setBusy(true);
      const outcome = await call();
      setBusy(false);
      setErrors(outcome.ok ? noErrors : errorsOf(outcome, fields, byReason));
      return outcome.ok ? { value: outcome.value } : null;
    },
  };
}

/** A value that shows what was chosen at once, and the old one again where the server does not take it. */
export function useOptimistic<T>(
  value: T,
  save: (value: T) => Promise<ApiOutcome<unknown>>,
): readonly [shown: T, choose: (value: T) => void] {
  const [chosen, setChosen] = useState<{ readonly value: T } | null>(null);
  const round = useRef(0);
  const choose = async (next: T) => {
    round.current += 1;
    const own = round.current;
    setChosen({ value: next });
    const outcome = await save(next);
    if (own === round.current) setChosen(null);
    if (!outcome.ok) toast(outcome.sentence, 'error');
  };
  return [chosen ? chosen.value : value, choose];
}
