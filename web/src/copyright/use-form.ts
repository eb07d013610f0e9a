import { useState } from 'preact/hooks';
import type { ApiFailure, ApiOutcome } from '../api/client.ts';

/** The fields of a form with what is wrong with each, and whether it is being sent. */
export function useForm<V extends Readonly<Record<string, string | boolean>>>(first: V) {
  const [values, setValues] = useState(first);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const set =
    <K extends keyof V>(name: K) =>
    (value: V[K]) =>
      setValues((before) => ({ ...before, [name]: value }));
  return {
    ...{ values, set, busy },
    /** What is wrong with the form as a whole: what no field says. */
    problem: failure?.sentence,
    error: (name: string): string | undefined => failure?.fields[name],
    async send<T>(call: () => Promise<ApiOutcome<T>>, onDone: (value: T) => void): Promise<void> {
      if (busy) return;
      setBusy(true);
      setFailure(null);
      const outcome = await call();
      setBusy(false);
      if (outcome.ok) onDone(outcome.value);
      else setFailure(outcome);
    },
    /** Says what is missing, without asking the server. */
    refuse: (sentence: string) =>
      setFailure({ ok: false, status: 0, reason: 'incomplete', sentence, fields: {} }),
  };
}

/** What stands on the lines of a text. */
export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
