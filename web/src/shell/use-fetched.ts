import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** A part of the frame that is fetched once it is wanted, and left out where it does not come. */
export function useFetched(isWanted: boolean, load: () => Promise<ComponentType>): ComponentType | null {
  const [Part, setPart] = useState<ComponentType | null>(null);
  useEffect(() => {
    if (!isWanted || Part) return;
    load()
      .then((part) => setPart(() => part))
      .catch(() => undefined);
  }, [isWanted]);
  return isWanted ? Part : null;
}
