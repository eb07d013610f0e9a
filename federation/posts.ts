import type { Tx } from '../src/db/database.ts';
import type { Clock } from '../src/lib/clock.ts';
import { type AccountId, type CommentId, parseId, type VideoId } from '../src/lib/ids.ts';
import type { Result } from '../src/lib/result.ts';
import type { Account, Accounts } from '../src/modules/accounts/index.ts';
import type { Comment, Comments, RemoteComment } from '../src/modules/comments/index.ts';
import type { Instances, Urls } from '../src/modules/instances/index.ts';
import type { Social } from '../src/modules/social/index.ts';
import type { Arrival, RemoteVideo, Video, Videos } from '../src/modules/videos/index.ts';
import type { Lookup } from './lookup.ts';
import type { LoadDocument, LoadedDocument } from './net/document-loader.ts';
import { readComment } from './translate/comment-read.ts';
import { readVideoNote } from './translate/note-read.ts';
import { attributedTo } from './translate/post-read.ts';
import { type JsonObject, sameOrigin, typesOf, uriOf } from './translate/read.ts';
import { readVideoObject } from './translate/video-read.ts';

export interface PostsDeps {
  readonly accounts: Accounts;
  readonly social: Social;
  readonly videos: Videos;
  readonly comments: Comments;
  readonly lookup: Lookup;
  readonly loadDocument: LoadDocument;
  readonly instances: Instances;
  readonly urls: Urls;
  readonly clock: Clock;
}

/** A post that is stored here. */
export type KnownPost =
  | { readonly kind: 'video'; readonly video: Video }
  | { readonly kind: 'comment'; readonly comment: Comment };

/** A post of another server, checked, cleaned and ready to be stored. */
export type NewPost =
  | {
      readonly kind: 'video';
      readonly author: Account;
      readonly video: RemoteVideo;
      readonly mentions: readonly AccountId[];
    }
  | { readonly kind: 'comment'; readonly author: Account; readonly comment: RemoteComment };

/** Why a document is no post for us. `again`: its server could not be asked just now. */
export interface Unusable {
  readonly reason: string;
  readonly refused: boolean;
  readonly again: boolean;
}

/** What is known of a comment whose parent is not here. */
export interface Orphan {
  readonly author: Account;
  readonly parentUri: string;
  readonly mentions: readonly AccountId[];
}

export type ReadPost =
  | { readonly ok: true; readonly post: NewPost }
  | { readonly ok: false; readonly why: Unusable; readonly orphan?: Orphan };

/** A document that its own origin serves, or why it could not be had. */
export type LoadedPost =
  | (LoadedDocument & { readonly ok: true })
  | { readonly ok: false; readonly why: Unusable };

/** What became of a post that was to be stored. */
export type Stored = Result<{ videoId: VideoId } | { commentId: CommentId }, string>;

export type Posts = ReturnType<typeof createPosts>;

const no = (reason: string, again = false) => ({
  ok: false as const,
  why: { reason, refused: reason === 'not-the-author', again },
});

/** Finds, reads and stores posts of other servers: the one way from a document to a video or a comment. */
export function createPosts(deps: PostsDeps) {
  /**
   * A post of any server by its ActivityPub id, among those that are stored; one of ours also by the id that
   * PeerTube knows, and by the address of its page.
   */
  async function find(uri: string): Promise<KnownPost | null> {
    const video = await deps.videos.internalByUri(uri);
    if (video) return { kind: 'video', video };
    const comment = await deps.comments.internalByUri(uri);
    if (comment) return { kind: 'comment', comment };
    const id = deps.urls.postIdAt(uri);
    return id === null ? null : findOurs(id, uri);
  }

  /** A post of this server by another of its addresses; of a page the name counts, too. */
  async function findOurs(idText: string, uri: string): Promise<KnownPost | null> {
    const isOne = ({ local, ...post }: Video | Comment) =>
      local && (uri === post.url || uri === deps.urls.videoAlias(post.uri));
    const videoId = parseId<'video'>(idText);
    const video = videoId === null ? null : await deps.videos.internal(videoId);
    if (video) return isOne(video) ? { kind: 'video', video } : null;
    const commentId = parseId<'comment'>(idText);
    const comment = commentId === null ? null : await deps.comments.internal(commentId);
    return comment && isOne(comment) ? { kind: 'comment', comment } : null;
  }

  /**
   * Reads a document that `sender` is proven to speak for: sent by it, or served by its own origin.
   */
  async function read(object: JsonObject, sender: Account): Promise<ReadPost> {
    const now = deps.clock.now();
    if (typesOf(object).includes('Video')) {
      const found = readVideoObject(object, sender, now);
      if (!found.ok) return no(found.reason);
      const author = await channelOf(sender, found.video.attributedTo);
      const all = [sender.actorUri, ...found.video.attributedTo];
      const video = { ...found.video, attributedTo: all.filter((uri) => uri !== author.actorUri) };
      return { ok: true, post: { kind: 'video', author, video, mentions: await knownAmong(found.named) } };
    }
    if (object.inReplyTo !== undefined && object.inReplyTo !== null) return readReply(object, sender);
    const found = readVideoNote(object, sender, now);
    if (!found.ok) return no(found.reason);
    const mentions = await knownAmong(found.named);
    return { ok: true, post: { kind: 'video', author: sender, video: found.video, mentions } };
  }

  async function readReply(object: JsonObject, sender: Account): Promise<ReadPost> {
    const found = readComment(object, sender, deps.clock.now());
    if (!found.ok) return no(found.reason);
    const place = await placeOf(found.inReplyTo, sender);
    const mentions = await knownAmong(found.facts.named);
    if (!place) {
      const orphan = { author: sender, parentUri: found.inReplyTo, mentions };
      return { ...no('unknown-parent'), orphan };
    }
    const { html, named: _named, ...facts } = found.facts;
    const comment: RemoteComment = {
      ...facts,
      ...place,
      contentHtml: html,
      mentions,
    };
    return { ok: true, post: { kind: 'comment', author: sender, comment } };
  }

  /** The video and the comment that a reply answers, where its author may see them (security.md P2). */
  async function placeOf(
    uri: string,
    sender: Account,
  ): Promise<{ videoId: VideoId; parentId: CommentId | null } | null> {
    const known = await seen(uri, sender);
    if (known?.kind === 'video') return { videoId: known.video.id, parentId: null };
    if (known) return { videoId: known.comment.videoId, parentId: known.comment.id };
    return null;
  }

  /** A stored post, where the viewer may see it; otherwise it is as absent as one that never was. */
  async function seen(uri: string, viewer: Account): Promise<KnownPost | null> {
    const post = await find(uri);
    if (!post) return null;
    const visible =
      post.kind === 'video'
        ? await deps.videos.forViewer(post.video.id, viewer.id)
        : await deps.comments.forViewer(post.comment.id, viewer.id);
    return visible ? post : null;
  }

  /** Of a video that a person and a channel share, the channel: it is what people follow (peertube.md 1). */
  async function channelOf(sender: Account, others: readonly string[]): Promise<Account> {
    if (sender.actorType === 'Group') return sender;
    for (const uri of others.filter((other) => sameOrigin(other, sender.actorUri))) {
      const found = await deps.lookup.actor(uri);
      if (found.ok && found.account.actorType === 'Group') return found.account;
    }
    return sender;
  }

  /** The accounts behind these actor ids; a channel of ours stands for its owner. */
  async function knownAmong(actorUris: readonly string[]): Promise<AccountId[]> {
    const known = (await deps.accounts.byActorUris(actorUris)).flatMap((account) => account ?? []);
    return [...new Set(known.map(({ id, ownerId }) => ownerId ?? id))];
  }

  /** Asks a server, unless it is blocked, for one of its documents. */
  async function load(uri: string, signal?: AbortSignal): Promise<LoadedPost> {
    const host = URL.parse(uri)?.host;
    if (host === undefined || (await deps.instances.isBlocked(host))) return no('object-blocked');
    const loaded = await deps.loadDocument(uri, signal && { signal });
    if (loaded.ok) return loaded;
    const again = ['timeout', 'connection-failed', 'server-error'].includes(loaded.reason);
    return no(`object-${loaded.reason}`, again);
  }

  /** Asks the server of a post for it. Its author must be of the same origin, and is looked up, too. */
  async function fetch(uri: string): Promise<ReadPost> {
    const loaded = await load(uri);
    return loaded.ok ? readServed(loaded.document) : loaded;
  }

  /** Reads a document as its own origin serves it. */
  async function readServed(document: JsonObject): Promise<ReadPost> {
    const id = uriOf(document.id);
    const authorUri = attributedTo(document).find((actor) => id !== null && sameOrigin(actor, id));
    if (id === null || authorUri === undefined) return no('not-the-author');
    const author = await deps.lookup.actor(authorUri);
    if (!author.ok) return no(`author-${author.reason}`, author.reason === 'unreachable');
    if (author.account.state !== 'active') return no('author-not-active');
    return read(document, author.account);
  }

  async function namesSomebodyHere(ids: readonly AccountId[]): Promise<boolean> {
    const named = await deps.accounts.byIds(ids);
    return [...named.values()].some(({ domain }) => domain === null);
  }

  /** Stores posts, each unless it is known, or was deleted before it came. Tells what became of each. */
  async function storeAll(tx: Tx, posts: readonly NewPost[], arrival?: Arrival): Promise<Stored[]> {
    const videos = posts.flatMap((post) =>
      post.kind === 'video' ? [{ ...post, ...(arrival && { arrival }) }] : [],
    );
    const stored = (await deps.videos.receiveRemote(tx, videos)).values();
    const outcomes: Stored[] = [];
    for (const post of posts) {
      const outcome =
        post.kind === 'video'
          ? stored.next().value
          : await deps.comments.receiveRemote(tx, post.author, post.comment);
      if (outcome) outcomes.push(outcome);
    }
    return outcomes;
  }

  return {
    find,
    seen,
    read,
    load,
    fetch,
    readServed,

    /**
     * Why nobody here asked for such a post; null where somebody did: a follower of its author, or whom it
     * names. Posts of people nobody here follows are how spam spreads (federation-interop.md 2). Comments are
     * wanted under any video that is here.
     */
    async whyNotWanted(post: NewPost): Promise<'not-addressed' | 'not-followed' | null> {
      const { visibility } = post.kind === 'video' ? post.video : post.comment;
      const mentions = post.kind === 'video' ? post.mentions : post.comment.mentions;
      const isNamed = await namesSomebodyHere(mentions);
      if (visibility === 'direct') return isNamed ? null : 'not-addressed';
      if (post.kind === 'comment' || isNamed) return null;
      if (await deps.social.isFollowedHere(post.author.id)) return null;
      const others = await deps.accounts.byActorUris(post.video.attributedTo);
      for (const other of others) if (other && (await deps.social.isFollowedHere(other.id))) return null;
      return 'not-followed';
    },

    /** Whether somebody here follows the author of a comment whose parent is not here, or is named in it. */
    async isOrphanWanted({ author, mentions }: Orphan): Promise<boolean> {
      return (await namesSomebodyHere(mentions)) || deps.social.isFollowedHere(author.id);
    },

    storeAll,

    /** `storeAll` of one post. */
    async store(tx: Tx, post: NewPost, arrival?: Arrival): Promise<Stored> {
      const [stored] = await storeAll(tx, [post], arrival);
      if (!stored) throw new Error('A post was stored without a word on what became of it.');
      return stored;
    },
  };
}
