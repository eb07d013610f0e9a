import { feedLimits } from '../../../config/feed-limits.ts';
import { videoLimits } from '../../../config/limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { deleteInBatches } from '../../db/sweep.ts';
import { textOfHtml } from '../../lib/html/sanitize.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import { type Filter, type FilterContext, type Filters, matcherOf } from '../filters/index.ts';
import type { Chosen, Fallback, FeedViewer, Recommending } from '../recommending/index.ts';
import type { Recommendable, Videos } from '../videos/index.ts';
import { decodePlace, encodePlace, isTop, type Place, takeInOrder } from './place.ts';

/** A part of For You. */
interface ForYouPage {
  readonly ids: readonly VideoId[];
  /** Who made them. */
  readonly authorIds: readonly AccountId[];
  /** Of the viewer, those that have not ended: what is asked for a page need not be asked again for its entities. */
  readonly filters: readonly Filter[];
  /** Where it goes on. */
  readonly place: Place;
  readonly isEnd: boolean;
  /** Resolves once it is kept why all of it is there: beside what else a page needs, and before it is shown. */
  readonly kept: Promise<unknown>;
}

/** Filters of the viewer that have not ended; nobody has none. */
export const filtersOf = (filters: Filters, viewerId: AccountId | null): Promise<readonly Filter[]> =>
  viewerId === null ? Promise.resolve([]) : filters.current(viewerId);

/** Whether these filters of the viewer hide a post in a place. */
export function hiddenBy(
  current: readonly Filter[],
  context: FilterContext,
): (post: Pick<Recommendable, 'id' | 'contentWarning' | 'captionHtml' | 'altText'>) => boolean {
  const hiding = current.filter(({ action, contexts }) => action === 'hide' && contexts.includes(context));
  if (hiding.length === 0) return () => false;
  const matches = matcherOf(hiding);
  return ({ id, contentWarning, captionHtml, altText }) => {
    const said = textOfHtml(captionHtml, videoLimits.maxSearchedCharacters);
    return matches({ id, text: `${contentWarning}\n${said}\n${altText}` }).length > 0;
  };
}

/**
 * For You, page by page. A page goes on with what was chosen for the one before, unless its viewer did something meanwhile that makes that
 * out of date. What was chosen is looked at again at the moment it is shown: whatever was seen, blocked, muted, filtered, deleted
 * or not wanted in between is left out. The number of questions to the database does not depend on the length of a page.
 */
export function createForYou(deps: {
  readonly db: Db;
  readonly videos: Videos;
  readonly filters: Filters;
  readonly recommending: Pick<Recommending, 'standingOf' | 'wishesFor' | 'fromTop' | 'next' | 'noteServed'>;
  /** What there is where nothing was ranked, or no more. */
  readonly fallback: Fallback;
}) {
  const { db, videos, filters, recommending, fallback } = deps;

  /**
   * What waits from before, and by whose wishes something is chosen where that is nothing. The mark is read before the wishes: whoever changes
   * them in between has another one, and what was chosen by the old ones is offered to nobody.
   */
  async function begin(viewerId: AccountId | null, place: Place) {
    const standing = await recommending.standingOf(viewerId);
    const isCurrent = standing === null || standing.mark === place.mark;
    const waiting = isTop(place) ? recommending.fromTop(standing).ids : isCurrent ? place.waiting : [];
    const wishes = waiting.length === 0 ? await recommending.wishesFor(viewerId) : null;
    return { standing, waiting, wishes };
  }

  async function page(viewer: FeedViewer, place: Place, limit: number): Promise<ForYouPage> {
    const viewerId = viewer.id;
    const [{ standing, waiting, wishes }, current] = await Promise.all([
      begin(viewerId, place),
      filtersOf(filters, viewerId),
    ]);
    const slates: Chosen['slate'][] = [standing?.slate ?? null];
    const keeping: Chosen['kept'][] = [];
    const isHidden = hiddenBy(current, 'public');
    const shownOf = async (ids: readonly VideoId[]) =>
      (await videos.recommendableAmong(viewerId, ids)).filter((one) => !isHidden(one));
    let candidates = await shownOf(waiting);
    let part = takeInOrder(place, candidates, { limit, mayBeAlone: false });
    const refused: VideoId[] = [];
    let isDry = false;
    for (let round = 0; part.taken.length < limit && !isDry && round < feedLimits.rounds; round += 1) {
      const without = [...place.shown, ...waiting, ...candidates.map(({ id }) => id), ...refused];
      // Who is not known to have seen the best hundreds would be offered those, and have an empty page.
      const mustFind = part.taken.length === 0 && round === feedLimits.rounds - 1;
      const input = { without, standing, wishes, fallback, mustFind };
      const { ids: offered, slate, kept } = await recommending.next(viewer, input);
      slates.push(slate);
      keeping.push(kept);
      isDry = offered.length === 0;
      const more = await shownOf(offered);
      const passed = new Set(more.map(({ id }) => id));
      refused.push(...offered.filter((id) => !passed.has(id)));
      candidates = [...candidates, ...more];
      part = takeInOrder(place, candidates, { limit, mayBeAlone: false });
    }
    if (part.taken.length < limit) part = takeInOrder(place, candidates, { limit, mayBeAlone: true });
    const { taken, rest, run, varied } = part;
    // What may not be shown is remembered like what was, so that the next page looks further.
    const shown = [...place.shown, ...refused, ...taken].slice(-feedLimits.shownKept);
    const left = rest.slice(0, 2 * feedLimits.slate);
    // With nothing to show in so many rounds it ends, too: what is forgotten of the oldest would be offered again for ever.
    const isEnd = taken.length < limit && (isDry || taken.length === 0);
    if (viewerId !== null) noteServed(viewerId, slates, taken);
    const mark = standing?.mark ?? place.mark;
    const next = { waiting: left, shown, run, varied, mark };
    const authors = new Map(candidates.map(({ id, accountId }) => [id, accountId]));
    const authorIds = [...new Set(taken.flatMap((id) => authors.get(id) ?? []))];
    const kept = Promise.all(keeping);
    return { ids: taken, authorIds, filters: current, place: next, isEnd, kept };
  }

  function noteServed(
    viewerId: AccountId,
    slates: readonly Chosen['slate'][],
    shown: readonly VideoId[],
  ): void {
    for (const slate of new Set(slates)) if (slate) void recommending.noteServed(viewerId, slate, shown);
  }

  return {
    page,

    /** Where an account was after the page that ended with this video; null where that is not known any more. */
    async placeAfter(accountId: AccountId, lastId: string, after: Date): Promise<Place | null> {
      const row = await db('feed_places')
        .where({ account_id: accountId, last_id: lastId })
        .where('served_at', '>', after)
        .first('state');
      return row ? decodePlace(row.state) : null;
    },

    /** Keeps a place for apps that page by the id of the last video; the last few of an account. */
    async keepPlace(
      tx: Tx,
      accountId: AccountId,
      lastId: string,
      input: { place: Place; now: Date },
    ): Promise<void> {
      await tx('feed_places')
        .insert({
          account_id: accountId,
          last_id: lastId,
          state: encodePlace(input.place),
          served_at: input.now,
        })
        .onConflict(['account_id', 'last_id'])
        .merge();
      const newest = tx('feed_places')
        .where({ account_id: accountId })
        .orderBy('served_at', 'desc')
        .limit(feedLimits.places)
        .select('last_id');
      await tx('feed_places').where({ account_id: accountId }).whereNotIn('last_id', newest).delete();
    },

    sweepPlaces: (before: Date, signal: AbortSignal): Promise<number> =>
      deleteInBatches(db, 'feed_places', { condition: 'served_at < ?', bindings: [before] }, signal),
  };
}
