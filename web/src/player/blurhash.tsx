import { decode, isBlurhashValid } from 'blurhash';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Enough for what a blurhash holds; the browser smooths the rest. */
const SIDE = 24;

/** The colours of a clip before its first frame, and the light around it. */
export function Blurhash({ hash, class: className }: { hash: string | null; class?: string | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !hash || !isBlurhashValid(hash).result) return;
    const picture = context.createImageData(SIDE, SIDE);
    picture.data.set(decode(hash, SIDE, SIDE));
    context.putImageData(picture, 0, 0);
  }, [hash]);
  return <canvas class={className} ref={canvas} width={SIDE} height={SIDE} />;
}
