import { LRUCache } from 'lru-cache';
import { servingLimits } from '../../../config/serving-limits.ts';
import type { Db } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import { type AccountId, type IdSource, momentOf, type VideoId } from '../../lib/ids.ts';
import type { CandidateSource, Contribution, RankedItem } from '../ranking/index.ts';
import type { createArchive, NewSlate } from './archive.ts';
import type { EngineHost } from './host.ts';
import { type PackedFeed, packed } from './packing.ts';
import type { Standing, StandingSlate, Standings } from './standing.ts';
import type { FeedWishes, wishesOf } from './wishes.ts';

/** Who looks. */
export interface FeedViewer {
  /** Null: nobody who is signed in. */
  readonly id: AccountId | null;
  /** Of the browser or app, the first choice first. */
  readonly languages: readonly string[];
}

/** Videos that come next for somebody, best first. */
export interface Chosen {
  readonly ids: readonly VideoId[];
  /** What they are shown by, where it is kept; for `noteServed`. */
  readonly slate: StandingSlate | null;
  /** Resolves once it is kept, and why; never rejects. Nobody is told of it before. */
  readonly kept: Promise<unknown>;
}

/** What a feed without the engine is made of: for each video, the kind of reason. */
export type Fallback = (
  viewerId: AccountId | null,
  without: readonly VideoId[],
  count: number,
) => Promise<readonly { readonly id: VideoId; readonly reason: 'trending' | 'newest' | 'followed' }[]>;

const KEPT = Promise.resolve();
const NOTHING: Chosen = { ids: [], slate: null, kept: KEPT };
/** What a feed is ranked by that was not. */
const MIXED = 'mix';

interface MakingDeps {
  readonly host: EngineHost;
  readonly archive: ReturnType<typeof createArchive>;
  readonly standings: Standings;
  readonly wishes: ReturnType<typeof wishesOf>;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly db: Db;
  readonly settingsVersion: () => string;
}

/**
 * Chooses slates and keeps them with their reasons. Whether a video may still be shown is not asked here but when it is shown. Where the
 * engine does not answer, the slate from before goes on, and else a mix of what is new, liked and followed.
 */
export function createSlates(deps: MakingDeps) {
  const { host, archive, standings, wishes, ids, clock } = deps;
  const shared = createSharedSlates(deps);

  function slateOf(accountId: AccountId | null, feed: PackedFeed): NewSlate {
    return { id: ids.next(), accountId, madeAt: new Date(clock.now()), feed };
  }

  /** By which the engine is to choose; null where there is none that does. */
  const wishesFor = async (accountId: AccountId | null): Promise<FeedWishes | null> =>
    accountId !== null && host.isLoaded() ? wishes.of(accountId) : null;

  /** By the engine; null where it has no answer. */
  async function ranked(
    accountId: AccountId,
    without: readonly VideoId[],
    { standing, wishes: known }: { readonly standing: Standing | null; readonly wishes?: FeedWishes | null },
  ): Promise<Chosen | null> {
    const wish = known ?? (await wishesFor(accountId));
    const feed =
      wish &&
      (await host.feed({
        ...{ userId: accountId, n: servingLimits.slate, at: clock.now(), without },
        ...{ isPersonal: wish.isPersonal, sliders: wish.sliders, languages: wish.languages },
      }));
    if (!feed) return null;
    if (feed.videoIds.length === 0) return NOTHING;
    const slate = slateOf(accountId, feed);
    const offered = standingOf(slate, deps.settingsVersion());
    const mark = standing?.mark ?? 0;
    const kept = Promise.all([archive.keep(slate), standings.offer(accountId, mark, offered)]);
    return { ids: offered.ids, slate: offered, kept };
  }

  async function mixed(viewer: FeedViewer, without: readonly VideoId[], fallback: Fallback): Promise<Chosen> {
    const found = await fallback(viewer.id, without, servingLimits.slate);
    const items = found.map(({ id, reason }, at) => mixedItem(id, reason, found.length - at, clock.now()));
    // Of what strangers are shown so, nothing is kept: they could fill a table.
    const isKept = viewer.id !== null && items.length > 0;
    const feed = packed({ items, weightsVersion: MIXED });
    const kept = isKept ? archive.keep(slateOf(viewer.id, feed)) : KEPT;
    return { ids: found.map(({ id }) => id), slate: null, kept };
  }

  return {
    /** Where somebody's feed stands; null where nobody knows, and what was chosen before goes on. */
    standingOf: (viewerId: AccountId | null): Promise<Standing | null> =>
      viewerId === null ? Promise.resolve(null) : standings.of(viewerId),

    wishesFor,

    /** What is offered from the top: the slate of the last minutes, as long as nothing has changed that it was chosen by. */
    fromTop(standing: Standing | null): Chosen {
      const slate = standing?.slate;
      const isCurrent = slate && standings.isFresh(slate) && slate.settingsVersion === deps.settingsVersion();
      return isCurrent ? { ids: slate.ids, slate, kept: KEPT } : NOTHING;
    },

    /** The next videos, none of `without`; none where there are no more. */
    async next(
      viewer: FeedViewer,
      input: {
        readonly without: readonly VideoId[];
        readonly standing: Standing | null;
        /** What `wishesFor` gave, where that was asked already. */
        readonly wishes?: FeedWishes | null;
        readonly fallback: Fallback;
        /** Of what is ranked, nothing could be shown so far: the mix asks the database for what can. */
        readonly mustFind?: boolean;
      },
    ): Promise<Chosen> {
      const { without, standing, fallback, mustFind = false } = input;
      if (mustFind) return mixed(viewer, without, fallback);
      const left = (slate: StandingSlate): Chosen => {
        const taken = new Set(without);
        const ids = slate.ids.filter((id) => !taken.has(id)).slice(0, servingLimits.slate);
        return { ids, slate, kept: KEPT };
      };
      if (viewer.id === null) {
        const slate = await shared(viewer.languages);
        const rest = slate ? left(slate) : NOTHING;
        return rest.ids.length > 0 ? rest : mixed(viewer, without, fallback);
      }
      const chosen = await ranked(viewer.id, without, input);
      if (chosen && chosen.ids.length > 0) return chosen;
      const before =
        chosen === null && standing?.slate && standings.isUsable(standing.slate)
          ? left(standing.slate)
          : NOTHING;
      return before.ids.length > 0 ? before : mixed(viewer, without, fallback);
    },

    /** Notes what was tried out on somebody, once it is shown. */
    noteServed(accountId: AccountId, slate: StandingSlate, shown: readonly VideoId[]): Promise<void> {
      const explored = shown.flatMap((videoId) => {
        const propensity = slate.explored[videoId];
        if (propensity === undefined) return [];
        const { id: slateId, weightsVersion } = slate;
        return [{ accountId, videoId, slateId, propensity, weightsVersion }];
      });
      return archive.noteExplored(explored);
    },

    slateById: archive.byId,
    lastSlateWith: archive.lastWith,
  };
}

function standingOf({ id, madeAt, feed }: NewSlate, settingsVersion: string): StandingSlate {
  const { weightsVersion, explored } = feed;
  const videoIds = feed.videoIds as readonly VideoId[];
  return { id, weightsVersion, settingsVersion, madeAt: madeAt.getTime(), ids: videoIds, explored };
}

type MixReason = Awaited<ReturnType<Fallback>>[number]['reason'];

/** The score of what was not ranked is its place, and has one reason. */
function mixedItem(id: VideoId, reason: MixReason, score: number, at: number): RankedItem {
  const minutes = Math.max(0, Math.floor((at - momentOf(id)) / 60_000));
  const told: Record<MixReason, readonly [CandidateSource, Contribution]> = {
    trending: ['trending', { feature: 'trends', value: score }],
    newest: ['exploration', { feature: 'fresh-boost', value: score, about: { minutes } }],
    followed: ['social', { feature: 'followed-boost', value: score }],
  };
  const [source, contribution] = told[reason];
  return { videoId: id, score, propensity: null, sources: [source], contributions: [contribution] };
}

/**
 * Slates for all who are not signed in: one for each of the languages in which there are most videos, and one for all others. However
 * many strangers ask, there are no more of them.
 */
function createSharedSlates({ host, archive, ids, clock, db, settingsVersion }: MakingDeps) {
  const slates = new LRUCache<string, StandingSlate>({ max: servingLimits.sharedLanguages + 1 });
  const making = new Map<string, Promise<StandingSlate | null>>();
  let known: { readonly at: number; readonly languages: Promise<ReadonlySet<string>> } | null = null;

  function languagesHere(): Promise<ReadonlySet<string>> {
    if (!known || clock.now() - known.at > servingLimits.sharedLanguagesMs) {
      known = { at: clock.now(), languages: mostCommonLanguages(db) };
      known.languages.catch(() => {
        known = null;
      });
    }
    return known.languages;
  }

  async function make(language: string): Promise<StandingSlate | null> {
    const at = clock.now();
    const languages = language === '' ? [] : [language];
    const feed = await host.feed({ userId: null, n: servingLimits.sharedSlate, at, languages });
    if (!feed || feed.videoIds.length === 0) return null;
    const slate: NewSlate = { id: ids.next(), accountId: null, madeAt: new Date(at), feed };
    await archive.keep(slate);
    const standing = standingOf(slate, settingsVersion());
    slates.set(language, standing);
    return standing;
  }

  return async (wanted: readonly string[]): Promise<StandingSlate | null> => {
    if (!host.isLoaded() && slates.size === 0) return null;
    const here = await languagesHere();
    const language =
      wanted.map((one) => one.toLowerCase().split('-')[0] ?? '').find((one) => here.has(one)) ?? '';
    const before = slates.get(language);
    const isFresh = before && clock.now() - before.madeAt < servingLimits.slateMs;
    if (isFresh && before.settingsVersion === settingsVersion()) return before;
    const running = making.get(language) ?? make(language).finally(() => making.delete(language));
    making.set(language, running);
    return (await running) ?? before ?? null;
  };
}

async function mostCommonLanguages(db: Db): Promise<ReadonlySet<string>> {
  const newest = db('videos')
    .where({ state: 'published', visibility: 'public' })
    .orderBy('id', 'desc')
    .limit(10_000)
    .select(db.raw(`lower(split_part(language, '-', 1)) as language`));
  const rows: string[] = await db
    .from(newest.as('newest'))
    .whereNotNull('language')
    .groupBy('language')
    .orderByRaw('count(*) desc, language')
    .limit(servingLimits.sharedLanguages)
    .pluck('language');
  return new Set(rows);
}
