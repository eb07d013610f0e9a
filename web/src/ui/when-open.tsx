import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { say as sayOfFailures } from '../api/say.ts';
import { toast } from '../state/toasts.ts';

/**
 * A dialog that is fetched when it is opened first. Where it does not come, that is said, it counts as closed, and the next press
 * asks again.
 */
export function whenOpen<P extends { readonly onClose: () => void }>(
  load: () => Promise<ComponentType<P>>,
): ComponentType<P> {
  let known: ComponentType<P> | undefined;
  return function WhenOpen(props: P) {
    const [Part, setPart] = useState<ComponentType<P> | undefined>(() => known);
    useEffect(() => {
      if (known) return;
      load().then(
        (part) => {
          known = part;
          setPart(() => part);
        },
        () => {
          toast(sayOfFailures('unreachable'), 'error');
          props.onClose();
        },
      );
    }, []);
    return Part ? <Part {...props} /> : null;
  };
}
