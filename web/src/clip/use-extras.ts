import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

type Extras = typeof import('./clip-extras.ts').extras;

const known = signal<Extras | undefined>(undefined);

/** The parts of a clip that come behind it; undefined until they are there. Where they do not come, the next clip asks again. */
export function useExtras(): Extras | undefined {
  useEffect(() => {
    if (known.peek()) return;
    import('./clip-extras.ts').then(
      (module) => {
        known.value = module.extras;
      },
      () => undefined,
    );
  }, []);
  return known.value;
}
