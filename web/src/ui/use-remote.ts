import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ApiFailure, ApiOutcome } from '../api/client.ts';

export type Remote<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly failure: ApiFailure }
  | { readonly state: 'ready'; readonly value: T };

/**
 * Loads something whenever `key` changes; answers to earlier keys are dropped.
 * The setter is for what is known without asking, like a change the page made itself.
 */
export function useRemote<T>(
  key: string,
  load: () => Promise<ApiOutcome<T>>,
): readonly [remote: Remote<T>, reload: () => void, set: (value: T) => void] {
  const [remote, setRemote] = useState<Remote<T>>({ state: 'loading' });
  const [round, setRound] = useState(0);
  const loader = useRef(load);
  loader.current = load;

  useEffect(() => {
    let current = true;
    setRemote({ state: 'loading' });
    loader.current().then((outcome) => {
      if (!current) return;
      setRemote(
        outcome.ok ? { state: 'ready', value: outcome.value } : { state: 'failed', failure: outcome },
      );
    });
    return () => {
      current = false;
    };
  }, [key, round]);

  const reload = useCallback(() => setRound((n) => n + 1), []);
  const set = useCallback((value: T) => setRemote({ state: 'ready', value }), []);
  return [remote, reload, set];
}
