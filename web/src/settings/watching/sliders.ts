import type { PlainKey } from '../../i18n/values.ts';
import type { english } from './words.ts';

/** What people can turn up and down, with the words for it; the server knows more of them, for whoever writes programs. */
export const sourceSliders = [
  { name: 'source.collaborative', words: 'sourceCollaborative' },
  { name: 'source.content', words: 'sourceContent' },
  { name: 'source.social', words: 'sourceSocial' },
  { name: 'source.trending', words: 'sourceTrending' },
  { name: 'source.exploration', words: 'sourceExploration' },
  { name: 'weight.tags', words: 'weightTags' },
  { name: 'weight.creators', words: 'weightCreators' },
  { name: 'weight.sounds', words: 'weightSounds' },
  { name: 'weight.languages', words: 'weightLanguages' },
  { name: 'weight.quality', words: 'weightQuality' },
] as const satisfies readonly Slider[];

export const likelySliders = [
  { name: 'head.complete', words: 'headComplete' },
  { name: 'head.like', words: 'headLike' },
  { name: 'head.share', words: 'headShare' },
  { name: 'head.follow', words: 'headFollow' },
] as const satisfies readonly Slider[];

export interface Slider {
  readonly name: string;
  readonly words: PlainKey<typeof english>;
}

type Factors = Readonly<Record<string, number>>;

/** What each place of a slider counts for. */
const factors = [0, 0.5, 1, 2, 4] as const;

export type Step = 0 | 1 | 2 | 3 | 4;
export const LAST_STEP = 4;

/** The place that stands for a factor best. */
export function stepOf(factor: number): Step {
  const distances = factors.map((one) => Math.abs(one - factor));
  return distances.indexOf(Math.min(...distances)) as Step;
}

/** All sliders with one of them moved; what is normal is not named. */
export function moved(all: Factors, name: string, step: number): Factors {
  const { [name]: _, ...others } = all;
  const factor = factors[step] ?? 1;
  return factor === 1 ? others : { ...others, [name]: factor };
}
