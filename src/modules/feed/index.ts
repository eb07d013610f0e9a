import type { AccountId, ListId } from '../../lib/ids.ts';
import type { Account, Accounts } from '../accounts/index.ts';
import type { Page, Video, Videos } from '../videos/index.ts';

/** A video with its author, ready to be shown. */
export interface FeedItem {
  readonly video: Video;
  readonly account: Account;
}

export type Feed = ReturnType<typeof createFeed>;

/** Lists of videos, newest first. Each costs the same number of queries whatever its length. */
export function createFeed({ videos, accounts }: { videos: Videos; accounts: Accounts }) {
  async function withAuthors(list: readonly Video[]): Promise<FeedItem[]> {
    const authors = await accounts.byIds([...new Set(list.map((video) => video.accountId))]);
    return list.flatMap((video) => {
      const account = authors.get(video.accountId);
      return account ? [{ video, account }] : [];
    });
  }
  return {
    withAuthors,
    home: async (viewerId: AccountId, page: Page) => withAuthors(await videos.fromFollowed(viewerId, page)),
    public: async (viewerId: AccountId | null, page: Page, scope: 'all' | 'local' | 'remote') =>
      withAuthors(await videos.publicVideos(viewerId, page, scope)),
    /** A list of the viewer’s own. */
    list: async (listId: ListId, viewerId: AccountId, page: Page) =>
      withAuthors(await videos.ofList(listId, viewerId, page)),
    ofAccount: async (accountId: AccountId, viewerId: AccountId | null, page: Page) =>
      withAuthors(await videos.ofAccount(accountId, viewerId, page)),
  };
}
