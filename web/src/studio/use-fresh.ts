import { useEffect, useRef, useState } from 'preact/hooks';
import type { ApiFailure, ApiOutcome } from '../api/client.ts';
import { useInterval } from '../ui/use-interval.ts';

export interface Fresh<T> {
  /** Null until the first answer. What was there stays while the next one is on its way. */
  readonly value: T | null;
  /** Why the last question had no answer. */
  readonly failure: ApiFailure | null;
  readonly reload: () => void;
}

/** Asks at once, whenever `key` changes, and again and again while the page is visible. */
export function useFresh<T>(
  key: string,
  load: () => Promise<ApiOutcome<T>>,
  everyMs: number | null,
): Fresh<T> {
  const [value, setValue] = useState<T | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  /** What is asked about now; null once nobody looks any more. */
  const wanted = useRef<string | null>(key);
  wanted.current = key;
  const ask = async () => {
    const outcome = await load();
    if (wanted.current !== key) return;
    setFailure(outcome.ok ? null : outcome);
    if (outcome.ok) setValue(outcome.value);
  };
  useEffect(() => {
    ask();
  }, [key]);
  useEffect(
    () => () => {
      wanted.current = null;
    },
    [],
  );
  useInterval(ask, everyMs);
  return { value, failure, reload: ask };
}
