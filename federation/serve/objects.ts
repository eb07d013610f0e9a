import { type CommentId, parseId, type VideoId } from '../../src/lib/ids.ts';
import type { Account, Accounts } from '../../src/modules/accounts/index.ts';
import type { Comments } from '../../src/modules/comments/index.ts';
import type { Engagement } from '../../src/modules/engagement/index.ts';
import type { Urls } from '../../src/modules/instances/index.ts';
import type { Packs } from '../../src/modules/packs/index.ts';
import type { Video, Videos } from '../../src/modules/videos/index.ts';
import type { Lookup } from '../lookup.ts';
import type { Notes } from '../notes.ts';
import { createOf } from '../translate/note.ts';
import type { JsonObject } from '../translate/read.ts';
import type { Access, Reader } from './access.ts';
import {
  type Asking,
  absent,
  CONTEXT,
  collectionAt,
  type Question,
  type Served,
  type Source,
  tombstoneAt,
} from './served.ts';

export interface ServeDeps {
  readonly urls: Urls;
  readonly accounts: Accounts;
  readonly videos: Videos;
  readonly comments: Comments;
  readonly engagement: Engagement;
  readonly packs: Packs;
  readonly notes: Notes;
  readonly lookup: Lookup;
  readonly access: Access;
}

/**
 * A local video by its id. Those for followers look absent, except to a follower, and to the server of one:
 * it holds the video already, and reads it by its own actor. Deleted ones leave a Tombstone. Lists that others read
 * name a video as soon as people can watch it, before it is as other servers get it: until then it is asked for too early.
 */
export async function serveVideo(deps: ServeDeps, idText: string, { asking }: Question): Promise<Served> {
  const id = parseId<'video'>(idText);
  if (id === null) return absent;
  const open = await deps.videos.forViewer(id, null);
  const video = open ?? (await limitedVideo(deps, id, asking.reader ?? (await asking.prove())));
  const written = video?.local ? await deps.notes.ofVideo(video) : null;
  if (video && written) {
    if (!(await deps.access.isWelcome(video.accountId, asking.reader))) return absent;
    return { status: 200, document: written.note, page: video.url, ...(open ? {} : { limited: true }) };
  }
  if (open?.local && open.unannounced && (await deps.access.isWelcome(open.accountId, asking.reader)))
    return { status: 503, page: open.url };
  const uri = deps.urls.video(id);
  const deleted = await deps.videos.tombstone(uri);
  return deleted ? tombstoneAt(uri, deleted.deletedAt) : absent;
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

/** A local comment by its id: to everybody, or to whoever is proven to be among those it is for. */
export async function serveComment(deps: ServeDeps, idText: string, { asking }: Question): Promise<Served> {
  const id = parseId<'comment'>(idText);
  if (id === null) return absent;
  const open = await deps.comments.forViewer(id, null);
  const reader = asking.reader ?? (open ? null : await asking.prove());
  const comment = open ?? (reader?.account ? await deps.comments.forViewer(id, reader.account.id) : null);
  const written = comment?.local ? await deps.notes.ofComment(comment) : null;
  if (comment && written) {
    if (!(await deps.access.isWelcome(comment.accountId, reader))) return absent;
    return { status: 200, document: written.note, page: comment.url, ...(open ? {} : { limited: true }) };
  }
  const uri = deps.urls.comment(id);
  const deleted = await deps.comments.tombstone(uri);
  return deleted ? tombstoneAt(uri, deleted.deletedAt) : absent;
}

export const PAGE = 40;

/** Where the page after this one begins: after its last row, if it was full. */
export function nextOf(rows: readonly { readonly id: string }[], limit: number): string | null {
  return rows.length === limit ? (rows.at(-1)?.id ?? null) : null;
}

/** A local video that anybody may see, or null; also where its author hides from the one who asks. */
export async function openVideo(deps: ServeDeps, idText: string, { reader }: Asking): Promise<Video | null> {
  const id = parseId<'video'>(idText);
  const video = id === null ? null : await deps.videos.forViewer(id, null);
  if (!video?.local || video.unannounced) return null;
  return (await deps.access.isWelcome(video.accountId, reader)) ? video : null;
}

/** What answers a local video directly, as ids. */
export async function serveReplies(deps: ServeDeps, idText: string, query: Question): Promise<Served> {
  const video = await openVideo(deps, idText, query.asking);
  if (!video) return absent;
  return collectionAt(deps.urls.repliesOf(video.uri), video.url, query, threadOf(deps, video, true));
}

/** Everything below a local video, however deep (FEP-f228). */
export async function serveContext(deps: ServeDeps, idText: string, query: Question): Promise<Served> {
  const video = await openVideo(deps, idText, query.asking);
  if (!video) return absent;
  return collectionAt(deps.urls.contextOf(video.id), video.url, query, threadOf(deps, video, false));
}

export function threadOf({ comments, engagement }: ServeDeps, video: Video, direct: boolean) {
  return {
    total: async () => (await engagement.statsOf([video.id])).get(video.id)?.comments ?? 0,
    load: async (cursor: string | null) => {
      const afterId = cursor === null ? null : parseId<'comment'>(cursor);
      const rows = await comments.thread(video.id, null, { afterId, limit: PAGE });
      const shown = direct ? rows.filter((row) => row.parentId === null) : rows;
      return { items: shown.map(({ uri }) => uri), next: nextOf(rows, PAGE) };
    },
  };
}

/** What answers a local comment. */
export async function serveCommentReplies(deps: ServeDeps, idText: string, query: Question): Promise<Served> {
  const id: CommentId | null = parseId<'comment'>(idText);
  const comment = id === null ? null : await deps.comments.forViewer(id, null);
  if (!comment?.local || !(await deps.access.isWelcome(comment.accountId, query.asking.reader)))
    return absent;
  const replies = (afterId: CommentId | null, limit: number) =>
    deps.comments.repliesTo(comment.id, null, { afterId, limit });
  return collectionAt(deps.urls.repliesOf(comment.uri), comment.url, query, {
    total: async () => (await replies(null, PAGE)).length,
    load: async (cursor) => {
      const rows = await replies(cursor === null ? null : parseId<'comment'>(cursor), PAGE);
      return { items: rows.map(({ uri }) => uri), next: nextOf(rows, PAGE) };
    },
  });
}

/** Who likes a local video: the Like activities, as ids. */
export async function serveLikes(deps: ServeDeps, idText: string, query: Question): Promise<Served> {
  const video = await openVideo(deps, idText, query.asking);
  if (!video) return absent;
  return collectionAt(deps.urls.likesOf(video.uri), video.url, query, likesOf(deps, video));
}

export function likesOf(deps: ServeDeps, video: Video): Source {
  return {
    total: async () => (await deps.engagement.statsOf([video.id])).get(video.id)?.likes ?? 0,
    load: async (cursor) => {
      const before = cursor === null ? null : parseId<'like'>(cursor);
      const rows = await deps.engagement.likersOf({ videoId: video.id }, before, PAGE);
      return { items: rows.map(({ uri }) => uri), next: nextOf(rows, PAGE) };
    },
  };
}

/** Who shared a local video: the Announce activities, as ids. */
export async function serveShares(deps: ServeDeps, idText: string, query: Question): Promise<Served> {
  const video = await openVideo(deps, idText, query.asking);
  if (!video) return absent;
  return collectionAt(deps.urls.sharesOf(video.uri), video.url, query, sharesOf(deps, video));
}

export function sharesOf(deps: ServeDeps, video: Video): Source {
  return {
    total: async () => (await deps.engagement.statsOf([video.id])).get(video.id)?.shares ?? 0,
    load: async (cursor) => {
      const before = cursor === null ? null : parseId<'share'>(cursor);
      const rows = await deps.engagement.sharersOf(video.id, before, PAGE);
      return { items: rows.map(({ uri }) => uri), next: nextOf(rows, PAGE) };
    },
  };
}

/** Whether this is a person of this server that may be shown, neither the server itself nor a channel. */
function isShown(account: Account | null): account is Account {
  const isHere = account?.domain === null && account.state === 'active';
  return isHere && account.actorType !== 'Application' && account.ownerId === null;
}

/** A person of this server, or null; also where the person hides from the one who asks. */
async function localPerson(deps: ServeDeps, idText: string, { reader }: Asking): Promise<Account | null> {
  const id = parseId<'account'>(idText);
  const account = id === null ? null : await deps.accounts.byId(id);
  const person = isShown(account) ? account : null;
  return person && (await deps.access.isWelcome(person.id, reader)) ? person : null;
}

/** The actor of a person of this server; null where the id is not one of a person that may be shown. */
export async function servePerson(
  deps: ServeDeps & { readonly actorDocument: (account: Account) => Promise<JsonObject | null> },
  idText: string,
): Promise<Served | null> {
  const id = parseId<'account'>(idText);
  const account = id === null ? null : await deps.accounts.byId(id);
  const document = isShown(account) ? await deps.actorDocument(account) : null;
  return account && document ? { status: 200, document, page: account.url } : null;
}

/** What a local account has pinned, newest first, whole: there are few. */
export async function serveFeatured(deps: ServeDeps, idText: string, { asking }: Question): Promise<Served> {
  const account = await localPerson(deps, idText, asking);
  if (!account) return absent;
  const items = await deps.notes.ofVideos(await deps.videos.pinnedBy(account.id, null));
  const id = deps.urls.featured(account.id);
  const document = {
    '@context': CONTEXT,
    id,
    type: 'OrderedCollection',
    totalItems: items.length,
    orderedItems: items.map(({ note: { '@context': _context, ...note } }) => note),
  };
  return { status: 200, page: account.url, document };
}

const OUTBOX_PAGE = 20;

/** The outbox of a local account: its public and unlisted videos as the very Create activities that were sent. */
export async function serveOutbox(deps: ServeDeps, idText: string, query: Question): Promise<Served> {
  const account = await localPerson(deps, idText, query.asking);
  if (!account) return absent;
  return collectionAt(deps.urls.outbox(account.id), account.url, query, {
    total: async () => account.counts.statuses,
    load: async (cursor) => {
      const maxId: VideoId | null = cursor === null ? null : parseId<'video'>(cursor);
      const page = { maxId, minId: null, limit: OUTBOX_PAGE };
      const videos = await deps.videos.ofAccount(account.id, null, page);
      const items = (await deps.notes.ofVideos(videos)).map(({ note }) => createOf(note));
      return { items, next: nextOf(videos, OUTBOX_PAGE) };
    },
  });
}

/** The stamp that lets a post of another server quote a video (FEP-044f). */
export async function serveQuoteAuthorization(
  deps: ServeDeps,
  idText: string,
  { asking }: Question,
): Promise<Served> {
  const id = parseId(idText);
  const stamp = id === null ? null : await deps.engagement.quoteAuthorization(id);
  const video = stamp && (await openVideo(deps, stamp.videoId, asking));
  const author = video && (await deps.accounts.byId(video.accountId));
  if (!stamp || !video || !author) return absent;
  const document = {
    '@context': [
      CONTEXT,
      {
        QuoteAuthorization: 'https://w3id.org/fep/044f#QuoteAuthorization',
        gts: 'https://gotosocial.org/ns#',
        interactingObject: { '@id': 'gts:interactingObject', '@type': '@id' },
        interactionTarget: { '@id': 'gts:interactionTarget', '@type': '@id' },
      },
    ],
    id: deps.urls.quoteAuthorization(idText),
    type: 'QuoteAuthorization',
    attributedTo: author.actorUri,
    interactingObject: stamp.instrumentUri,
    interactionTarget: video.uri,
  };
  return { status: 200, page: video.url, document };
}
