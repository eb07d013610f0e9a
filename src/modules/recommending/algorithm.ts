import { type TrendSettings, trendSettings } from '../../../config/trend-limits.ts';
import { type LiveSettings, numbersOf } from './settings.ts';

/** A number that decides what people are shown, with what it does. */
export interface AlgorithmNumber {
  readonly name: string;
  readonly value: number;
  readonly words: string;
}

/** A part of the algorithm, in words and in numbers. */
export interface AlgorithmPart {
  readonly id: string;
  readonly title: string;
  readonly sentences: readonly string[];
  readonly numbers: readonly AlgorithmNumber[];
}

/** Everything that decides what this server shows unasked. */
export interface Algorithm {
  readonly weightsVersion: string;
  readonly parts: readonly AlgorithmPart[];
}

/** What each number of the ranking does. */
const RANKING_WORDS: Readonly<Record<string, string>> = {
  'mix.collaborative': 'part of the videos that people with a taste like yours watch',
  'mix.content':
    'part of those that are about what you like, by hashtags, sound, creator, language and words',
  'mix.social': 'part of those by whom you follow, and of what they liked or passed on',
  'mix.trending': 'part of what is talked about',
  'mix.exploration': 'part of videos that hardly anybody was shown yet',
  candidates: 'videos that are looked at for one feed',
  'weights.collaborative': 'people with a taste like yours watch it',
  'weights.neighbours': 'it goes with videos that you liked or watched to the end',
  'weights.content': 'it is about what you like',
  'weights.trending': 'people on this server like it just now',
  'weights.trends': 'it trends here and on other servers',
  'weights.quality': 'those who begin to watch it watch it to the end',
  'weights.tags': 'it has hashtags that you like',
  'weights.creators': 'it is by a creator whom you like to watch',
  'weights.sounds': 'it has a sound that you like',
  'weights.languages': 'it is in a language that you watch',
  'weights.social': 'people whom you follow liked it or passed it on',
  'weights.ranker': 'all that is foreseen below, together',
  'heads.complete': 'you watch it to the end',
  'heads.like': 'you like it',
  'heads.share': 'you pass it on, or answer it',
  'heads.follow': 'you follow its creator',
  'heads.hide': 'you do not want to see it, or report it',
  'boosts.followed': 'times the score, where you follow its creator',
  'boosts.fresh': 'times the score, where it is new',
  'boosts.freshMs': 'how long a video is new',
  'boosts.floor': 'a score below this is multiplied as if it were this',
  'exploration.share': 'part of the places for trying out',
  'exploration.coldShare': 'the same while little is known of you',
  'exploration.coldVideos': 'videos after which enough is known of you',
  'exploration.impressions': 'people who were shown a video, below which it is tried out',
  'exploration.youngMs': 'younger videos are tried out first',
  'exploration.firstImpressions': 'until so many people were shown them',
  'exploration.personal': 'how much it counts for a trial that a video fits you',
  'exploration.priorStrength': 'people that count before anybody has watched it',
  'rerank.maxRun': 'videos in a row by one creator, at most',
  'rerank.perCreator': 'videos by one creator within a window, at most',
  'rerank.window': 'videos in such a window',
  'rerank.tagShare': 'part of the videos with one hashtag, at most',
  'rerank.mmrLambda': 'how much the score counts against being unlike the videos before; 1: alone',
  heatHalfLifeMs: 'time after which what people like just now counts half',
  'ranker.alpha': 'how fast it learns what to foresee',
  'ranker.beta': 'how much it learns from what it meets first',
  'ranker.l1': 'how much has to speak for something before it counts',
  'ranker.l2': 'how little one thing alone may count',
  'ranker.bits': 'size of its memory: two to the power of this',
};

interface Draft {
  readonly id: string;
  readonly title: string;
  readonly sentences: readonly string[];
  /** What the names of its numbers begin with. */
  readonly of: readonly string[];
}

const DRAFTS: readonly Draft[] = [
  {
    id: 'sources',
    title: 'Where the videos of For You come from',
    sentences: [
      'Each of these sources finds some of the videos that are looked at. What one of them cannot fill goes to the others.',
      'Videos that you have seen are left out, and so is whatever you muted, blocked, filtered or do not want, both when videos are chosen and again when they are shown.',
    ],
    of: ['mix.', 'candidates'],
  },
  {
    id: 'score',
    title: 'What speaks for a video',
    sentences: [
      'The score is a sum. Each part says how much more it speaks for this video than for the others that were looked at, times its weight; the parts of each video that you were shown add up to its score, and you can ask for them.',
    ],
    of: ['weights.'],
  },
  {
    id: 'foreseen',
    title: 'What is foreseen',
    sentences: [
      'From what people here did with what they were shown, this server learns how likely each of these is, and adds them up with these weights. What people did elsewhere is not known here, and what they do here is told to nobody.',
    ],
    of: ['heads.', 'ranker.'],
  },
  {
    id: 'order',
    title: 'How they are put in order',
    sentences: [
      'The best come first, unlike each other, and never two with the same sound one after the other.',
    ],
    of: ['boosts.', 'rerank.', 'heatHalfLifeMs'],
  },
  {
    id: 'exploration',
    title: 'What is tried out',
    sentences: [
      'Some places go to videos that few people were shown yet: to each in as many feeds as it is likely to be one of the best (Thompson sampling). That is the only chance in For You, and how likely each such choice was is kept with it.',
    ],
    of: ['exploration.'],
  },
];

/** How trends are counted. */
function trendNumbers({ weights, halfLivesMs, account, trust, remote, brake, perDomain }: TrendSettings) {
  const number = (name: string, value: number, words: string): AlgorithmNumber => ({ name, value, words });
  return [
    number('trends.weights.view', weights.view, 'a view'),
    number('trends.weights.complete', weights.complete, 'watching to the end, beside the view'),
    number('trends.weights.like', weights.like, 'a like'),
    number('trends.weights.comment', weights.comment, 'the first comment of a person'),
    number('trends.weights.share', weights.share, 'passing it on'),
    number('trends.weights.save', weights.save, 'keeping it as a bookmark'),
    number('trends.halfLivesMs.usual', halfLivesMs.usual, 'time after which all of that counts half'),
    number(
      'trends.account.newWeight',
      account.newWeight,
      'what an account counts on its first day; it grows to 1 within a week',
    ),
    number('trends.trust.least', trust.least, 'what people of a server count that nobody here knows'),
    number(
      'trends.remote.knee',
      remote.knee,
      'mass of one other server above which more counts by its square root',
    ),
    number(
      'trends.remote.perLocal',
      remote.perLocal,
      'times what came from here, at most, comes from other servers',
    ),
    number(
      'trends.remote.perDoubling',
      remote.perDoubling,
      'and this much more for each doubling of their number',
    ),
    number(
      'trends.remote.viewShare',
      remote.viewShare,
      'part of a score that views told by other servers make, at most',
    ),
    number(
      'trends.brake.strangers',
      brake.strangers,
      'part of an hour’s actions by strangers, from which people review it first',
    ),
    number('trends.brake.oneDomain', brake.oneDomain, 'the same, where so much comes from one other server'),
    number(
      'trends.perDomain.share',
      perDomain.share,
      'part of the votes for a hashtag that one server has, at most',
    ),
  ];
}

/** The algorithm as it is now. Each number that can be tuned is in it once. */
export function describeAlgorithm({ settings, version }: LiveSettings): Algorithm {
  const numbers = Object.entries(numbersOf(settings));
  const ranked = DRAFTS.map(({ of, ...part }) => ({
    ...part,
    numbers: numbers.flatMap(([name, value]) =>
      of.some((start) => name.startsWith(start)) ? [{ name, value, words: RANKING_WORDS[name] ?? name }] : [],
    ),
  }));
  return {
    weightsVersion: version,
    parts: [
      ...ranked,
      {
        id: 'trends',
        title: 'What trends',
        sentences: [
          'Each person counts once for each kind of action. Of other servers counts what their people sign, by how much their server is trusted: for how long it is known, how many people here follow somebody there, and how many of its people come back. What a server claims in numbers counts for nothing.',
          'The sum fades with time. Hashtags, sounds and creators are counted by different people. The staff can keep something from trends, and let it in.',
        ],
        numbers: trendNumbers(trendSettings),
      },
    ],
  };
}
