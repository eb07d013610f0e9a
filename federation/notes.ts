import type { Account, Accounts } from '../src/modules/accounts/index.ts';
import type { Comment, Comments } from '../src/modules/comments/index.ts';
import type { Urls } from '../src/modules/instances/index.ts';
import type { Video, Videos } from '../src/modules/videos/index.ts';
import { commentNoteOf, noteOf } from './translate/note.ts';
import type { JsonObject } from './translate/read.ts';
import { isOpen, type Publishers, videoOf } from './translate/video.ts';

export interface NotesDeps {
  readonly urls: Urls;
  readonly accounts: Accounts;
  readonly videos: Videos;
  readonly comments: Comments;
}

/** A local post as it goes over the wire, with those it has to do with. */
export interface WrittenNote {
  readonly note: JsonObject;
  readonly author: Account;
  readonly mentioned: readonly Account[];
}

/** A local video as PeerTube takes it, with the two who publish it. */
export interface WrittenVideo extends Publishers {
  readonly document: JsonObject;
}

export type Notes = ReturnType<typeof createNotes>;

/** Gathers what the serializers need: the one way from a local post to its document, served or sent. */
export function createNotes(deps: NotesDeps) {
  const { urls, accounts, videos, comments } = deps;
  const objectUrl = (key: string, video: Video) => videos.objectUrl(key, video, 'server');

  /**
   * Local videos in order; those that no other server is told of yet, and those whose author went meanwhile, are
   * left out. Three queries, however many.
   */
  async function ofVideos(list: readonly Video[]): Promise<WrittenNote[]> {
    const named = await videos.mentionedAmong(list.map(({ id }) => id));
    const people = await accounts.byIds([
      ...list.map(({ accountId }) => accountId),
      ...[...named.values()].flat(),
    ]);
    return list.flatMap((video) => {
      const author = people.get(video.accountId);
      if (!author || video.unannounced) return [];
      const mentioned = (named.get(video.id) ?? []).flatMap((id) => people.get(id) ?? []);
      const facts = { author, mentioned };
      return [{ ...facts, note: noteOf({ urls, objectUrl }, video, facts) }];
    });
  }

  return {
    ofVideos,
    /** One local video; null where it is not to be told of yet, or its author is gone. */
    ofVideo: async (video: Video): Promise<WrittenNote | null> => (await ofVideos([video]))[0] ?? null,

    /** A local video as PeerTube takes it; null for one that PeerTube must not have, or would not take. */
    async videoFor(video: Video): Promise<WrittenVideo | null> {
      if (!isOpen(video) || video.unannounced) return null;
      const author = await accounts.byId(video.accountId);
      const channel = author && (await accounts.channelOf(author.id));
      if (!author || !channel) return null;
      const document = videoOf({ urls, objectUrl }, video, { author, channel });
      return document && { document, author, channel };
    },

    /** A local comment, with the author of what it answers; null where one of them is gone. */
    async ofComment(
      comment: Comment,
    ): Promise<(WrittenNote & { readonly answered: Account; readonly video: Video }) | null> {
      const [video, parent, mentions] = await Promise.all([
        videos.internal(comment.videoId),
        comment.parentId === null ? null : comments.internal(comment.parentId),
        comments.mentionedAmong([comment.id]),
      ]);
      if (!video) return null;
      const answeredPost = parent ?? video;
      const named = mentions.get(comment.id) ?? [];
      const people = await accounts.byIds([comment.accountId, answeredPost.accountId, ...named]);
      const [author, answered] = [people.get(comment.accountId), people.get(answeredPost.accountId)];
      if (!author || !answered) return null;
      const facts = { author, mentioned: named.flatMap((id) => people.get(id) ?? []) };
      const note = commentNoteOf({ urls }, comment, { ...facts, inReplyTo: answeredPost.uri, answered });
      return { ...facts, note, answered, video };
    },
  };
}
