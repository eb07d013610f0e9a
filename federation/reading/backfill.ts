import { readingLimits, videoLimits } from '../../config/limits.ts';
import type { InTx, Tx } from '../../src/db/database.ts';
import type { Enqueue } from '../../src/jobs/enqueue.ts';
import type { JobRun } from '../../src/jobs/registry.ts';
import type { AccountId } from '../../src/lib/ids.ts';
import type { Logger } from '../../src/lib/log.ts';
import type { Account, Accounts } from '../../src/modules/accounts/index.ts';
import type { Social } from '../../src/modules/social/index.ts';
import type { Video, Videos } from '../../src/modules/videos/index.ts';
import { readCollection } from '../net/collection.ts';
import type { LoadDocument } from '../net/document-loader.ts';
import type { Posts } from '../posts.ts';
import { idOf, isObject, listOf, sameOrigin, typesOf } from '../translate/read.ts';
import { documentOfItem, type Keep } from './keep.ts';

export interface BackfillDeps {
  readonly inTx: InTx;
  readonly enqueue: Enqueue;
  readonly accounts: Accounts;
  readonly social: Social;
  readonly videos: Videos;
  readonly posts: Posts;
  readonly keep: Keep;
  readonly loadDocument: LoadDocument;
  readonly log: Logger;
}

/**
 * Brings what an account of another server published before anybody here followed it. Its videos take their place
 * among those of their own time, and nobody is told of them.
 */
export function createBackfill(deps: BackfillDeps) {
  const { accounts, social, videos, posts } = deps;

  /** A video of the account, as its collections name or embed it; new ones are stored. Null for all else. */
  async function videoOf(account: Account, item: unknown, signal: AbortSignal): Promise<Video | null> {
    const uri = idOf(item);
    const known = uri === null ? null : await posts.find(uri);
    const post = known ?? (await bring(account, item, signal));
    if (post?.kind !== 'video') return null;
    const { video } = post;
    return video.accountId === account.id || video.attributedTo.includes(account.actorUri) ? video : null;
  }

  async function bring(account: Account, item: unknown, signal: AbortSignal) {
    const document = await documentOfItem(posts, account.actorUri, item, signal);
    const read = document && (await posts.readServed(document));
    if (!read?.ok || read.post.kind !== 'video') return null;
    const { author, video } = read.post;
    if (author.id !== account.id && !video.attributedTo.includes(account.actorUri)) return null;
    const kept = await deps.keep(read.post, { isPast: true });
    return kept.ok ? kept.post : null;
  }

  /** Reads one collection of the account's own. Throws where its server may answer better another time. */
  async function read(
    start: string,
    account: Account,
    run: JobRun,
    take: (item: unknown) => Promise<boolean>,
  ): Promise<void> {
    const { loadDocument } = deps;
    const from = { loadDocument, limits: readingLimits, signal: run.signal };
    const { end } = await readCollection(from, account.actorUri, start, take);
    run.signal.throwIfAborted();
    if (end === 'again' && !run.lastAttempt) throw new Error(`${start} could not be read just now.`);
    deps.log.debug({ actor: account.actorUri, end }, 'a collection of another server was read');
  }

  return {
    /** The first of our people who is let in by an account elsewhere: its earlier videos are wanted now. */
    async onFollowAccepted(tx: Tx, event: { followerId: AccountId; targetId: AccountId }): Promise<void> {
      const follower = await accounts.byId(event.followerId);
      const target = await accounts.byId(event.targetId);
      if (follower?.domain !== null || !target || target.domain === null) return;
      if (await social.isFollowedHere(target.id, follower.id)) return;
      if (!(await accounts.claimBackfill(tx, target.id, readingLimits.backfillPauseMs))) return;
      const payload = { accountId: target.id };
      await deps.enqueue(tx, { name: 'outbox.backfill', payload, key: `backfill:${target.id}` });
    },

    /** The job `outbox.backfill`: the newest videos of an outbox, and what its account has pinned. */
    async run(accountId: AccountId, run: JobRun): Promise<undefined> {
      const account = await accounts.byId(accountId);
      if (!account || account.domain === null || account.state !== 'active') return;
      const found = new Set<string>();
      if (account.outboxUri !== null) {
        await read(account.outboxUri, account, run, async (item) => {
          const video = await videoOf(account, publishedBy(account, item), run.signal);
          if (video) found.add(video.id);
          run.signal.throwIfAborted();
          return found.size < readingLimits.backfillVideos;
        });
      }
      if (account.featuredUri === null) return;
      let pins = 0;
      await read(account.featuredUri, account, run, async (item) => {
        const video = await videoOf(account, item, run.signal);
        run.signal.throwIfAborted();
        if (video?.accountId !== account.id) return true;
        const pin = { videoId: video.id, accountId: account.id, pinned: true };
        const outcome = await deps.inTx((tx) => videos.pin(tx, pin));
        pins += outcome.ok ? 1 : 0;
        return pins < videoLimits.maxPins;
      });
    },
  };
}

/**
 * What an activity in an outbox published: the object of a Create, or of an Announce by a channel, which passes
 * videos of its own server on as its own (peertube.md 5). Boosts by people are no videos of theirs.
 */
export function publishedBy(account: Account, item: unknown): unknown {
  if (!isObject(item)) return null;
  const object = listOf(item.object)[0];
  const [type] = typesOf(item);
  if (type === 'Create') return object;
  const uri = idOf(object);
  const isChannel = type === 'Announce' && account.actorType !== 'Person';
  return isChannel && uri !== null && sameOrigin(uri, account.actorUri) ? uri : null;
}
