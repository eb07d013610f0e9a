import type { Tx } from '../../src/db/database.ts';
import type { AccountId, VideoId } from '../../src/lib/ids.ts';
import type { Account, Accounts } from '../../src/modules/accounts/index.ts';
import type { Urls } from '../../src/modules/instances/index.ts';
import type { Videos } from '../../src/modules/videos/index.ts';
import { answerOf, type FollowFacts, followOf, undoFollowOf } from '../translate/follow.ts';
import { createOf, deleteOf, noteOf } from '../translate/note.ts';
import { type DeliveryDeps, deliver } from './deliveries.ts';

export interface BridgeDeps extends DeliveryDeps {
  readonly urls: Urls;
  readonly accounts: Accounts;
  readonly videos: Videos;
}

interface FollowEvent {
  readonly followerId: AccountId;
  readonly targetId: AccountId;
  readonly uri: string;
}

/**
 * The only place that turns what happened here into activities. Runs in the relay's transaction: the
 * activity and its deliveries exist exactly when the event was handled.
 */
export function createBridge(deps: BridgeDeps) {
  /** Both ends of a follow, where exactly the given end is of this server. */
  async function ends(event: FollowEvent, ours: 'follower' | 'target') {
    const follower = await deps.accounts.byId(event.followerId);
    const target = await deps.accounts.byId(event.targetId);
    if (!follower || !target) return null;
    const [here, there] = ours === 'follower' ? [follower, target] : [target, follower];
    if (here.domain !== null || there.domain === null) return null;
    const facts: FollowFacts = {
      uri: event.uri,
      followerUri: follower.actorUri,
      targetUri: target.actorUri,
    };
    return { here, there, facts };
  }

  const tell = (
    tx: Tx,
    here: Account,
    there: Account,
    activity: ReturnType<typeof followOf>,
    objectUri: string,
  ) =>
    deliver(deps, tx, {
      senderId: here.id,
      activity,
      objectUri,
      audience: { kind: 'account', id: there.id },
    });

  const answer = (type: 'Accept' | 'Reject') => async (tx: Tx, event: FollowEvent) => {
    const both = await ends(event, 'target');
    if (!both) return;
    // Every answer is an activity of its own: a follower that asks again did not get the last one.
    const activity = answerOf(type, both.facts, deps.ids.next());
    await tell(tx, both.here, both.there, activity, event.uri);
  };

  return {
    async onVideoPublished(tx: Tx, event: { videoId: VideoId }): Promise<void> {
      const video = await deps.videos.internal(event.videoId);
      const author = video && (await deps.accounts.byId(video.accountId));
      // Deleted between the two: its own event follows.
      if (!video || !author) return;
      await deliver(deps, tx, {
        senderId: author.id,
        activity: createOf(noteOf({ urls: deps.urls, objectUrl: deps.videos.objectUrl }, video, author)),
        objectUri: video.uri,
        audience: { kind: 'followers', of: author.id },
      });
    },

    async onVideoDeleted(
      tx: Tx,
      event: { accountId: AccountId; uri: string; local: boolean },
    ): Promise<void> {
      if (!event.local) return;
      const author = await deps.accounts.byId(event.accountId);
      if (!author) return;
      await deliver(deps, tx, {
        senderId: author.id,
        activity: deleteOf(event.uri, author.actorUri),
        objectUri: event.uri,
        audience: { kind: 'informed', of: author.id, objectUri: event.uri },
      });
    },

    async onFollowRequested(tx: Tx, event: FollowEvent): Promise<void> {
      const both = await ends(event, 'follower');
      if (both) await tell(tx, both.here, both.there, followOf(both.facts), event.uri);
    },

    async onFollowUndone(tx: Tx, event: FollowEvent): Promise<void> {
      const both = await ends(event, 'follower');
      if (!both) return;
      await tell(tx, both.here, both.there, undoFollowOf(both.facts, deps.ids.next()), event.uri);
    },

    onFollowAccepted: answer('Accept'),
    onFollowRejected: answer('Reject'),
  };
}
