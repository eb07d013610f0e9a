import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

type Extras = typeof import('./clip-extras.ts');

const extras = signal<Extras | undefined>(undefined);

/** The parts of a clip that come behind it; undefined until they are there. Where they do not come, the next clip asks again. */
export function useExtras(): Extras | undefined {
  useEffect(() => {
    if (extras.peek()) return;
    import('./clip-extras.ts').then(
      (module) => {
        extras.value = module;
      },
      () => undefined,
    );
  }, []);
  return extras.value;
}
