import type { Contribution } from './engine.ts';

/** Names that only whoever shows the words knows; ids where they are not known. */
export interface Naming {
  account?(id: string): string | null;
  video?(id: string): string | null;
  sound?(id: string): string | null;
  language?(code: string): string | null;
}

type Words = (about: NonNullable<Contribution['about']>, naming: Naming) => string | null;

const account = (naming: Naming, id: unknown) => naming.account?.(String(id)) ?? 'this creator';

/** One sentence for each name of a contribution; null where the numbers make no sentence. Numbers are told as they are. */
const templates: Readonly<Record<string, Words>> = {
  collaborative: ({ videos }) =>
    `People who like what you like watch this (by ${counted(videos, 'video')} you liked)`,
  'because-watched': ({ videoId }, naming) => {
    const title = naming.video?.(String(videoId));
    return title ? `Because you watched “${title}”` : 'Because you watched a video that goes with it';
  },
  neighbours: ({ videos }) => `It goes with ${counted(videos, 'other video')} you liked`,
  content: ({ videos }) => `It is about the same things as ${counted(videos, 'video')} you liked`,
  trending: ({ completions, likes }) =>
    `Popular on this server: ${people(completions)} watched it to the end, ${people(likes)} liked it`,
  trends: (about) =>
    about.people === undefined
      ? 'Trending on this server'
      : `Trending on this server: ${people(about.people)}, ${counted(about.servers, 'server')}`,
  quality: ({ shown, completions }) =>
    Number(shown) === 0
      ? 'Videos like this one are often watched to the end'
      : `${counted(completions, 'person', 'people')} of ${shown} watched it to the end`,
  'tag-affinity': ({ tag, finished }) =>
    tag === undefined
      ? null
      : Number(finished) > 0
        ? `You finished ${counted(finished, 'video')} with #${tag}`
        : `You are interested in #${tag}`,
  'creator-affinity': ({ accountId, finished }, naming) =>
    Number(finished) > 0
      ? `You finished ${counted(finished, 'video')} by ${account(naming, accountId)}`
      : null,
  'sound-affinity': ({ soundId, finished }, naming) =>
    Number(finished) > 0
      ? `You finished ${counted(finished, 'video')} with ${naming.sound?.(String(soundId)) ?? 'this sound'}`
      : null,
  language: () => null,
  social: ({ accountId, people: count }, naming) => {
    const others = Number(count) - 1;
    const name = naming.account?.(String(accountId)) ?? 'Somebody you follow';
    return others > 0
      ? `${name} and ${counted(others, 'other')} you follow liked or shared it`
      : `${name} liked or shared it`;
  },
  'followed-boost': ({ accountId }, naming) => `You follow ${account(naming, accountId)}`,
  'fresh-boost': ({ minutes }) => `New: published ${counted(minutes, 'minute')} ago`,
  exploration: ({ creatorSeen, shown }) => {
    const few = `nly ${people(shown)} here ${Number(shown) === 1 ? 'was' : 'were'} shown this video: we try it out`;
    if (creatorSeen === undefined) return `O${few}`;
    return Number(creatorSeen) === 0
      ? `You have not seen anything of this creator lately, and o${few}`
      : `You have seen ${counted(creatorSeen, 'video')} of this creator lately, but o${few}`;
  },
  'ranker-rates': ({ shown, completions }) =>
    Number(shown) === 0
      ? null
      : `${counted(completions, 'person', 'people')} of ${shown} watched it to the end`,
  'ranker-tags': () => 'Its hashtags go well with people here',
  'ranker-creator': () => 'Its creator goes well with people here',
  'ranker-sound': () => 'Its sound goes well with people here',
  'ranker-language': () => 'Its language goes well with people here',
  'ranker-video': () => 'People here who were shown it watched it rather than others',
  'ranker-length': () => 'Its length goes well with people here',
  'ranker-age': () => 'It is as new as what people here watch',
};

/**
 * The reasons of an item in plain words, at most `most`: what was tried out says so first, then the largest contributions above 0.
 * Never empty: whatever has no such contribution is told to be here for want of better ones.
 */
export function explain(contributions: readonly Contribution[], naming: Naming = {}, most = 3): string[] {
  const isTrial = ({ feature }: Contribution) => feature === 'exploration';
  const sentences = [...contributions]
    .filter((one) => one.value > 0 || isTrial(one))
    .sort((a, b) => Number(isTrial(b)) - Number(isTrial(a)) || b.value - a.value)
    .flatMap(({ feature, about }) => templates[feature]?.(about ?? {}, naming) ?? []);
  const told = [...new Set(sentences)].slice(0, most);
  return told.length > 0 ? told : ['One of the videos that you have not seen yet'];
}

function counted(count: unknown, one: string, more = `${one}s`): string {
  const number = Number(count ?? 0);
  return `${number} ${number === 1 ? one : more}`;
}

function people(count: unknown): string {
  return counted(count, 'person', 'people');
}
