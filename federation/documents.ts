import type { AccountId, CommentId, VideoId } from '../src/lib/ids.ts';
import type { Account } from '../src/modules/accounts/index.ts';
import type { Comment } from '../src/modules/comments/index.ts';
import type { Share } from '../src/modules/engagement/index.ts';
import type { Video } from '../src/modules/videos/index.ts';
import type { Notes, NotesDeps } from './notes.ts';
import { announceOf } from './translate/activities.ts';
import { commentNoteOf, createOf } from './translate/note.ts';
import type { JsonObject } from './translate/read.ts';
import { isOpen } from './translate/video.ts';

interface DocumentsDeps extends NotesDeps {
  readonly notes: Notes;
  readonly actorDocument: (account: Account) => Promise<JsonObject | null>;
}

/**
 * What somebody of this server did, as the activities that other servers were sent, for the author's own use. The number
 * of queries does not grow with the lists.
 */
export function createDocuments(deps: DocumentsDeps) {
  const { urls, accounts, videos, comments } = deps;

  /**
   * What comments answer, by the id of the comment: its address was told to everybody who got them, so that it is the
   * same where their author sees it no more. Those below a video that the author sees no more are left out.
   */
  async function answeredBy(list: readonly Comment[], viewerId: AccountId) {
    const parentIds = list.flatMap(({ parentId }) => parentId ?? []);
    const parents = await comments.internalAmong(parentIds);
    const roots = await videos.forViewerAmong([...new Set(list.map(({ videoId }) => videoId))], viewerId);
    return new Map<CommentId, Comment | Video>(
      list.flatMap(({ id, parentId, videoId }) => {
        const answered = (parentId && parents.get(parentId)) ?? roots.get(videoId);
        return answered ? [[id, answered] as const] : [];
      }),
    );
  }

  return {
    actor: deps.actorDocument,

    /** The Create of each video that other servers may be told of. */
    async videos(list: readonly Video[]): Promise<Map<VideoId, JsonObject>> {
      const byUri = new Map((await deps.notes.ofVideos(list)).map(({ note }) => [note.id, createOf(note)]));
      return new Map(list.flatMap(({ id, uri }) => [[id, byUri.get(uri)] as const]).filter(isThere));
    },

    /** The Create of each comment of `author`. */
    async comments(list: readonly Comment[], author: Account): Promise<Map<CommentId, JsonObject>> {
      const answered = await answeredBy(list, author.id);
      const named = await comments.mentionedAmong(list.map(({ id }) => id));
      const people = await accounts.byIds([
        ...[...answered.values()].map(({ accountId }) => accountId),
        ...[...named.values()].flat(),
      ]);
      const entries = list.map((comment) => {
        const post = answered.get(comment.id);
        const whom = post && people.get(post.accountId);
        if (!post || !whom) return [comment.id, undefined] as const;
        const mentioned = (named.get(comment.id) ?? []).flatMap((id) => people.get(id) ?? []);
        const facts = { author, mentioned, inReplyTo: post.uri, answered: whom };
        return [comment.id, createOf(commentNoteOf({ urls }, comment, facts))] as const;
      });
      return new Map(entries.filter(isThere));
    },

    /** The Announce of each share of `author`: never more of a video than its id. */
    async shares(list: readonly Share[], author: Account): Promise<Map<string, JsonObject>> {
      const shared = await videos.forViewerAmong(
        list.map(({ videoId }) => videoId),
        author.id,
      );
      const people = await accounts.byIds([...shared.values()].map(({ accountId }) => accountId));
      const entries = list.map((share) => {
        const video = shared.get(share.videoId);
        const of = video && people.get(video.accountId);
        if (!video || !of) return [share.id, undefined] as const;
        const activity = announceOf({
          ...{ uri: share.uri, actorUri: author.actorUri, followers: urls.followers(author.id) },
          ...{ objectUri: video.uri, authorUri: of.actorUri, isOpen: isOpen(video) },
          published: share.createdAt.toISOString(),
        });
        return [share.id, activity] as const;
      });
      return new Map(entries.filter(isThere));
    },
  };
}

function isThere<K, V>(entry: readonly [K, V | undefined]): entry is readonly [K, V] {
  return entry[1] !== undefined;
}
