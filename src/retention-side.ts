import { join } from 'node:path';
import { claimLimits } from '../config/claim-limits.ts';
import { classifierLimits } from '../config/classifier-limits.ts';
import type { Config } from '../config/config.ts';
import { exchangeLimits } from '../config/exchange-limits.ts';
import { feedLimits } from '../config/feed-limits.ts';
import { legalHoldLimits } from '../config/legal-hold-limits.ts';
import { deliveryLimits, inboxLimits, signatureLimits, videoLimits } from '../config/limits.ts';
import { remixRequestLimits } from '../config/media-limits.ts';
import { retentionLimits } from '../config/retention-limits.ts';
import { staffLimits } from '../config/staff-limits.ts';
import { sweepDeadDeliveries, sweepDeliveryHosts, sweepInbox, sweepRemoteKeys } from '../federation/index.ts';
import type { Db, InTx } from './db/database.ts';
import { sweepOnce } from './db/once.ts';
import { sweepUndone } from './db/undone.ts';
import { failedRemovals, retryRemovals, sweepDeadLetters } from './jobs/removals.ts';
import type { Clock } from './lib/clock.ts';
import type { AccountId } from './lib/ids.ts';
import type { Logger } from './lib/log.ts';
import type { Analytics } from './modules/analytics/index.ts';
import type { Archives } from './modules/archives/index.ts';
import type { Auth } from './modules/auth/index.ts';
import { sweepClaims } from './modules/claims/index.ts';
import type { Classifier } from './modules/classifier/index.ts';
import type { Engagement } from './modules/engagement/index.ts';
import { sweepTold } from './modules/exchange/index.ts';
import { sweepProviders } from './modules/fasp/index.ts';
import type { Feed } from './modules/feed/index.ts';
import type { Instances } from './modules/instances/index.ts';
import type { Mail } from './modules/mail/index.ts';
import type { LegalHolds } from './modules/moderation/index.ts';
import type { Notifications } from './modules/notifications/index.ts';
import type { Recommending } from './modules/recommending/index.ts';
import { sweepRefusedRequests } from './modules/remixes/index.ts';
import { createRetention, type Keeping, type RetentionClass } from './modules/retention/index.ts';
import { type Audit, sweepKeptRows } from './modules/staff/index.ts';
import { bucketPlace, diskPlace, type Place, storedBytes } from './modules/storage/index.ts';
import type { Videos } from './modules/videos/index.ts';
import type { Watching } from './modules/watching/index.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Parts {
  readonly config: Config;
  readonly db: Db;
  readonly inTx: InTx;
  readonly clock: Clock;
  readonly log: Logger;
  readonly audit: Audit;
  readonly instanceAccount: { readonly id: AccountId };
  readonly videos: Videos;
  readonly archives: Archives;
  readonly auth: Auth;
  readonly mail: Mail;
  readonly engagement: Engagement;
  readonly instances: Instances;
  readonly notifications: Notifications;
  readonly feed: Feed;
  readonly recommending: Recommending;
  readonly watching: Watching;
  readonly analytics: Analytics;
  readonly classifier: Classifier;
  readonly legalHolds: LegalHolds;
  /** Ends an upload that nobody finished in time. */
  readonly endUpload: (id: string) => Promise<void>;
}

/** What piles up on this server, class by class, each with those parts that know how to take it away. */
export function openRetention(parts: Parts) {
  const { instanceAccount, notifications } = parts;
  return createRetention({
    ...parts,
    classes: classesOf(parts),
    alarm: (tx, { class: name, since }) =>
      notifications.tellStaff(tx, {
        fromId: instanceAccount.id,
        subject: `retention:${name}:${since.getTime()}`,
      }),
  });
}

const KEPT: Keeping = { kind: 'kept' };

/** Rows of several tables that go together. */
function rows(
  bounds: { readonly days: number | null; readonly everyMs: number },
  ...sweeps: readonly ((signal: AbortSignal) => Promise<number>)[]
): Extract<Keeping, { kind: 'swept' }> {
  return {
    kind: 'swept',
    ...{ ...bounds, maxBytes: null },
    async run(signal) {
      let swept = 0;
      for (const sweep of sweeps) swept += await sweep(signal);
      return { rows: swept, bytes: 0 };
    },
  };
}

function classesOf(parts: Parts): Readonly<Record<RetentionClass, Keeping>> {
  const { db, clock, auth, mail, engagement, instances, videos } = parts;
  const before = (ms: number) => new Date(clock.now() - ms);
  const { deadKeptMs, notificationsKeptMs } = retentionLimits;
  return {
    originals: originalsOf(parts),
    renditions: KEPT,
    thumbnails: KEPT,
    'remote-posters': {
      kind: 'swept',
      everyMs: HOUR,
      // The staff may change these while the server runs, as those below.
      get maxBytes() {
        return parts.config.remotePosters.maxBytes;
      },
      get days() {
        return daysOf(parts.config.remotePosters.maxAgeMs);
      },
      run: (signal) => videos.storageUse.prunePosters(parts.config.remotePosters, signal),
    },
    'remote-videos': {
      kind: 'swept',
      everyMs: 10 * MINUTE,
      get maxBytes() {
        return parts.config.remoteCache.maxBytes;
      },
      get days() {
        return daysOf(parts.config.remoteCache.maxAgeMs);
      },
      async run(signal) {
        const gone = await videos.storageUse.keepWithinCap(signal);
        return { rows: gone.videos, bytes: gone.bytes };
      },
    },
    uploads: uploadsOf(parts),
    archives: {
      ...rows({ days: null, everyMs: 10 * MINUTE }, () => parts.archives.expire()),
      get days() {
        return parts.config.archives.daysKept;
      },
    },
    evidence: KEPT,
    'legal-holds': {
      kind: 'swept',
      ...{ days: legalHoldLimits.releasedDays, maxBytes: null, everyMs: HOUR },
      run: (signal) => parts.legalHolds.sweep(signal),
    },
    claims: rows({ days: claimLimits.keptDays, everyMs: HOUR }, (signal) => sweepClaims(db, clock, signal)),
    'remix-requests': rows({ days: remixRequestLimits.refusedDays, everyMs: HOUR }, (signal) =>
      sweepRefusedRequests(db, before(remixRequestLimits.refusedDays * DAY), signal),
    ),
    removals: removalsOf(parts),
    activities: rows(
      { days: inboxLimits.keptMs / DAY, everyMs: HOUR },
      (signal) => sweepInbox(db, before(inboxLimits.keptMs), signal),
      (signal) => sweepUndone(db, before(inboxLimits.keptMs), signal),
    ),
    deliveries: rows({ days: deadKeptMs / DAY, everyMs: HOUR }, (signal) =>
      sweepDeadDeliveries(db, before(deadKeptMs), signal),
    ),
    peers: rows(
      { days: deliveryLimits.hostsKeptMs / DAY, everyMs: HOUR },
      (signal) => sweepDeliveryHosts(db, before(deliveryLimits.hostsKeptMs), signal),
      (signal) => sweepRemoteKeys(db, before(2 * signatureLimits.keyMaxAgeMs), signal),
      (signal) => engagement.sweepRemoteViews(signal),
      () => instances.sweepInstances(),
      (signal) => sweepTold(db, before(exchangeLimits.keptMs), signal),
      (signal) => sweepProviders(db, clock.now(), signal),
    ),
    sessions: rows(
      { days: null, everyMs: HOUR },
      (signal) => auth.sweepSessions(signal),
      (signal) => auth.sweepLinks(signal),
      (signal) => auth.passkeys.sweep(signal),
      (signal) => auth.apps.sweep(signal),
    ),
    notifications: rows({ days: notificationsKeptMs / DAY, everyMs: HOUR }, (signal) =>
      parts.notifications.sweep(before(notificationsKeptMs), signal),
    ),
    feeds: rows(
      { days: null, everyMs: 10 * MINUTE },
      (signal) => parts.watching.sweep(signal),
      (signal) => parts.analytics.sweep(signal),
      (signal) => parts.recommending.sweep(signal),
      (signal) => parts.feed.forYou.sweepPlaces(before(feedLimits.cursorMs), signal),
    ),
    jobs: rows(
      { days: deadKeptMs / DAY, everyMs: HOUR },
      (signal) => sweepDeadLetters(db, before(deadKeptMs), signal),
      (signal) => sweepOnce(db, signal),
    ),
    mails: rows({ days: null, everyMs: HOUR }, (signal) => mail.sweep(signal)),
    classifier: rows({ days: classifierLimits.keptDays, everyMs: HOUR }, () => parts.classifier.sweep()),
    undo: rows({ days: staffLimits.undoDays, everyMs: HOUR }, (signal) =>
      sweepKeptRows(db, before(staffLimits.undoDays * DAY), signal),
    ),
    audit: KEPT,
  };
}

const daysOf = (ms: number): number | null => (ms === 0 ? null : ms / DAY);

/** What was there before a server came to know of this bound has its whole time from then on. */
function originalsOf({ config, clock, videos }: Parts): Keeping {
  const keptMs = () => config.video.originalsKeptMs;
  return {
    get kind() {
      return keptMs() === 0 ? 'kept' : 'swept';
    },
    get days() {
      return daysOf(keptMs());
    },
    ...{ maxBytes: null, everyMs: HOUR },
    async run(signal, countsFrom) {
      const before = clock.now() - keptMs();
      if (keptMs() === 0 || countsFrom.getTime() > before) return { rows: 0, bytes: 0 };
      return videos.storageUse.dropOriginals(new Date(before), signal);
    },
  };
}

const UPLOADS_AT_ONCE = 500;

/** What web processes leave: they end uploads that are sent to them, with their files, once those are as old. */
function uploadsOf({ clock, inTx, videos, endUpload }: Parts): Keeping {
  const { uploadLifetimeMs } = videoLimits;
  return {
    kind: 'swept',
    ...{ days: daysOf(uploadLifetimeMs), maxBytes: null, everyMs: 10 * MINUTE },
    async run(signal) {
      const due = await videos.uploadsBefore(
        new Date(clock.now() - uploadLifetimeMs - HOUR),
        UPLOADS_AT_ONCE,
      );
      for (const id of due) {
        signal.throwIfAborted();
        await endUpload(id);
      }
      const drafts = await inTx((tx) => videos.dropOldDrafts(tx));
      return { rows: due.length + drafts, bytes: 0 };
    },
  };
}

/** Fails as long as objects that were to go could not be removed: nothing is freed then, whatever else succeeds. */
function removalsOf({ db, inTx }: Parts): Keeping {
  return {
    kind: 'swept',
    ...{ days: null, maxBytes: null, everyMs: MINUTE },
    async run() {
      const { count, error } = await failedRemovals(db);
      await retryRemovals(db, inTx, retentionLimits.removalsAtOnce);
      if (count === 0) return { rows: 0, bytes: 0 };
      throw new Error(`${count} removals from storage have failed and are tried again: ${error}`);
    },
  };
}

/** What can become full: the disks that this process writes to, and the share of the bucket that the server may fill. */
export function placesOf({ dataDir, s3, s3MaxBytes }: Config, db: Db): Place[] {
  const disks = [diskPlace('data', dataDir)];
  if (s3 === null) disks.push(diskPlace('media', join(dataDir, 'media')));
  if (s3 === null || s3MaxBytes === 0) return disks;
  return [...disks, bucketPlace('bucket', s3MaxBytes, () => storedBytes(db))];
}
