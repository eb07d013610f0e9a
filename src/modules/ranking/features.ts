import { rankingLimits } from '../../../config/ranking-limits.ts';
import type { Catalogue } from './catalogue.ts';
import type { Counts } from './counts.ts';
import type { Features } from './ftrl.ts';
import type { Person } from './people.ts';
import { scatter } from './random.ts';
import { likingOf, type Taste, tagLiking, tasteOf } from './taste.ts';

/** What a feature is about; what the ranker adds to a score is told by these. */
export const featureGroups = [
  'rates',
  'tags',
  'creator',
  'sound',
  'language',
  'video',
  'length',
  'age',
] as const;

/** Writes the features of a video for somebody into `out`. */
export type Describe = (person: Person, video: number, at: number, out: Features) => void;

/** The same where the taste is known already; `groups`, where given, gets the group of each feature. */
export type DescribeFor = (
  who: { readonly taste: Taste; readonly languages: readonly number[] },
  video: number,
  at: number,
  out: Features,
  groups?: Uint8Array,
) => void;

const GROUP = Object.fromEntries(featureGroups.map((name, at) => [name, at])) as Readonly<
  Record<(typeof featureGroups)[number], number>
>;
const LIKES_STRENGTH = 20;
const LIKES_GUESS = 0.03;
const RATE_STRENGTH = 6;

export function createDescribe(
  catalogue: Catalogue,
  counts: Counts,
  bits: number,
): { describe: Describe; describeFor: DescribeFor } {
  const { columns } = catalogue;
  const mask = (1 << bits) - 1;
  const place = (kind: number, key: number) => scatter(Math.imul(key + 1, 31) + kind * 0x51_7c_c1) & mask;
  const width = rankingLimits.tagsPerVideo;

  const describeFor: DescribeFor = ({ taste, languages }, video, at, out, groups) => {
    out.count = 0;
    const put = (group: number, kind: number, key: number, value: number): void => {
      if (groups) groups[out.count] = group;
      out.indices[out.count] = place(kind, key);
      out.values[out.count] = value;
      out.count += 1;
    };
    const shown = columns.impressions[video] ?? 0;
    const likes = ((columns.likes[video] ?? 0) + LIKES_STRENGTH * LIKES_GUESS) / (shown + LIKES_STRENGTH);
    put(GROUP.rates, 1, 0, logit(counts.rate(video, RATE_STRENGTH)));
    put(GROUP.rates, 2, 0, Math.log(likes / LIKES_GUESS) / 2);
    put(GROUP.tags, 3, 0, tagLiking(catalogue, taste, video).mean);
    const author = columns.author[video] ?? 0;
    put(GROUP.creator, 4, 0, likingOf(taste.creators, author, taste.mean));
    const sound = columns.sound[video] ?? 0;
    put(GROUP.sound, 5, 0, likingOf(taste.sounds, sound, taste.mean));
    const language = columns.language[video] ?? 0;
    put(GROUP.language, 6, 0, likingOf(taste.languages, language, taste.mean));
    if (language !== 0 && languages.length > 0)
      put(GROUP.language, 7, languages.includes(language) ? 1 : 0, 1);
    put(GROUP.video, 8, catalogue.keyOf(video), 1);
    put(GROUP.creator, 9, author, 1);
    if (sound !== 0) put(GROUP.sound, 10, sound, 1);
    put(GROUP.length, 11, Math.round(Math.log2(1 + (columns.durationMs[video] ?? 0) / 1_000) * 2), 1);
    const hours = Math.max(0, at - (columns.publishedAt[video] ?? 0)) / 3_600_000;
    put(GROUP.age, 12, Math.round(Math.log2(1 + hours)), 1);
    for (let tag = video * width; tag < (video + 1) * width; tag += 1) {
      const name = columns.tags[tag] ?? 0;
      if (name === 0) break;
      put(GROUP.tags, 13, name, 0.5);
    }
  };
  return {
    describeFor,
    describe: (person, video, at, out) =>
      describeFor({ taste: tasteOf(catalogue, person), languages: person.languages }, video, at, out),
  };
}

function logit(rate: number): number {
  return Math.log(rate / (1 - rate));
}
