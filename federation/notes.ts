import type { VideoId } from '../src/lib/ids.ts';
import type { Account, Accounts } from '../src/modules/accounts/index.ts';
import type { Comment, Comments } from '../src/modules/comments/index.ts';
import type { Urls } from '../src/modules/instances/index.ts';
import type { Sounds } from '../src/modules/sounds/index.ts';
import type { Video, Videos } from '../src/modules/videos/index.ts';
import { commentNoteOf, noteOf, type OwnRemix } from './translate/note.ts';
import type { JsonObject } from './translate/read.ts';
import { isOpen, type Publishers, videoOf } from './translate/video.ts';

export interface NotesDeps {
  readonly urls: Urls;
  readonly accounts: Accounts;
  readonly videos: Videos;
  readonly comments: Comments;
  readonly sounds: Pick<Sounds, 'rightsOfOriginals'>;
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
  const { urls, accounts, videos, comments, sounds } = deps;
  const objectUrl = (key: string, video: Video) => videos.objectUrl(key, video, 'server');

  /** What these videos were made from or with, by its id, where that is here and everybody can see it. */
  async function originalsOf(list: readonly Video[]): Promise<Map<VideoId, Video>> {
    const ids = list.flatMap((video) => [originalIdOf(video) ?? [], video.soundOfId ?? []].flat());
    return videos.forViewerAmong([...new Set(ids)], null);
  }

  /** Null where its author has turned it down, too. */
  const originalIdOf = ({ remix }: Video): VideoId | null =>
    remix?.id && remix.consent !== 'refused' ? remix.id : null;

  function originalOf(video: Video, originals: ReadonlyMap<VideoId, Video>): Video | undefined {
    const id = originalIdOf(video);
    return id === null ? undefined : originals.get(id);
  }

  function remixTold({ remix }: Video, original: Video, author: Account | undefined): OwnRemix | null {
    if (remix === null || author === undefined) return null;
    const handle = `${author.username}@${author.domain ?? urls.domain}`;
    const { kind, layout, carriesSound, stampUri } = remix;
    return { kind, layout, carriesSound, stampUri, handle, uri: original.uri, url: original.url };
  }

  /**
   * Local videos in order; those that no other server is told of yet, and those whose author went meanwhile, are
   * left out. The same number of queries, however many.
   */
  async function ofVideos(list: readonly Video[], isUnseen = false): Promise<WrittenNote[]> {
    const named = await videos.mentionedAmong(list.map(({ id }) => id));
    const originals = await originalsOf(list);
    const rights = await sounds.rightsOfOriginals(list.map(({ id }) => id));
    const people = await accounts.byIds([
      ...list.map(({ accountId }) => accountId),
      ...[...named.values()].flat(),
      ...[...originals.values()].map(({ accountId }) => accountId),
    ]);
    return list.flatMap((video) => {
      const author = people.get(video.accountId);
      if (!author || (video.unannounced && !isUnseen)) return [];
      const original = originalOf(video, originals);
      const ids = new Set([...(named.get(video.id) ?? []), ...(original ? [original.accountId] : [])]);
      ids.delete(video.accountId);
      const mentioned = [...ids].flatMap((id) => people.get(id) ?? []);
      const facts = { author, mentioned };
      const remix = original && remixTold(video, original, people.get(original.accountId));
      const soundOf = video.soundOfId === null ? undefined : originals.get(video.soundOfId);
      const told = {
        ...facts,
        remix: remix ?? null,
        soundOfUri: soundOf?.uri ?? null,
        soundRights: rights.get(video.id) ?? null,
      };
      return [{ ...facts, note: noteOf({ urls, objectUrl }, video, told) }];
    });
  }

  return {
    ofVideos: (list: readonly Video[]) => ofVideos(list),
    /** A remix that is made, and that nobody sees before the author of its original says yes: for them alone. */
    ofUnseen: async (video: Video): Promise<WrittenNote | null> => (await ofVideos([video], true))[0] ?? null,
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
