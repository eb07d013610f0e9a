import { useLayoutEffect, useRef } from 'preact/hooks';

/** Enough for what a blurhash holds; the browser smooths the rest. */
const SIDE = 24;

type Library = typeof import('blurhash');

/** Fetched when there is something to draw first: nothing waits for these colours. */
let library: Library | undefined;

/** The colours of a clip before its first frame, and the light around it. */
export function Blurhash({ hash, class: className }: { hash: string | null; class?: string | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (!hash) return;
    if (library) return draw(library, canvas.current, hash);
    let isOver = false;
    import('blurhash').then(
      (module) => {
        library = module;
        if (!isOver) draw(module, canvas.current, hash);
      },
      // The picture itself comes all the same.
      () => undefined,
    );
    return () => {
      isOver = true;
    };
  }, [hash]);
  return <canvas class={className} ref={canvas} width={SIDE} height={SIDE} />;
}

function draw({ decode, isBlurhashValid }: Library, canvas: HTMLCanvasElement | null, hash: string): void {
  const context = canvas?.getContext('2d');
  if (!context || !isBlurhashValid(hash).result) return;
  const picture = context.createImageData(SIDE, SIDE);
  picture.data.set(decode(hash, SIDE, SIDE));
  context.putImageData(picture, 0, 0);
}
