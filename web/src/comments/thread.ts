import type { Comment, Status } from '../api/types.ts';

/** The clip that comments stand below, as far as they depend on it. */
export interface CommentedClip {
  readonly id: string;
  readonly authorId: string;
}

/** A comment as streams and single answers tell of it: a status, without what the author of the clip did with it. */
export function commentOf(status: Status, { id, authorId }: CommentedClip): Comment {
  const own = { favourited: false, reblogged: false, bookmarked: false, muted: false, filtered: [] };
  return {
    ...own,
    ...status,
    video_id: id,
    pinned: false,
    hidden: false,
    held: false,
    liked_by_author: false,
    by_author: status.account.id === authorId,
  };
}

/** What a stream tells is meant for everybody: what is ours, and what the author of the clip did, stays as it was. */
export function toldAgain(known: Comment, told: Status): Comment {
  const { content, spoiler_text, sensitive, language, edited_at, mentions, tags, favourites_count } = told;
  return {
    ...known,
    content,
    spoiler_text,
    sensitive,
    language,
    edited_at,
    mentions,
    tags,
    favourites_count,
  };
}

/** Each once, where it stands first: what was put in by hand comes again with its page. */
export function eachOnce<T extends { readonly id: string }>(items: readonly T[]): T[] {
  const seen = new Set<string>();
  return items.filter(({ id }) => !seen.has(id) && seen.add(id));
}

/** Where a new one goes in a list of comments: above all, but for the one that is pinned. */
export function topPlace(items: readonly Comment[]): number {
  return items.findIndex(({ pinned }) => !pinned) === -1
    ? items.length
    : items.findIndex(({ pinned }) => !pinned);
}

/** With one more like, or one less. */
export function withLike(comment: Comment, liked: boolean, byAuthor: boolean): Comment {
  if (comment.favourited === liked) return comment;
  return {
    ...comment,
    favourited: liked,
    favourites_count: Math.max(0, comment.favourites_count + (liked ? 1 : -1)),
    liked_by_author: byAuthor ? liked : comment.liked_by_author,
  };
}

/** What stands between the clip and a comment, outermost first: the comments to unfold to see it. */
export function pathTo(comment: Status, ancestors: readonly Status[], clipId: string): Status[] {
  const byId = new Map(ancestors.map((status) => [status.id, status]));
  const path: Status[] = [];
  let parent = comment.in_reply_to_id;
  while (parent !== null && parent !== clipId && path.length < byId.size) {
    const found = byId.get(parent);
    if (!found) break;
    path.unshift(found);
    parent = found.in_reply_to_id;
  }
  return path;
}

/** Why a comment is not shown at once, if it is not: its own warning, or what the viewer filters. */
export function coverOf({
  spoiler_text,
  filtered,
}: Comment): { readonly kind: 'warning' | 'filter'; readonly text: string } | null {
  const [first] = filtered;
  if (first) return { kind: 'filter', text: first.filter.title };
  return spoiler_text === '' ? null : { kind: 'warning', text: spoiler_text };
}
