/** What a clip does not need to play: fetched after it was shown first (`use-extras.ts`), so that it does not hold up the first one. */
export { LargerSizes } from '../player/larger-sizes.ts';
export { ClipCaptions } from './clip-captions.tsx';
export { ClipLines } from './clip-lines.tsx';
export { Cover, Obstacle } from './clip-obstacles.tsx';
export { ClipProgress } from './clip-progress.tsx';
