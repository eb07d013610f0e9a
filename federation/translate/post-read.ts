import { videoLimits } from '../../config/limits.ts';
import { htmlFromMarkdown } from '../../src/lib/html/markdown.ts';
import { sanitizeRemoteHtml } from '../../src/lib/html/sanitize.ts';
import type { Visibility } from '../../src/modules/videos/index.ts';
import {
  AS_PUBLIC,
  audienceOf,
  idOf,
  isObject,
  type JsonObject,
  listOf,
  sameOrigin,
  textOf,
  timeOf,
  typesOf,
  uriOf,
} from './read.ts';

/** Posts dated further ahead than this, or before 1970, are taken as published now (security.md V10). */
const MAX_FUTURE_MS = 5 * 60_000;

/** Whose post is read, as far as it is known: how an account addresses its followers, above all. */
export interface PostAuthor {
  readonly actorUri: string;
  readonly followersUri: string | null;
}

/** What all posts say of themselves, cleaned. */
export interface PostFacts {
  readonly uri: string;
  /** Page for people, of the post's own origin. */
  readonly url: string;
  readonly visibility: Visibility;
  readonly html: string;
  readonly contentWarning: string;
  readonly sensitive: boolean;
  readonly language: string | null;
  readonly publishedAt: Date;
  /** Null where it was never edited, or its server does not say when. */
  readonly editedAt: Date | null;
  /** Actor ids of the people it names or is addressed to. */
  readonly named: readonly string[];
}

/** Reads what a Note, or another object with a text, has in common with all others. Everything is optional. */
export function readPost(
  post: JsonObject,
  uri: string,
  author: PostAuthor,
  now: number,
  maxHtml: number,
): PostFacts {
  const published = timeOf(post.published)?.getTime() ?? now;
  const contentWarning = textOf(post.summary, videoLimits.maxContentWarningCharacters)?.trim() ?? '';
  return {
    uri,
    url: pageOf(post, uri),
    visibility: visibilityOf(post, author),
    html: htmlOf(post, maxHtml),
    contentWarning,
    sensitive: post.sensitive === true || contentWarning !== '',
    language: languageOf(post),
    publishedAt: new Date(published > now + MAX_FUTURE_MS || published < 0 ? now : published),
    editedAt: editedAt(post, now),
    named: namedIn(post),
  };
}

/** The page of a post; a link to another server would pose as its source (security.md O4). */
export function pageOf(post: JsonObject, uri: string): string {
  const links = listOf(post.url);
  const html = links.filter(isObject).find((link) => textOf(link.mediaType, 100) === 'text/html');
  const page = uriOf(html ? html.href : links[0]);
  return page && sameOrigin(page, uri) ? page : uri;
}

/**
 * Who a post is for. `followers` means those of the author: a letter to one person and a stranger's followers
 * is none of them. Where none of the known audiences is named it is for the people it addresses.
 */
function visibilityOf(post: JsonObject, { actorUri, followersUri }: PostAuthor): Visibility {
  const to = audienceOf(post.to);
  if (to.has(AS_PUBLIC)) return 'public';
  const cc = audienceOf(post.cc);
  if (cc.has(AS_PUBLIC)) return 'unlisted';
  const isTheirs = (id: string) =>
    followersUri === null ? id.endsWith('/followers') && sameOrigin(id, actorUri) : id === followersUri;
  return [...to, ...cc].some(isTheirs) ? 'followers' : 'direct';
}

function htmlOf(post: JsonObject, maxHtml: number): string {
  const map = isObject(post.contentMap) ? Object.values(post.contentMap) : [];
  const content = textOf(post.content, 100_000) ?? textOf(map[0], 100_000) ?? '';
  // PeerTube writes Markdown, and says so (peertube.md 5).
  const isMarkdown = textOf(post.mediaType, 100) === 'text/markdown';
  return isMarkdown ? htmlFromMarkdown(content, maxHtml) : sanitizeRemoteHtml(content, maxHtml);
}

function languageOf(post: JsonObject): string | null {
  const { content } = post;
  const map = isObject(post.contentMap) ? Object.entries(post.contentMap) : [];
  const [named] = map.find(([, text]) => text === content) ?? map[0] ?? [];
  const language = named ?? (isObject(post.language) ? textOf(post.language.identifier, 20) : null);
  return language && /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(language) ? language : null;
}

/** When a post was edited, not ahead of us; null where it says nothing, or the moment of its making. */
function editedAt(post: JsonObject, now: number): Date | null {
  const updated = timeOf(post.updated);
  if (!updated || updated.getTime() < 0) return null;
  return updated.getTime() > now + MAX_FUTURE_MS ? new Date(now) : updated;
}

/** Actor ids in mentions and in the address; the public and the followers of somebody are no people. */
function namedIn(post: JsonObject): string[] {
  const mentions = listOf(post.tag)
    .filter(isObject)
    .filter((tag) => typesOf(tag).includes('Mention'))
    .flatMap((tag) => uriOf(tag.href) ?? []);
  const addressed = [...audienceOf(post.to, post.cc)]
    .filter((id) => uriOf(id) !== null)
    .filter((id) => id !== AS_PUBLIC && !id.endsWith('/followers'));
  return [...new Set([...mentions, ...addressed])].slice(0, videoLimits.maxMentions);
}

/** Actor ids that an object is attributed to, in order. */
export function attributedTo(post: JsonObject): string[] {
  return listOf(post.attributedTo).flatMap((actor) => idOf(actor) ?? []);
}

/**
 * Whether a document is a post of this actor: by id, and by attribution, to whom it is attributed first
 * (security.md O2). A Video may name several of one server, a person and a channel, in any order.
 */
export function isBy(post: JsonObject, authorUri: string): boolean {
  const uri = uriOf(post.id);
  if (uri === null || !sameOrigin(uri, authorUri)) return false;
  const authors = attributedTo(post);
  const isShared = typesOf(post).includes('Video') && authors.every((author) => sameOrigin(author, uri));
  return isShared ? authors.includes(authorUri) : authors[0] === authorUri;
}
