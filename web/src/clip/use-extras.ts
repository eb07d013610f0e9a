import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

const fetchExtras = () =>
  import('./clip-extras.ts').then(
    ({ ClipCaptions, ClipLines, ClipProgress, Cover, LargerSizes, Obstacle }) => ({
      ...{ ClipCaptions, ClipLines, ClipProgress, Cover, LargerSizes, Obstacle },
    }),
  );

type Extras = Awaited<ReturnType<typeof fetchExtras>>;

const extras = signal<Extras | undefined>(undefined);

/** The parts of a clip that come behind it; undefined until they are there. Where they do not come, the next clip asks again. */
export function useExtras(): Extras | undefined {
  useEffect(() => {
    if (extras.peek()) return;
    fetchExtras().then(
      (module) => {
        extras.value = module;
      },
      () => undefined,
    );
  }, []);
  return extras.value;
}
