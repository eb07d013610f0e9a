import { followersSyncLimits } from '../../config/limits.ts';
import type { Tx } from '../../src/db/database.ts';
import type { Finish, JobPayload, JobRun } from '../../src/jobs/registry.ts';
import { sha256 } from '../../src/lib/crypto.ts';
import type { AccountId, FollowId } from '../../src/lib/ids.ts';
import type { Logger } from '../../src/lib/log.ts';
import type { Account, Accounts } from '../../src/modules/accounts/index.ts';
import type { Urls } from '../../src/modules/instances/index.ts';
import type { Social } from '../../src/modules/social/index.ts';
import { readCollection } from '../net/collection.ts';
import type { LoadDocument } from '../net/document-loader.ts';
import { type DeliveryDeps, deliver } from '../outbox/deliveries.ts';
import { undoFollowOf } from '../translate/follow.ts';
import { idOf } from '../translate/read.ts';

export interface FollowersSyncDeps extends DeliveryDeps {
  readonly accounts: Accounts;
  readonly social: Social;
  readonly urls: Urls;
  readonly loadDocument: LoadDocument;
  readonly log: Logger;
}

type LocalFollow = Awaited<ReturnType<Social['localFollowsPage']>>[number];

const FOLLOWS_AT_A_TIME = 1_000;

/** The digest of a set of actor ids: the SHA-256 of each, all combined by exclusive or; in hex (FEP-8fcf). */
export function createDigest() {
  const sum = Buffer.alloc(32);
  return {
    add(uri: string): void {
      const hash = sha256(Buffer.from(uri));
      for (let at = 0; at < sum.length; at += 1) sum[at] = (sum[at] ?? 0) ^ (hash[at] ?? 0);
    },
    hex: (): string => sum.toString('hex'),
  };
}

/**
 * The job `followers.sync`: where another server counts other followers of one of its accounts among our people
 * than we do, its list is asked for, and decides (FEP-8fcf): whoever is not on it follows no more, a request on it
 * counts as accepted, and for whoever is on it without a follow here an Undo is sent. A list that could not be read
 * to its end decides nothing.
 */
export function createFollowersSync(deps: FollowersSyncDeps) {
  const { accounts, social } = deps;

  async function eachFollow(targetId: AccountId, see: (follow: LocalFollow) => void): Promise<void> {
    let after: FollowId | null = null;
    for (;;) {
      const rows: LocalFollow[] = await social.localFollowsPage(targetId, after, FOLLOWS_AT_A_TIME);
      for (const row of rows) see(row);
      after = rows.at(-1)?.followId ?? null;
      if (rows.length < FOLLOWS_AT_A_TIME) return;
    }
  }

  /** Our people on the other server's list, or null where it could not be read as a whole. */
  async function listed(url: string, run: JobRun): Promise<Set<string> | null> {
    const found = new Set<string>();
    const from = { loadDocument: deps.loadDocument, limits: followersSyncLimits, signal: run.signal };
    const { end } = await readCollection(from, url, url, (item) => {
      const uri = idOf(item);
      if (uri !== null && deps.urls.isOurs(uri)) found.add(uri);
      return true;
    });
    if (end === 'again' && !run.lastAttempt) throw new Error(`${url} could not be read just now.`);
    return end === 'whole' ? found : null;
  }

  /** Takes a follow back that only the other server knows of; made anew for this, its id names nothing here. */
  async function undoUnknown(tx: Tx, follower: Account, target: Account): Promise<void> {
    const uri = deps.urls.follow(deps.ids.next());
    const facts = { uri, followerUri: follower.actorUri, targetUri: target.actorUri };
    await deliver(deps, tx, {
      senderId: follower.id,
      activity: undoFollowOf(facts, deps.ids.next()),
      objectUri: uri,
      audience: { kind: 'account', id: target.id },
    });
  }

  return async (
    { actorUri, url, digest }: JobPayload<'followers.sync'>,
    run: JobRun,
  ): Promise<Finish | undefined> => {
    const target = await accounts.byActorUri(actorUri);
    if (!target || target.domain === null || target.state !== 'active') return;
    const ours = createDigest();
    await eachFollow(target.id, ({ actorUri: follower, isAccepted }) => isAccepted && ours.add(follower));
    if (ours.hex() === digest) return;
    // Read before the list is: whoever is let in meanwhile is not taken for one that the list leaves out.
    const before = new Map<string, LocalFollow>();
    await eachFollow(target.id, (follow) => before.set(follow.actorUri, follow));
    const theirs = await listed(url, run);
    if (theirs === null) return;
    const dropped = [...before.values()].filter((one) => one.isAccepted && !theirs.has(one.actorUri));
    const letIn = [...before.values()].filter((one) => !one.isAccepted && theirs.has(one.actorUri));
    const others = [...theirs].filter((uri) => !before.has(uri));
    const unknown = (await accounts.byActorUris(others)).flatMap((account) => account ?? []);
    deps.log.info(
      { actorUri, dropped: dropped.length, accepted: letIn.length, unknown: unknown.length },
      'followers were brought in line with their server',
    );
    return async (tx) => {
      const targetId = target.id;
      for (const { followerId } of dropped) await social.reject(tx, { followerId, targetId });
      for (const { followerId } of letIn) await social.accept(tx, { followerId, targetId });
      for (const follower of unknown) {
        if (follower.domain === null && follower.state === 'active') await undoUnknown(tx, follower, target);
      }
      return null;
    };
  };
}
