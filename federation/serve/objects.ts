import { parseId, type VideoId } from '../../src/lib/ids.ts';
import type { Accounts } from '../../src/modules/accounts/index.ts';
import type { Urls } from '../../src/modules/instances/index.ts';
import type { Videos } from '../../src/modules/videos/index.ts';
import { createOf, noteOf } from '../translate/note.ts';
import type { JsonObject } from '../translate/read.ts';

export interface ServeDeps {
  readonly urls: Urls;
  readonly accounts: Accounts;
  readonly videos: Videos;
}

/** What an address of ours answers: a document, gone, or nothing. */
export type Served =
  | { readonly status: 200; readonly document: JsonObject; readonly page: string }
  | { readonly status: 410; readonly document: JsonObject }
  | { readonly status: 404 };

/** A local video by its id, to anybody: followers-only ones look absent. Deleted ones leave a Tombstone. */
export async function serveVideo(deps: ServeDeps, idText: string): Promise<Served> {
  const id = parseId<'video'>(idText);
  if (id === null) return { status: 404 };
  const video = await deps.videos.forViewer(id, null);
  const author = video?.local ? await deps.accounts.byId(video.accountId) : null;
  if (video && author) {
    const note = noteOf({ urls: deps.urls, objectUrl: deps.videos.objectUrl }, video, author);
    return { status: 200, document: note, page: video.url };
  }
  const uri = deps.urls.video(id);
  const deleted = await deps.videos.tombstone(uri);
  if (!deleted) return { status: 404 };
  return {
    status: 410,
    document: {
      '@context': 'https://www.w3.org/ns/activitystreams',
      id: uri,
      type: 'Tombstone',
      deleted: deleted.deletedAt.toISOString(),
    },
  };
}

const OUTBOX_PAGE = 20;

/**
 * The outbox of a local account: its public and unlisted videos as the very Create activities that were
 * sent. Without `page` the collection itself; with it one page, older than `before` where that is given.
 */
export async function serveOutbox(
  deps: ServeDeps,
  idText: string,
  query: { page: boolean; before: VideoId | null },
): Promise<Served> {
  const id = parseId<'account'>(idText);
  const account = id === null ? null : await deps.accounts.byId(id);
  if (account?.domain !== null || account.state !== 'active' || account.actorType === 'Application') {
    return { status: 404 };
  }
  const outbox = deps.urls.outbox(account.id);
  const common = { '@context': 'https://www.w3.org/ns/activitystreams' };
  if (!query.page) {
    const totalItems = await deps.videos.countOfAccount(account.id, null);
    return {
      status: 200,
      page: account.url,
      document: {
        ...common,
        id: outbox,
        type: 'OrderedCollection',
        totalItems,
        first: `${outbox}?page=true`,
      },
    };
  }
  const videos = await deps.videos.ofAccount(account.id, null, {
    maxId: query.before,
    minId: null,
    limit: OUTBOX_PAGE,
  });
  const last = videos.length === OUTBOX_PAGE ? videos.at(-1) : undefined;
  return {
    status: 200,
    page: account.url,
    document: {
      ...common,
      id: `${outbox}?page=true${query.before === null ? '' : `&max_id=${query.before}`}`,
      type: 'OrderedCollectionPage',
      partOf: outbox,
      ...(last ? { next: `${outbox}?page=true&max_id=${last.id}` } : {}),
      orderedItems: videos.map((video) =>
        createOf(noteOf({ urls: deps.urls, objectUrl: deps.videos.objectUrl }, video, account)),
      ),
    },
  };
}
