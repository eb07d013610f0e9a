import { type Catalogue, NONE } from './catalogue.ts';
import type { Contribution } from './engine.ts';
import { featureGroups } from './features.ts';
import type { Profile, Scorer } from './models/model.ts';
import type { People } from './people.ts';
import { type Part, parts, type Scored } from './scoring.ts';
import type { Candidates } from './sources.ts';
import { type Liking, tagLiking } from './taste.ts';
import type { Viewer } from './viewer.ts';

/** Every name that a contribution can have. */
export const contributionFeatures = [
  ...(['collaborative', 'because-watched', 'neighbours', 'content', 'trending', 'trends'] as const),
  ...(['quality', 'tag-affinity', 'creator-affinity', 'sound-affinity', 'language', 'social'] as const),
  ...featureGroups.map((group) => `ranker-${group}` as const),
  ...(['followed-boost', 'fresh-boost', 'exploration'] as const),
] as const;
export type ContributionFeature = (typeof contributionFeatures)[number];

/** Parts that are told under another name than their weight has. */
const TOLD: Partial<Record<Part, ContributionFeature>> = {
  tags: 'tag-affinity',
  creators: 'creator-affinity',
  sounds: 'sound-affinity',
  languages: 'language',
};

export interface ContributionDeps {
  readonly catalogue: Catalogue;
  readonly people: People;
  readonly scorer: Scorer | null;
  /** People and servers behind a trend. */
  trendAbout(video: number, at: number): Readonly<Record<string, number>>;
}

type About = Record<string, string | number>;

/** The parts of a video's score with what their words need. Neighbours are told by the video that says most, and the rest. */
export function contributionsOf(
  deps: ContributionDeps,
  viewer: Viewer,
  scored: Scored,
  row: number,
  { candidates, at }: { readonly candidates: Candidates; readonly at: number },
): Contribution[] {
  const video = scored.slots[row] ?? NONE;
  const told: Contribution[] = [];
  for (const [column, part] of parts.entries()) {
    const value = scored.values[row * parts.length + column] ?? 0;
    if (value === 0) continue;
    if (part === 'neighbours') {
      told.push(...neighbours(deps, viewer, video, value, at));
      continue;
    }
    const about = aboutOf(deps, viewer, video, part, { candidates, at });
    told.push({ feature: nameOf(part), value, ...(about ? { about } : {}) });
  }
  return told;
}

function nameOf(part: Part): ContributionFeature {
  return TOLD[part] ?? contributionFeatures.find((name) => name === part) ?? 'quality';
}

/** What was watched says exactly how much of the neighbours' part is its own. */
function neighbours(
  { catalogue, scorer }: ContributionDeps,
  { profile }: Viewer,
  video: number,
  value: number,
  at: number,
): Contribution[] {
  const reasons = scorer?.because(profile, at, video) ?? [];
  const [first] = reasons;
  const total = reasons.reduce((sum, reason) => sum + reason.value, 0);
  if (!first || total <= 0 || first.value <= 0) return [{ feature: 'neighbours', value }];
  const own = (value * first.value) / total;
  const told: Contribution[] = [
    { feature: 'because-watched', value: own, about: { videoId: catalogue.idOf(first.item) } },
  ];
  if (reasons.length > 1)
    told.push({ feature: 'neighbours', value: value - own, about: { videos: reasons.length - 1 } });
  return told;
}

function aboutOf(
  deps: ContributionDeps,
  viewer: Viewer,
  video: number,
  part: Part,
  { candidates, at }: { readonly candidates: Candidates; readonly at: number },
): About | undefined {
  const { catalogue, people } = deps;
  const { columns } = catalogue;
  const author = columns.author[video] ?? NONE;
  const accountId = people.all[author]?.id ?? '';
  switch (part) {
    case 'collaborative':
      return { videos: activeOf(deps.scorer, viewer.profile) };
    case 'content':
      return { videos: viewer.profile.items.length };
    case 'trending':
      return { completions: columns.completions[video] ?? 0, likes: columns.likes[video] ?? 0 };
    case 'trends':
      return { ...deps.trendAbout(video, at) };
    case 'quality':
    case 'ranker-rates':
      return ratesOf(catalogue, video);
    case 'tags': {
      const { best } = tagLiking(catalogue, viewer.taste, video);
      return best === 0
        ? undefined
        : { tag: catalogue.tagNames.text(best), ...likingAbout(viewer.taste.tags.get(best)) };
    }
    case 'creators':
      return { accountId, ...likingAbout(viewer.taste.creators.get(author)) };
    case 'sounds': {
      const sound = columns.sound[video] ?? 0;
      return { soundId: catalogue.soundNames.text(sound), ...likingAbout(viewer.taste.sounds.get(sound)) };
    }
    case 'languages':
      return { language: catalogue.languageNames.text(columns.language[video] ?? 0) };
    case 'social': {
      const liked = candidates.liked.get(video);
      return liked ? { accountId: people.all[liked.by]?.id ?? '', people: liked.count } : undefined;
    }
    case 'followed-boost':
      return { accountId };
    case 'fresh-boost':
      return { minutes: Math.max(0, Math.floor((at - (columns.publishedAt[video] ?? 0)) / 60_000)) };
    default:
      return undefined;
  }
}

/** How many of what somebody liked have a factor: no others say anything of what people with the same taste watch. */
function activeOf(scorer: Scorer | null, { items }: Profile): number {
  let count = 0;
  for (let at = 0; at < items.length; at += 1)
    if ((scorer?.model.rowOf[items[at] ?? NONE] ?? NONE) !== NONE) count += 1;
  return count;
}

/** Some watch to the end what nobody told of being shown. */
function ratesOf({ columns }: Catalogue, video: number): About {
  const shown = columns.impressions[video] ?? 0;
  return { shown, completions: Math.min(shown, columns.completions[video] ?? 0) };
}

function likingAbout(liking: Liking | undefined): About {
  return liking ? { finished: liking.finished, met: liking.met } : {};
}
