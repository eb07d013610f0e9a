import { escapeHtml, hashtagsOf } from '../../src/lib/html/from-text.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import type { Comment } from '../../src/modules/comments/index.ts';
import type { Urls } from '../../src/modules/instances/index.ts';
import type { SoundRights } from '../../src/modules/sounds/index.ts';
import type { Asset, Video, Visibility } from '../../src/modules/videos/index.ts';
import { digestMultibase } from './multihash.ts';
import type { Outgoing } from './outgoing.ts';
import { AS_PUBLIC, type JsonObject } from './read.ts';
import { REMIX_CONTEXT, remixProperties, type ToldRemix } from './remix.ts';
import { SOUND_CONTEXT, soundProperties } from './sound.ts';

/** Contexts of what we send: the plain ActivityStreams one first, as Mastodon demands. */
const NOTE_CONTEXT = [
  'https://www.w3.org/ns/activitystreams',
  {
    sensitive: 'as:sensitive',
    Hashtag: 'as:Hashtag',
    toot: 'http://joinmastodon.org/ns#',
    blurhash: 'toot:blurhash',
    digestMultibase: {
      '@id': 'https://w3id.org/security#digestMultibase',
      '@type': 'https://w3id.org/security#multibase',
    },
    conversation: 'ostatus:conversation',
    ostatus: 'http://ostatus.org#',
    gts: 'https://gotosocial.org/ns#',
    interactionPolicy: { '@id': 'gts:interactionPolicy', '@type': '@id' },
    canLike: { '@id': 'gts:canLike', '@type': '@id' },
    canReply: { '@id': 'gts:canReply', '@type': '@id' },
    canAnnounce: { '@id': 'gts:canAnnounce', '@type': '@id' },
    canQuote: { '@id': 'gts:canQuote', '@type': '@id' },
    automaticApproval: { '@id': 'gts:automaticApproval', '@type': '@id' },
    ...REMIX_CONTEXT,
    ...SOUND_CONTEXT,
  },
] as const;

/** Who a post is addressed to: the people it names always get a copy. */
export function addressing(
  visibility: Visibility,
  followers: string,
  named: readonly string[],
): { to: string[]; cc: string[] } {
  const byVisibility: Record<Visibility, { to: string[]; cc: string[] }> = {
    public: { to: [AS_PUBLIC], cc: [followers, ...named] },
    unlisted: { to: [followers], cc: [AS_PUBLIC, ...named] },
    followers: { to: [followers], cc: [...named] },
    direct: { to: [...named], cc: [] },
  };
  return byVisibility[visibility];
}

export interface NoteDeps {
  readonly urls: Urls;
  /** Where other servers fetch an object of a video. */
  readonly objectUrl: (key: string, video: Video) => string;
}

/** A post with the accounts it has to do with. */
export interface NoteFacts {
  readonly author: Account;
  /** The people whom the text names. */
  readonly mentioned: readonly Account[];
}

/**
 * A local video as the `Note` with one `Document` attachment that every receiver plays inline
 * (federation-interop.md 1.2). Lists are lists even with one entry; there is never a `name`, which
 * Mastodon, Misskey and GoToSocial would take for a title or a vote; `summary` only for a warning.
 */
export function noteOf(
  deps: NoteDeps,
  video: Video,
  facts: NoteFacts & {
    readonly remix?: OwnRemix | null;
    /** ActivityPub id of the video whose sound it was made with. */
    readonly soundOfUri?: string | null;
    /** To its own sound. */
    readonly soundRights?: SoundRights | null;
  },
): JsonObject {
  const published = (video.publishedAt ?? video.createdAt).toISOString();
  const { remix = null, soundOfUri: ofUri = null, soundRights: rights = null } = facts;
  const html = remix === null ? video.captionHtml : `${video.captionHtml}${quoteLine(remix)}`;
  return {
    ...textNoteOf(deps.urls, video, facts, { text: video.caption, html, published }),
    ...(remix === null ? {} : remixProperties(remix)),
    ...soundProperties(video, { ofUri, rights }),
    context: deps.urls.contextOf(video.id),
    conversation: deps.urls.contextOf(video.id),
    attachment: [documentOf(deps, video)],
    likes: deps.urls.likesOf(video.uri),
    shares: deps.urls.sharesOf(video.uri),
    interactionPolicy: policyOf(deps.urls, video, facts.author),
  };
}

/** What a video of ours was made from, and what people on other servers read of it. */
export interface OwnRemix extends ToldRemix {
  /** Page of the original. */
  readonly url: string;
  /** Name and host of its author. */
  readonly handle: string;
}

/** Mastodon hides this line where it shows the quote itself (FEP-044f). */
function quoteLine({ kind, url, handle }: OwnRemix): string {
  const what = kind === 'duet' ? 'Duet' : 'Stitch';
  const link = `<a href="${escapeHtml(url)}">@${escapeHtml(handle)}</a>`;
  return `<p class="quote-inline">${what} with ${link}</p>`;
}

/** A local comment as a `Note` that answers its parent. `answered` is whose post it answers. */
export function commentNoteOf(
  deps: Pick<NoteDeps, 'urls'>,
  comment: Comment,
  facts: NoteFacts & { readonly inReplyTo: string; readonly answered: Account },
): JsonObject {
  const { answered, mentioned } = facts;
  const all = mentioned.some(({ id }) => id === answered.id) ? mentioned : [answered, ...mentioned];
  const named = { ...facts, mentioned: answered.id === facts.author.id ? mentioned : all };
  const published = comment.publishedAt.toISOString();
  return {
    ...textNoteOf(deps.urls, comment, named, { text: comment.text, html: comment.contentHtml, published }),
    inReplyTo: facts.inReplyTo,
    context: deps.urls.contextOf(comment.videoId),
    conversation: deps.urls.contextOf(comment.videoId),
    attachment: [],
  };
}

type Post = Pick<
  Video,
  'uri' | 'url' | 'visibility' | 'contentWarning' | 'sensitive' | 'language' | 'editedAt'
>;

/** What every Note of ours has. `updated` stands there only after an edit. */
function textNoteOf(
  urls: Urls,
  post: Post,
  { author, mentioned }: NoteFacts,
  { text, html, published }: { text: string; html: string; published: string },
): JsonObject {
  const named = mentioned.map(({ actorUri }) => actorUri);
  return {
    '@context': NOTE_CONTEXT,
    id: post.uri,
    type: 'Note',
    attributedTo: author.actorUri,
    url: post.url,
    content: html,
    ...(post.language ? { contentMap: { [post.language]: html } } : {}),
    ...(post.contentWarning ? { summary: post.contentWarning } : {}),
    sensitive: post.sensitive,
    published,
    ...(post.editedAt ? { updated: post.editedAt.toISOString() } : {}),
    ...addressing(post.visibility, urls.followers(author.id), named),
    tag: [
      ...hashtagsOf(text).map((name) => ({ type: 'Hashtag', name: `#${name}`, href: urls.tagPage(name) })),
      ...mentioned.map(({ actorUri, username, domain }) => ({
        type: 'Mention',
        name: `@${username}@${domain ?? urls.domain}`,
        href: actorUri,
      })),
    ],
    replies: urls.repliesOf(post.uri),
  };
}

/** Who may do what without asking (GoToSocial's interaction policies, FEP-044f). */
function policyOf(urls: Urls, video: Video, author: Account): JsonObject {
  const isOpen = video.visibility === 'public' || video.visibility === 'unlisted';
  const everybody = { automaticApproval: [isOpen ? AS_PUBLIC : urls.followers(author.id)] };
  const nobody = { automaticApproval: [author.actorUri] };
  const remixers = video.allows.ask ? { ...nobody, manualApproval: [AS_PUBLIC] } : everybody;
  return {
    canLike: everybody,
    canReply: video.commentsOpen ? everybody : nobody,
    canAnnounce: isOpen ? everybody : nobody,
    canQuote: isOpen ? everybody : nobody,
    canDuet: isOpen && video.allows.duet ? remixers : nobody,
    canStitch: isOpen && video.allows.stitch ? remixers : nobody,
    canUseSound: isOpen && video.allows.sound ? everybody : nobody,
  };
}

function documentOf(deps: NoteDeps, video: Video): JsonObject {
  const asset = (role: Asset['role']) => video.assets.find((candidate) => candidate.role === role);
  const mp4 = asset('mp4');
  const poster = asset('poster');
  if (!mp4) throw new Error(`Video ${video.id} has no MP4 and cannot be sent.`);
  return {
    type: 'Document',
    mediaType: 'video/mp4',
    url: deps.objectUrl(mp4.key, video),
    digestMultibase: digestMultibase(mp4.sha256),
    ...(video.altText ? { name: video.altText } : {}),
    ...(mp4.width && mp4.height ? { width: mp4.width, height: mp4.height } : {}),
    ...(video.durationSeconds ? { duration: `PT${video.durationSeconds.toFixed(1)}S` } : {}),
    ...(video.blurhash ? { blurhash: video.blurhash } : {}),
    ...(poster
      ? { icon: { type: 'Image', mediaType: 'image/jpeg', url: deps.objectUrl(poster.key, video) } }
      : {}),
  };
}

/**
 * The `Create` of a local post by the one it is attributed to, or by `actor`; its id is stable over retries. `serial`
 * makes one for those who were not told by the first.
 */
export function createOf(note: JsonObject, actor: unknown = note.attributedTo, serial = ''): Outgoing {
  const { '@context': context, ...object } = note;
  return {
    '@context': context,
    id: `${note.id}#create${serial && `/${serial}`}`,
    type: 'Create',
    actor,
    published: note.published,
    to: note.to,
    cc: note.cc,
    object,
  };
}

/** The `Update` of a local post. `serial` makes each one an activity of its own: not all change the time of its last edit. */
export function updateOf(note: JsonObject, serial: string, actor: unknown = note.attributedTo): Outgoing {
  const { '@context': context, ...object } = note;
  return {
    '@context': context,
    id: `${note.id}#update/${serial}`,
    type: 'Update',
    actor,
    published: note.updated ?? note.published,
    to: note.to,
    cc: note.cc,
    object,
  };
}

/** The `Delete` of a local post. To everybody, so that whoever has a copy may read it. */
export function deleteOf(uri: string, actorUri: string): Outgoing {
  return {
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: `${uri}#delete`,
    type: 'Delete',
    actor: actorUri,
    to: [AS_PUBLIC],
    object: { id: uri, type: 'Tombstone' },
  };
}
