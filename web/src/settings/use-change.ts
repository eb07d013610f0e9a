import { useMemo, useRef } from 'preact/hooks';
import type { ApiOutcome } from '../api/client.ts';
import { turns } from './turns.ts';

/** Changes a part of what the server keeps. A list is changed from what it is by then, not from what was shown when somebody chose. */
export type Change<Kept, Part = Partial<Kept>> = (
  part: Part | ((now: Kept) => Part),
) => Promise<ApiOutcome<Kept>>;

/** Changes go one after another, each from what the one before left; `keep` hears what the server keeps now. */
export function useChange<Kept extends object, Part extends object>(
  value: Kept,
  send: (part: Part) => Promise<ApiOutcome<Kept>>,
  keep: (value: Kept) => void,
): Change<Kept, Part> {
  const inTurn = useMemo(turns, []);
  const now = useRef(value);
  now.current = value;
  return (part) =>
    inTurn(async () => {
      const outcome = await send(typeof part === 'function' ? part(now.current) : part);
      if (outcome.ok) {
        // The next in turn comes before anything is drawn anew.
        now.current = outcome.value;
        keep(outcome.value);
      }
      return outcome;
    });
}
