import type { Remix } from '../remix/order.ts';
import type { Original } from '../remix/original.tsx';
import type { SoundUse } from '../sounds/use.ts';
import type { Chosen } from '../sounds/with-sound.tsx';

/** The clip that is answered to, and how. */
export interface Answer {
  readonly original: Original;
  readonly remix: Remix;
  readonly onChange: (remix: Remix) => void;
}

/** The sound that is recorded to, and how. */
export interface Music {
  readonly chosen: Chosen;
  readonly use: SoundUse;
  readonly onChange: (use: SoundUse) => void;
}
