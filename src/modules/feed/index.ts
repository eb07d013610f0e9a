import type { Db } from '../../db/database.ts';
import type { AccountId, ListId, VideoId } from '../../lib/ids.ts';
import { merged, type Page } from '../../lib/paging.ts';
import type { Account, Accounts } from '../accounts/index.ts';
import type { Comment, Comments } from '../comments/index.ts';
import type { Engagement, Share } from '../engagement/index.ts';
import type { Filters } from '../filters/index.ts';
import type { Recommending } from '../recommending/index.ts';
import type { Below, ListNarrowing, Video, Videos } from '../videos/index.ts';
import { createForYou, filtersOf, hiddenBy } from './for-you.ts';
import { createMix } from './mix.ts';

export { decodePlace, encodePlace, type Place, TOP } from './place.ts';

/** The feeds of this server, by the names that clients ask for. */
export const feedTypes = ['for_you', 'following', 'local', 'federated'] as const;
export type FeedType = (typeof feedTypes)[number];

/** A video with its author, ready to be shown. */
export interface FeedItem {
  readonly video: Video;
  readonly account: Account;
  /** Who passed it on, where it is shown for that. */
  readonly share?: { readonly facts: Share; readonly account: Account };
}

/** A place in a list that holds both kinds of posts, by the id it is paged by. */
type Entry = { readonly id: string } & ({ readonly item: FeedItem } | { readonly comment: Comment });

/** What of an account is shown besides its videos. */
export interface AccountParts {
  readonly comments: boolean;
  readonly shares: boolean;
  readonly tag: string | null;
}

/** A part of a feed, newest first. */
interface FeedPart {
  readonly items: readonly FeedItem[];
  /** Of the last that belongs to it, shown or not; null where there is nothing below. */
  readonly last: string | null;
}

export type Feed = ReturnType<typeof createFeed>;

/** Lists of posts, newest first. Each costs the same number of queries whatever its length. */
export function createFeed(deps: {
  videos: Videos;
  accounts: Accounts;
  engagement: Engagement;
  comments: Comments;
  filters: Filters;
  recommending: Recommending;
  db: Db;
}) {
  const { videos, accounts, engagement, comments, filters, recommending, db } = deps;

  async function withAuthors(
    list: readonly Video[],
    known?: ReadonlyMap<AccountId, Account>,
  ): Promise<FeedItem[]> {
    const authors = known ?? (await accounts.byIds([...new Set(list.map((video) => video.accountId))]));
    return list.flatMap((video) => {
      const account = authors.get(video.accountId);
      return account ? [{ video, account }] : [];
    });
  }

  /** Videos and shares of a page as one list. The videos of the shares are read with `viewerId`'s eyes, too. */
  async function together(
    own: readonly Video[],
    shares: readonly Share[],
    viewerId: AccountId | null,
  ): Promise<FeedItem[]> {
    const shared = await videos.forViewerAmong(
      shares.map(({ videoId }) => videoId),
      viewerId,
    );
    const people = await accounts.byIds([
      ...new Set([
        ...own.map(({ accountId }) => accountId),
        ...[...shared.values()].map(({ accountId }) => accountId),
        ...shares.map(({ accountId }) => accountId),
      ]),
    ]);
    const items = own.flatMap((video) => {
      const account = people.get(video.accountId);
      return account ? [{ video, account }] : [];
    });
    const passedOn = shares.flatMap((facts) => {
      const video = shared.get(facts.videoId);
      const account = video && people.get(video.accountId);
      const sharer = people.get(facts.accountId);
      return video && account && sharer ? [{ video, account, share: { facts, account: sharer } }] : [];
    });
    return [...items, ...passedOn];
  }

  /** What the ids of a page stand for, in their order, as far as the filters of the viewer let it through. */
  async function unfiltered(
    ids: readonly VideoId[],
    shares: readonly Share[],
    viewer: { readonly id: AccountId | null; readonly context: 'home' | 'public' },
  ): Promise<FeedItem[]> {
    const [current, own] = await Promise.all([
      filtersOf(filters, viewer.id),
      videos.forViewerAmong(ids, viewer.id),
    ]);
    const isHidden = hiddenBy(current, viewer.context);
    const items = await together([...own.values()], shares, viewer.id);
    const byId = new Map(items.map((item) => [idOf(item), item]));
    const order = merged<{ id: string }>({ maxId: null, minId: null, limit: ids.length + shares.length }, [
      ids.map((id) => ({ id })),
      shares.map(({ id }) => ({ id })),
    ]);
    return order.flatMap(({ id }) => byId.get(id) ?? []).filter(({ video }) => !isHidden(video));
  }

  return {
    withAuthors: (list: readonly Video[]) => withAuthors(list),
    forYou: createForYou({ db, videos, filters, recommending, fallback: createMix(videos) }),

    /** Of followed accounts: their videos, and what they passed on, each video once. `last`: where it goes on; null at its end. */
    async following(viewerId: AccountId, page: Below): Promise<FeedPart> {
      const { before, limit } = page;
      const [own, passedOn] = await Promise.all([
        videos.followedIds(viewerId, page),
        engagement.sharesOfFollowed(viewerId, { maxId: before, minId: null, limit }),
      ]);
      // Where the videos go on further down, shares below that place come with them, later.
      const shares = passedOn.filter(({ id }) => own.last === null || BigInt(id) > BigInt(own.last));
      const all = merged<{ id: string; videoId?: VideoId; share?: Share }>(
        { maxId: null, minId: null, limit },
        [own.ids.map((id) => ({ id, videoId: id })), shares.map((share) => ({ id: share.id, share }))],
      );
      const items = await unfiltered(
        all.flatMap(({ videoId }) => videoId ?? []),
        all.flatMap(({ share }) => share ?? []),
        { id: viewerId, context: 'home' },
      );
      return { items, last: all.length === limit ? (all.at(-1)?.id ?? null) : own.last };
    },

    /** Public videos of this server, or of all that it knows. */
    async open(viewerId: AccountId | null, page: Below, scope: 'local' | 'all'): Promise<FeedPart> {
      const { ids, last } = await videos.openIds(viewerId, page, scope);
      return { items: await unfiltered(ids, [], { id: viewerId, context: 'public' }), last };
    },

    /**
     * These videos with their authors, in this order; those that the viewer may not see are left out. Who knows whose they are has both read
     * at once.
     */
    async inOrder(
      ids: readonly VideoId[],
      viewerId: AccountId | null,
      authorIds?: readonly AccountId[],
    ): Promise<FeedItem[]> {
      const [found, known] = await Promise.all([
        videos.forViewerAmong(ids, viewerId),
        authorIds && accounts.byIds(authorIds),
      ]);
      return withAuthors(
        ids.flatMap((id) => found.get(id) ?? []),
        known,
      );
    },

    /** A share as an item, or null where its video is out of sight. */
    async ofShare(share: Share, viewerId: AccountId | null): Promise<FeedItem | null> {
      return (await together([], [share], viewerId))[0] ?? null;
    },

    /** Videos of those the viewer follows, of hashtags the viewer follows, and what the followed passed on. */
    async home(viewerId: AccountId, page: Page): Promise<FeedItem[]> {
      const [own, shares] = await Promise.all([
        videos.fromFollowed(viewerId, page),
        engagement.sharesOfFollowed(viewerId, page),
      ]);
      const cut = merged<{ id: string; video?: Video; share?: Share }>(page, [
        own.map((video) => ({ id: video.id, video })),
        shares.map((share) => ({ id: share.id, share })),
      ]);
      const items = await together(
        cut.flatMap(({ video }) => video ?? []),
        cut.flatMap(({ share }) => share ?? []),
        viewerId,
      );
      return merged(page, [items.map((item) => ({ id: idOf(item), item }))]).map(({ item }) => item);
    },

    public: async (viewerId: AccountId | null, page: Page, narrowing: ListNarrowing) =>
      withAuthors(await videos.publicVideos(viewerId, page, narrowing)),

    /** A list of the viewer’s own. */
    list: async (listId: ListId, viewerId: AccountId, page: Page) =>
      withAuthors(await videos.ofList(listId, viewerId, page)),

    /** What an account posted, and passed on. */
    async ofAccount(
      accountId: AccountId,
      viewerId: AccountId | null,
      page: Page,
      parts: AccountParts,
    ): Promise<Entry[]> {
      const [own, shares, said] = await Promise.all([
        videos.ofAccount(accountId, viewerId, page, parts.tag),
        parts.shares ? engagement.sharesOf(accountId, viewerId, page) : [],
        parts.comments ? comments.ofAccount(accountId, viewerId, page) : [],
      ]);
      const items = await together(own, shares, viewerId);
      return merged<Entry>(page, [
        items.map((item) => ({ id: idOf(item), item })),
        said.map((comment) => ({ id: comment.id, comment })),
      ]);
    },

    pinnedBy: async (accountId: AccountId, viewerId: AccountId | null) =>
      withAuthors(await videos.pinnedBy(accountId, viewerId)),
  };
}

/** What an item is paged by: its share where it is shown for one. */
function idOf({ video, share }: FeedItem): string | VideoId {
  return share?.facts.id ?? video.id;
}
