import type { AccountId, VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import type { VideoDetails } from '../../src/modules/videos/index.ts';
import { activityOf, createOf, outcomeOf, PUBLIC, publish, type Rig } from './activities.ts';
import type { PeerActor } from './peer.ts';

/** A local video, as other servers and as our people name it. */
export interface LocalVideo {
  readonly id: VideoId;
  readonly uri: string;
}

type Author = Pick<PeerActor, 'id' | 'followers'>;

let serial = 0;

/** A public answer to a post, with an id of its own on the author's server. */
export function replyOf(author: Author, inReplyTo: string, more: object = {}) {
  serial += 1;
  const id = `${author.id}/replies/${serial}`;
  return {
    id,
    type: 'Note',
    attributedTo: author.id,
    inReplyTo,
    content: '<p>A reply</p>',
    published: new Date(Date.now() - 60_000).toISOString(),
    to: [PUBLIC],
    cc: [author.followers],
    ...more,
  };
}

/** What tests of activities about posts ask again and again. */
export function createPostProbe(rig: Rig) {
  const { server } = rig;
  const { db, accounts } = server.context;

  async function account(actorUri: string): Promise<Account> {
    const found = await accounts.byActorUri(actorUri);
    if (!found) throw new Error(`${actorUri} is not known.`);
    return found;
  }

  return {
    account,
    outcome: (actor: PeerActor, activity: { id: string }) => outcomeOf(server, actor, activity),
    publish: (about: Partial<VideoDetails> = {}): Promise<LocalVideo> => publish(rig, about),

    /** Sends the Create of an answer, and returns the answer with what became of it. */
    async reply(actor: PeerActor, inReplyTo: string, more: object = {}) {
      const note = replyOf(actor, inReplyTo, more);
      return { ...note, outcome: await outcomeOf(server, actor, createOf(actor, note)) };
    },

    /** Sends any activity about an object. */
    does: (type: string, actor: PeerActor, object: unknown, more: object = {}) =>
      outcomeOf(server, actor, activityOf(type, actor, object, more)),

    /** ActivityPub ids of what is said below a video, as somebody may see it, oldest first. */
    async thread(video: LocalVideo, viewer: AccountId | null = null): Promise<string[]> {
      const page = { afterId: null, limit: 100 };
      return (await server.context.comments.thread(video.id, viewer, page)).map(({ uri }) => uri);
    },

    /** The counts of a video, and the rows they stand for. Both must always be the same. */
    async counts(videoId: VideoId) {
      const kept = (await server.context.engagement.statsOf([videoId])).get(videoId);
      const rowsOf = async (table: string) =>
        Number((await db(table).where({ video_id: videoId }).count('* as count').first())?.count);
      const [likes, shares, comments, saves] = await Promise.all(
        ['likes', 'shares', 'comments', 'bookmarks'].map(rowsOf),
      );
      return { kept, rows: { likes, comments, shares, saves } };
    },

    /** Lets an actor of a peer follow alice. */
    async follows(actor: PeerActor): Promise<void> {
      const outcome = await outcomeOf(server, actor, activityOf('Follow', actor, rig.alice.account.uri));
      if (outcome !== 'applied') throw new Error(`The Follow was ${outcome}.`);
    },
  };
}
