import type { Tx } from '../../src/db/database.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { AccountId, CommentId, ReportId, VideoId } from '../../src/lib/ids.ts';
import type { Account, Accounts } from '../../src/modules/accounts/index.ts';
import type { Comments } from '../../src/modules/comments/index.ts';
import type { Urls } from '../../src/modules/instances/index.ts';
import type { Moderation, Report } from '../../src/modules/moderation/index.ts';
import type { Packs } from '../../src/modules/packs/index.ts';
import type { Videos } from '../../src/modules/videos/index.ts';
import {
  announceOf,
  blockOf,
  deleteActorOf,
  flagOf,
  likeOf,
  moveOf,
  undoOf,
  updateActorOf,
} from '../translate/activities.ts';
import { answerOf, type FollowFacts, followOf, undoFollowOf } from '../translate/follow.ts';
import type { Outgoing } from '../translate/outgoing.ts';
import type { JsonObject } from '../translate/read.ts';
import type { ReadyChannel } from './bridge-posts.ts';
import { type DeliveryDeps, deliver } from './deliveries.ts';

export interface PeopleBridgeDeps extends DeliveryDeps {
  readonly urls: Urls;
  readonly accounts: Accounts;
  readonly videos: Videos;
  readonly comments: Comments;
  readonly moderation: Moderation;
  readonly packs: Pick<Packs, 'all'>;
  readonly instanceAccount: Account;
  readonly clock: Clock;
  readonly actorDocument: (account: Account) => Promise<JsonObject | null>;
  readonly readyChannel: ReadyChannel;
}

interface FollowEvent {
  readonly followerId: AccountId;
  readonly targetId: AccountId;
  readonly uri: string;
}

interface LikeEvent {
  readonly accountId: AccountId;
  readonly videoId: VideoId | null;
  readonly commentId: CommentId | null;
  readonly uri: string;
}

interface ShareEvent {
  readonly accountId: AccountId;
  readonly videoId: VideoId;
  readonly uri: string;
}

interface BlockEvent {
  readonly accountId: AccountId;
  readonly targetId: AccountId;
  readonly uri: string;
}

/** What people of this server do to accounts and posts of others, as activities. */
export function peopleBridge(deps: PeopleBridgeDeps) {
  async function tell(
    tx: Tx,
    here: Account,
    there: Account,
    activity: Outgoing,
    objectUri: string,
  ): Promise<void> {
    const audience = { kind: 'account', id: there.id } as const;
    await deliver(deps, tx, { senderId: here.id, activity, objectUri, audience });
  }

  /** Both ends of a follow, where exactly the given end is of this server. */
  async function ends(event: FollowEvent, ours: 'follower' | 'target') {
    const follower = await deps.accounts.byId(event.followerId);
    const target = await deps.accounts.byId(event.targetId);
    if (!follower || !target) return null;
    const [here, there] = ours === 'follower' ? [follower, target] : [target, follower];
    if (here.domain !== null || there.domain === null) return null;
    const facts: FollowFacts = { uri: event.uri, followerUri: follower.actorUri, targetUri: target.actorUri };
    return { here, there, facts };
  }

  const answer = (type: 'Accept' | 'Reject') => async (tx: Tx, event: FollowEvent) => {
    const both = await ends(event, 'target');
    if (!both) return;
    if (both.here.ownerId !== null) await deps.readyChannel(tx, both.here);
    // Every answer is an activity of its own: a follower that asks again did not get the last one.
    const activity = answerOf(type, both.facts, deps.ids.next());
    await tell(tx, both.here, both.there, activity, event.uri);
  };

  const block = (undone: boolean) => async (tx: Tx, event: BlockEvent) => {
    const account = await deps.accounts.byId(event.accountId);
    const target = await deps.accounts.byId(event.targetId);
    if (account?.domain !== null || !target || target.domain === null) return;
    const facts = { uri: event.uri, actorUri: account.actorUri, targetUri: target.actorUri };
    const activity = blockOf(facts);
    await tell(tx, account, target, undone ? undoOf(activity) : activity, event.uri);
  };

  /** A like goes to the author of the post, and to nobody else (federation-interop.md 2). */
  const like = (undone: boolean) => async (tx: Tx, event: LikeEvent) => {
    const account = await deps.accounts.byId(event.accountId);
    if (account?.domain !== null) return;
    const post =
      event.videoId === null
        ? event.commentId && (await deps.comments.internal(event.commentId))
        : await deps.videos.internal(event.videoId);
    const author = post ? await deps.accounts.byId(post.accountId) : null;
    if (!post || !author || author.domain === null) return;
    const facts = { uri: event.uri, actorUri: account.actorUri, objectUri: post.uri };
    const activity = likeOf({ ...facts, authorUri: author.actorUri });
    await tell(tx, account, author, undone ? undoOf(activity) : activity, event.uri);
  };

  const share = (undone: boolean) => async (tx: Tx, event: ShareEvent) => {
    const account = await deps.accounts.byId(event.accountId);
    const video = await deps.videos.internal(event.videoId);
    const author = video && (await deps.accounts.byId(video.accountId));
    if (account?.domain !== null || !video || !author) return;
    const activity = announceOf({
      uri: event.uri,
      actorUri: account.actorUri,
      followers: deps.urls.followers(account.id),
      objectUri: video.uri,
      authorUri: author.actorUri,
      published: new Date(deps.clock.now()).toISOString(),
      isOpen: video.visibility === 'public' || video.visibility === 'unlisted',
    });
    await deliver(deps, tx, {
      senderId: account.id,
      activity: undone ? undoOf(activity) : activity,
      objectUri: event.uri,
      audience: [
        { kind: 'followers', of: account.id },
        { kind: 'servers', of: [author.id] },
        ...(undone ? [{ kind: 'told', objectUri: event.uri } as const] : []),
      ],
    });
  };

  /** A channel without keys has no document yet, and nobody who was shown it. */
  async function tellProfile(tx: Tx, account: Account): Promise<void> {
    const document = await deps.actorDocument(account);
    if (!document) return;
    await deliver(deps, tx, {
      senderId: account.id,
      activity: updateActorOf(document, deps.urls.followers(account.id), deps.ids.next()),
      objectUri: account.actorUri,
      audience: { kind: 'followers', of: account.id },
    });
  }

  /** Sends the document of an actor to everybody who may know it; returns the place of the activity, null where there was nothing to say. */
  async function tellAllWhoKnow(tx: Tx, account: Account): Promise<string | null> {
    const document = await deps.actorDocument(account);
    if (!document) return null;
    return deliver(deps, tx, {
      senderId: account.id,
      activity: updateActorOf(document, deps.urls.followers(account.id), deps.ids.next()),
      objectUri: account.actorUri,
      audience: [
        { kind: 'followers', of: account.id },
        { kind: 'told-by', of: account.id },
      ],
    });
  }

  return {
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
    onBlockAdded: block(false),
    onBlockRemoved: block(true),
    onLikeAdded: like(false),
    onLikeRemoved: like(true),
    onShareAdded: share(false),
    onShareRemoved: share(true),

    /** Tells followers of the person, and those of the channel, which is shown with the same profile. */
    async onAccountUpdated(tx: Tx, event: { accountId: AccountId }): Promise<void> {
      const person = await deps.accounts.byId(event.accountId);
      const channel = person && (await deps.accounts.channelOf(person.id));
      for (const account of [person, channel]) if (account) await tellProfile(tx, account);
    },

    /** Followers elsewhere are asked by their servers to follow the new account. */
    async onAccountMoved(tx: Tx, event: { accountId: AccountId; targetId: AccountId }): Promise<void> {
      const account = await deps.accounts.byId(event.accountId);
      const target = await deps.accounts.byId(event.targetId);
      if (account?.domain !== null || !target) return;
      const followers = deps.urls.followers(account.id);
      await deliver(deps, tx, {
        senderId: account.id,
        activity: moveOf(account.actorUri, target.actorUri, followers, deps.ids.next()),
        objectUri: account.actorUri,
        audience: { kind: 'followers', of: account.id },
      });
    },

    /** Tells everybody who may know the person or the channel, before anybody forgets who that is. */
    async onAccountDeleted(tx: Tx, event: { accountId: AccountId }): Promise<void> {
      const person = await deps.accounts.byId(event.accountId);
      const channel = person && (await deps.accounts.channelOf(person.id));
      for (const account of [person, channel]) {
        // A channel without keys was never shown to anybody.
        if (!account || !(await deps.accounts.keysOf(account.id))) continue;
        await deliver(deps, tx, {
          senderId: account.id,
          activity: deleteActorOf(account.actorUri),
          objectUri: account.actorUri,
          audience: [
            { kind: 'followers', of: account.id },
            { kind: 'told-by', of: account.id },
          ],
        });
      }
    },

    /**
     * Tells everybody who may know the person or the channel that they are suspended, or no more, by the document that says so; as
     * Mastodon does, the end itself follows only where nobody takes it back.
     */
    async onAccountSuspension(tx: Tx, event: { accountId: AccountId }): Promise<void> {
      const person = await deps.accounts.byId(event.accountId);
      if (person?.domain !== null) return;
      const channel = await deps.accounts.channelOf(person.id);
      for (const account of [person, channel])
        if (account && (await deps.accounts.keysOf(account.id))) await tellAllWhoKnow(tx, account);
    },

    /** The news is signed with the key that receivers know: some look for a new one in it, and nowhere else. */
    async onAccountRekeyed(tx: Tx, event: { accountId: AccountId }): Promise<void> {
      const account = await deps.accounts.byId(event.accountId);
      const position = account && (await tellAllWhoKnow(tx, account));
      if (position) await deps.accounts.newKeySignsAfter(tx, account.id, position);
    },

    /** The reporter asked for the server of the account to be told as well. */
    async onReportFiled(tx: Tx, event: { reportId: ReportId; forward: boolean }): Promise<void> {
      const report = event.forward ? await deps.moderation.report(event.reportId) : null;
      if (report) await tellOrigin(deps, tx, report, report.comment);
    },

    /** The staff tells of it in words of its own: those of the reporter stay here. */
    async onReportForwarded(tx: Tx, event: { reportId: ReportId; summary: string }): Promise<void> {
      const report = await deps.moderation.report(event.reportId);
      if (report) await tellOrigin(deps, tx, report, event.summary);
    },
  };
}

/** In the name of the server, so that nobody learns who reported. */
async function tellOrigin(deps: PeopleBridgeDeps, tx: Tx, report: Report, comment: string): Promise<void> {
  const target = await deps.accounts.byId(report.targetId);
  if (!target || target.domain === null) return;
  const videos = await Promise.all(report.videoIds.map((id) => deps.videos.internal(id)));
  const comments = await Promise.all(report.commentIds.map((id) => deps.comments.internal(id)));
  const posts = [...videos, ...comments].flatMap((post) => post?.uri ?? []);
  const postUris = [...posts, ...(await deps.packs.all(report.packIds)).map(({ uri }) => uri)];
  const activity = flagOf({
    uri: report.uri,
    instanceActor: deps.urls.instanceActor,
    targetUri: target.actorUri,
    postUris,
    comment,
  });
  await deliver(deps, tx, {
    senderId: deps.instanceAccount.id,
    activity,
    objectUri: report.uri,
    audience: { kind: 'servers', of: [target.id] },
  });
}
