import { signal } from '@preact/signals';

/** A place on a clip, in parts of its width and height. */
export interface At {
  readonly x: number;
  readonly y: number;
}

interface Heart extends At {
  readonly id: number;
  readonly clip: string;
}

const SHOWN_MS = 900;
const MIDDLE: At = { x: 0.5, y: 0.5 };

let lastId = 0;

/** Hearts that are shown now, on whatever clips. */
export const hearts = signal<readonly Heart[]>([]);

/** Shows a heart for a moment where a clip was liked. */
export function showHeart(clip: string, at: At = MIDDLE): void {
  lastId += 1;
  const id = lastId;
  hearts.value = [...hearts.value, { ...at, id, clip }];
  setTimeout(() => {
    hearts.value = hearts.value.filter((heart) => heart.id !== id);
  }, SHOWN_MS);
}
