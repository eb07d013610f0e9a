import { parseId, type VideoId } from '../../src/lib/ids.ts';
import type { Accounts } from '../../src/modules/accounts/index.ts';
import type { Urls } from '../../src/modules/instances/index.ts';
import type { Video, Videos } from '../../src/modules/videos/index.ts';
import type { Lookup } from '../lookup.ts';
import { createOf, noteOf } from '../translate/note.ts';
import type { JsonObject } from '../translate/read.ts';
import type { Access, Reader } from './access.ts';

export interface ServeDeps {
  readonly urls: Urls;
  readonly accounts: Accounts;
  readonly videos: Videos;
  readonly lookup: Lookup;
  readonly access: Access;
}

/** Who asks: proven already, or provable where it matters. */
export interface Asking {
  /** Null where nobody is proven. */
  readonly reader: Reader | null;
  readonly prove: () => Promise<Reader | null>;
}

/** What an address of ours answers: a document, gone, or nothing. `limited`: not for everybody. */
export type Served =
  | { readonly status: 200; readonly document: JsonObject; readonly page: string; readonly limited?: true }
  | { readonly status: 410; readonly document: JsonObject }
  | { readonly status: 404 };

/**
 * A local video by its id. Those for followers look absent, except to a follower, and to the server of one:
 * it holds the video already, and reads it by its own actor. Deleted ones leave a Tombstone.
 */
export async function serveVideo(deps: ServeDeps, idText: string, asking: Asking): Promise<Served> {
  const id = parseId<'video'>(idText);
  if (id === null) return { status: 404 };
  const open = await deps.videos.forViewer(id, null);
  const video = open ?? (await limitedVideo(deps, id, asking.reader ?? (await asking.prove())));
  const author = video?.local ? await deps.accounts.byId(video.accountId) : null;
  if (video && author) {
    if (!(await deps.access.isWelcome(author.id, asking.reader))) return { status: 404 };
    const note = noteOf({ urls: deps.urls, objectUrl: deps.videos.objectUrl }, video, author);
    return { status: 200, document: note, page: video.url, ...(open ? {} : { limited: true }) };
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

async function limitedVideo(deps: ServeDeps, id: VideoId, reader: Reader | null): Promise<Video | null> {
  if (reader === null) return null;
  const asFollower = reader.account && (await deps.videos.forViewer(id, reader.account.id));
  if (asFollower) return asFollower;
  const asServer = await deps.videos.forServerOfFollower(id, reader.host);
  if (!asServer) return null;
  // Another person of that server is not the server.
  const found = await deps.lookup.actor(reader.actorUri);
  return found.ok && found.account.actorType === 'Application' ? asServer : null;
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
  asking: Asking,
): Promise<Served> {
  const id = parseId<'account'>(idText);
  const account = id === null ? null : await deps.accounts.byId(id);
  if (account?.domain !== null || account.state !== 'active' || account.actorType === 'Application') {
    return { status: 404 };
  }
  if (!(await deps.access.isWelcome(account.id, asking.reader))) return { status: 404 };
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
