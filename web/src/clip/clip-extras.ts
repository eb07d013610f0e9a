import { LargerSizes } from '../player/larger-sizes.ts';
import { ClipCaptions } from './clip-captions.tsx';
import { Cover, Obstacle } from './clip-obstacles.tsx';
import { ClipProgress } from './clip-progress.tsx';

/** What a clip does not need to play: fetched after it was shown first (`use-extras.ts`), so that it does not hold up the first one. */
export const extras = { LargerSizes, ClipCaptions, Cover, Obstacle, ClipProgress };
