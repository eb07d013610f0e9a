import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { ReadConfig } from '../config/config.ts';
import { feedLimits } from '../config/feed-limits.ts';
import { netLimits } from '../config/limits.ts';
import { transcriptionLimits } from '../config/media-limits.ts';
import { createFederationSide, createKeyMaker, policedFetch } from '../federation/index.ts';
import { createFfmpeg } from '../media/ffmpeg.ts';
import { createJoin } from '../media/join.ts';
import { measuredFfmpeg, measuredPipeline } from '../media/measured.ts';
import { createPipeline } from '../media/pipeline.ts';
import { watchRemovals } from '../media/storage/removals.ts';
import { createTurns } from '../media/turns.ts';
import { addressesOf, connect, openRedis } from './connections.ts';
import { openDatabase } from './db/database.ts';
import { migrateOrRefuse } from './db/migrate.ts';
import { openDesk } from './desk-side.ts';
import { openDiscovery } from './discovery-side.ts';
import { findRunningStack } from './embedded/index.ts';
import { createAccessCache } from './http/media/access.ts';
import { endExpired } from './http/upload-direct.ts';
import { claimIdNode } from './id-node.ts';
import { openInstanceSecret } from './instance-secret.ts';
import { createJobHandlers } from './job-handlers.ts';
import { createEnqueue } from './jobs/enqueue.ts';
import { openQueues } from './jobs/queues.ts';
import { type Clock, systemClock } from './lib/clock.ts';
import { purposeKey } from './lib/crypto.ts';
import { createCursors, dailyKeys } from './lib/cursor.ts';
import { createIds } from './lib/ids.ts';
import { createLogger, type Logger } from './lib/log.ts';
import { createMetrics } from './lib/metrics.ts';
import { countedFetch } from './lib/net/counted-fetch.ts';
import { createFormPoster } from './lib/net/form-post.ts';
import { createAddressPolicy } from './lib/net/ip-policy.ts';
import { createSafeFetch } from './lib/net/safe-fetch.ts';
import { fail, ok } from './lib/result.ts';
import { openLibrary } from './library-side.ts';
import { createAccounts, createFieldChecks, createPictures } from './modules/accounts/index.ts';
import { createAnalytics } from './modules/analytics/index.ts';
import { createAnnouncements } from './modules/announcements/index.ts';
import { createArchives } from './modules/archives/index.ts';
import { createAuth } from './modules/auth/index.ts';
import { createBranding } from './modules/branding/index.ts';
import { createClaims } from './modules/claims/index.ts';
import { createComments } from './modules/comments/index.ts';
import { createClosing, createDepartures } from './modules/departures/index.ts';
import { createDigests } from './modules/digests/index.ts';
import { createDomains } from './modules/domains/index.ts';
import { createEngagement } from './modules/engagement/index.ts';
import { createFeed } from './modules/feed/index.ts';
import { createFilters } from './modules/filters/index.ts';
import { createInstances, createUrls } from './modules/instances/index.ts';
import { createListing } from './modules/listing/index.ts';
import { createMail } from './modules/mail/index.ts';
import { createMarkers } from './modules/markers/index.ts';
import { createMeasures, createModeration } from './modules/moderation/index.ts';
import { createNotifications } from './modules/notifications/index.ts';
import { createPacks } from './modules/packs/index.ts';
import { createPortability } from './modules/portability/index.ts';
import { createPosts } from './modules/posts/index.ts';
import { createPush, ensureVapidKeys } from './modules/push/index.ts';
import { createRelays } from './modules/relays/index.ts';
import { createRemixes } from './modules/remixes/index.ts';
import { createSearch } from './modules/search/index.ts';
import { openSettings } from './modules/settings/index.ts';
import { createSocial } from './modules/social/index.ts';
import { createAudit } from './modules/staff/index.ts';
import { createRoom, createStorage, type Place } from './modules/storage/index.ts';
import { createAnnouncer, createStreaming } from './modules/streaming/index.ts';
import { createTags } from './modules/tags/index.ts';
import { createTransparency } from './modules/transparency/index.ts';
import {
  createMediaUrls,
  createProxiedFiles,
  createVideos,
  fetchRemoteSource,
} from './modules/videos/index.ts';
import { createWork } from './modules/work/index.ts';
import { beginTracing, createOperations } from './operations/index.ts';
import { openRankedFeeds } from './ranked-feeds.ts';
import { openRetention, placesOf } from './retention-side.ts';
import { openRules } from './rules-side.ts';
import { createSafekeeping } from './safekeeping.ts';
import { spokenIn } from './spoken.ts';
import { createStaffSide } from './staff-side.ts';
import { openStores } from './stores.ts';
import { createStreams } from './streams.ts';
import { createSubscribers } from './subscribers.ts';
import { transcriberOf } from './transcriber.ts';
import { createUndoing } from './undoing.ts';
import { version } from './version.ts';

/** Parts that a caller may replace. */
export interface Overrides {
  readonly clock?: Clock;
  readonly log?: Logger;
  /** What can become full. */
  readonly places?: readonly Place[];
  /** Use the embedded stack of a server that runs on the same data, where there is one: for the command line. */
  readonly besideServer?: boolean;
}

export type Context = Extract<Awaited<ReturnType<typeof createContext>>, { ok: true }>['context'];

/**
 * Builds everything a process of the server needs, whatever its role: connects (or first starts) database,
 * Redis and storage, migrates, wires the modules. Fails with a sentence that says what to do; then nothing
 * is left running.
 */
export async function createContext(fixed: ReadConfig, overrides: Overrides = {}) {
  const log = overrides.log ?? createLogger(fixed.logLevel);
  const clock = overrides.clock ?? systemClock;
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) {
      await closer().catch((error) => log.warn({ err: error }, 'a part did not close cleanly'));
    }
  };
  const refuse = async <R extends string>(reason: R, detail: string | undefined) => {
    await close();
    return fail(reason, detail);
  };

  const tracing = await beginTracing(fixed, version, log);
  closers.push(() => tracing.stop());
  const running = overrides.besideServer ? await findRunningStack(fixed.dataDir) : undefined;
  const connected = running ? ok({ ...addressesOf(fixed, running), stack: null }) : await connect(fixed, log);
  if (!connected.ok) return refuse(connected.reason, connected.detail);
  const { databaseUrl, redisUrl, stack } = connected;
  if (stack) closers.push(() => stack.stop());
  const migrated = await migrateOrRefuse(databaseUrl);
  if (!migrated.ok) return refuse(migrated.reason, migrated.detail);
  for (const name of migrated.ran) log.info({ migration: name }, 'database migrated');
  const metrics = createMetrics({ ofProcess: fixed.metricsListen !== null });
  const db = openDatabase(databaseUrl, 20, metrics);
  closers.push(() => db.destroy());
  const redis = openRedis(redisUrl, log);
  closers.push(() => redis.quit());
  const random = Math.random;
  const ids = createIds(clock, await claimIdNode(db), random);
  const audit = createAudit({ db, ids });
  const settings = await openSettings({ db, databaseUrl, config: fixed, audit, log });
  closers.push(() => settings.close());
  const { config } = settings;
  const connections = { db, redis, databaseUrl, redisUrl };
  const { inTx, recommending, hearCommitted } = openRankedFeeds({
    config,
    ids,
    clock,
    log,
    audit,
    ...connections,
  });
  const enqueue = createEnqueue(ids);
  const scratchDir = join(config.dataDir, 'work');
  const room = createRoom({ places: overrides.places ?? placesOf(config, db), clock, log });
  const media = createStorage({
    ...{ ...openStores(config), coldAfterMs: config.cold.afterMs },
    ...{ db, inTx, enqueue, clock, log, audit, scratchDir },
    remake: async (tx, videoId) => (await videos.askToRemake(tx, videoId)).ok,
  });
  const checked = await media.check();
  if (!checked.ok) return refuse(checked.reason, checked.detail);
  const storage = watchRemovals(media.objects);

  const urls = createUrls(config.origin);
  const instances = createInstances({
    db,
    ids,
    enqueue,
    clock,
    mode: config.federation.mode,
    remoteVideo: config.remoteVideo,
  });
  const unlistedDomains = config.federation.mode === 'open' ? 'shown' : 'hidden';
  const claimed = await inTx((tx) => instances.claimOrigin(tx, config.origin));
  if (!claimed.ok) return refuse(claimed.reason, claimed.detail);

  const secret = await openInstanceSecret(fixed, inTx);
  if (!secret.ok) return refuse(secret.reason, secret.detail);
  const { instanceSecret } = secret;
  const policy = createAddressPolicy({ allowedPrivate: config.allowedPrivateAddresses });
  const userAgent = `Vireo/${version} (+${config.origin})`;
  const fetch = countedFetch(createSafeFetch({ policy, userAgent, clock, log, limits: netLimits }), metrics);
  closers.push(() => fetch.close());
  const { ffmpegPath, ffprobePath, mediaConcurrency } = config;
  const threads = Math.max(1, Math.floor(availableParallelism() / mediaConcurrency));
  const ffmpeg = measuredFfmpeg(createFfmpeg({ ffmpegPath, ffprobePath, threads, log }), metrics);
  const poster = createFormPoster(transcriptionLimits);
  closers.push(() => poster.close());
  const encoders = createTurns(config.mediaConcurrency);
  const makeKeys = createKeyMaker(instanceSecret);
  const later = () => ({ moderation, measures, videos, comments });
  const guard = openRules({
    ...{ db, ids, clock, audit, urls, ffmpeg, storage, later, config, metrics, instanceSecret, poster },
    ...{ request: fetch.request, unlistedDomains, inTx, enqueue },
  });
  const accounts = createAccounts({ db, ids, urls, screening: guard.rules });
  const fieldChecks = createFieldChecks({ db, inTx, enqueue, clock, request: fetch.request });
  const pictures = createPictures({
    ...{ db, inTx, enqueue, clock, ffmpeg, storage, download: fetch.download },
    ...{ mediaRefusal: instances.mediaRefusal, workDir: scratchDir },
  });
  const mail = createMail({
    ...{ db, ids, enqueue, clock, log, instanceSecret, origin: config.origin },
    ...{ instance: config.instance, settings: config.mail },
  });
  closers.push(() => mail.close());
  const social = createSocial({ db, ids, urls, unlistedDomains });
  const auth = createAuth({
    ...{ db, ids, accounts, follow: social.follow, joining: config.joining, makeKeys },
    ...{ enqueue, mail, audit, instance: config.instance, staff: config.staff },
    isUnderRaid: async (conn) => (await guard.raid.status(conn)).on,
    ...{ instanceSecret, clock, domain: urls.domain },
    ...{ origin: config.origin, request: fetch.request },
    allowsPlainHttp: config.environment !== 'production',
  });
  const { mediaUrl, origin } = config;
  const mediaUrls = createMediaUrls({ mediaUrl, origin, instanceSecret, clock });
  const videos = createVideos({
    db,
    inTx,
    ids,
    urls,
    enqueue,
    clock,
    storage,
    pipeline: measuredPipeline(createPipeline({ ffmpeg, storage, encoders, log }), metrics),
    onPlayable: metrics.playable,
    download: fetch.download,
    readRange: fetch.readRange,
    workDir: scratchDir,
    mediaUrls,
    upload: config.video,
    lazyRungs: config.video.lazyRungs,
    remote: config.remoteVideo,
    fetchSource: (job) =>
      fetchRemoteSource(
        { fetch, clock, join: createJoin(ffmpeg), mediaRefusal: instances.mediaRefusal },
        job,
      ),
    mediaModesOf: instances.mediaModesOf,
    ...{ cache: config.remoteCache, takesCopies: room.takesCopies },
    mediaRefusal: instances.mediaRefusal,
    mediaRefusals: instances.mediaRefusals,
    ...{ unlistedDomains, screening: guard.rules, hashes: guard.hashes, sounds: guard.sounds },
    classifier: guard.classifier,
    remixGate: { mayRemix: (id, originalId, kind) => remixes.mayRemix({ id }, originalId, kind) },
    transcriber: transcriberOf(config, poster),
    log,
  });
  const proxiedFiles = createProxiedFiles({
    ...{ fetch, clock, mediaRefusal: instances.mediaRefusal, remote: config.remoteVideo },
  });
  const comments = createComments({ db, ids, urls, unlistedDomains, screening: guard.rules });
  const engagement = createEngagement({ db, ids, urls, unlistedDomains });
  const remixes = createRemixes({
    ...{ db, inTx, ids, urls, enqueue, videos, engagement, judgeSoon: guard.sounds.judgeSoon },
  });
  const moderation = createModeration({ db, ids, urls });
  const measures = createMeasures({
    ...{ db, inTx, ids, clock, audit, accounts, videos, comments, mail, instanceSecret },
    ...{ domain: urls.domain, instance: config.instance, ruleText: settings.ruleText },
    strikes: config.strikes,
  });
  const { reportDesk, legalHolds } = openDesk({
    ...{ db, inTx, ids, clock, enqueue, audit, storage, ffmpeg, measures, workDir: scratchDir },
  });
  const relays = createRelays({ db, ids, urls, audit });
  const posts = createPosts({ db, inTx, ids, clock, log, videos, comments, accounts });
  const tags = createTags({ db, ids, clock, unlistedDomains });
  const search = createSearch({
    ...{ db, inTx, clock, accounts, unlistedDomains, config, poster, metrics, log, random },
    captionText: spokenIn(storage, log),
  });
  const filters = createFilters({ db, ids });
  const analytics = createAnalytics({ db, inTx, clock });
  const feed = createFeed({ db, videos, accounts, engagement, comments, filters, recommending });
  const streams = createStreams({
    ...{ db, inTx, ids, enqueue, clock, log, audit, unlistedDomains, instanceSecret, redis, config },
    keepAtHand: videos.keepAtHand,
    onFresh: analytics.noteWatched,
  });
  hearCommitted(streams.counters.hear);
  const cursors = createCursors({
    keysAt: dailyKeys(purposeKey({ instanceSecret, purpose: 'feed-cursor' })),
    clock,
    lifetimeMs: feedLimits.cursorMs,
  });
  const collecting = { db, ids, clock, audit, unlistedDomains } as const;
  const { lists, ...library } = openLibrary({ ...collecting, screening: guard.rules });
  const packs = createPacks({ ...collecting, urls, screening: guard.rules });
  const markers = createMarkers({ db });
  const portability = createPortability({
    ...{ db, inTx, ids, enqueue, urls, accounts, social, lists, videos, comments, engagement },
    ...{ ...library, packs, tags, sounds: guard.sounds },
  });
  const notifications = createNotifications({ db, ids, clock, unlistedDomains });
  const push = createPush({
    ...{ db, inTx, ids, enqueue, clock, log, urls, accounts, auth, videos, comments, notifications },
    ...{ policy, ports: netLimits.ports, request: fetch.request },
    keys: await inTx((tx) => ensureVapidKeys(tx, instanceSecret)),
  });
  const digests = createDigests({
    ...{ db, enqueue, clock, mail, notifications, instanceSecret, urls, accounts, videos, comments },
    instance: config.instance,
  });
  const domains = createDomains({
    ...{ db, inTx, ids, clock, enqueue, log, policy, instances, accounts, social, audit },
    ownDomain: urls.domain,
    fetch: policedFetch(fetch, instances),
  });
  const instanceAccount = await inTx((tx) => accounts.ensureInstance(tx, makeKeys));
  // People who signed up before there were channels.
  let made = 1;
  while (made > 0) made = await inTx((tx) => accounts.ensureChannels(tx));
  const branding = createBranding({
    ...{ db, clock, audit, storage, ffmpeg, workDir: scratchDir, ownerId: instanceAccount.id },
  });
  const federation = createFederationSide({
    ...{ db, inTx, ids, enqueue, clock, random, log, metrics, fetch, policy, userAgent, urls },
    ...{ accounts, auth, social, videos, comments, engagement, remixes, moderation, feed, notifications },
    sounds: guard.sounds,
    publishing: posts,
    relays,
    ...{ instances, audit, branding, packs },
    instanceSecret,
    instanceAccount,
    remoteKeyMinBits: config.remoteKeyMinBits,
    version,
    instance: config.instance,
    authorizedFetch: config.federation.authorizedFetch,
  });

  const discovery = openDiscovery({
    ...{ db, inTx, ids, enqueue, clock, log, audit, policy, videos, unlistedDomains, instanceSecret },
    ...{ fetch, instances, redis, redisPrefix: config.redisPrefix, exchange: config.exchange, urls },
    ...{ ...federation.reading, signedGet: federation.signedGet, lookup: federation.lookup, accounts },
  });
  const archives = createArchives({
    ...{ db, inTx, ids, clock, enqueue, storage, accounts, auth, videos, comments, engagement, lists },
    ...{ filters, tags, notifications, portability, analytics, documents: federation.documents },
    ...{ workDir: scratchDir, rules: config.archives },
  });
  const departures = createDepartures({
    ...{ db, inTx, enqueue, accounts, social, videos, comments, engagement, notifications },
  });
  const closing = createClosing({ db, inTx, enqueue, auth, audit });
  const claims = createClaims({
    ...{ db, inTx, ids, clock, enqueue, audit, mail, measures, hashes: guard.hashes, rules: config.claims },
    ...{ instanceSecret, origin, domain: urls.domain, instance: config.instance, unlistedDomains },
    tellStaff: (tx, subject) =>
      notifications.tellStaff(tx, { fromId: instanceAccount.id, subject, permission: 'reports' }),
  });
  const subscribers = createSubscribers({
    ...{ videos, departures, archives, social, notifications, push, pictures, fieldChecks },
    ...{ federation, reportDesk, claims, remixes, sounds: guard.sounds, fasp: discovery.fasp },
  });

  const retention = openRetention({
    ...{ config, db, inTx, clock, log, audit, instanceAccount, videos, archives, auth, mail, engagement },
    ...{ instances, notifications, feed, recommending, watching: streams.watching, analytics },
    ...{ classifier: guard.classifier, legalHolds },
    endUpload: (id) => endExpired({ videos, storage, inTx, log }, id),
  });
  const handlers = createJobHandlers({
    ...{ videos, media, reportDesk, legalHolds, pictures, archives, departures, portability, fieldChecks },
    ...{ closing, push, mail, auth, digests, domains, federation, watching: streams.watching, claims },
    ...{ ...discovery, sounds: guard.sounds, remixes },
  });

  const queues = openQueues(redis, config.redisPrefix);
  closers.push(() => Promise.all(Object.values(queues).map((queue) => queue.close())));

  const safekeeping = createSafekeeping({
    ...{ config, db, inTx, databaseUrl, clock, log, audit, media, metrics, instanceSecret, auth },
    ...{ request: fetch.request, redis, recommending, trending: streams.trending },
    caches: [recommending.cache, streams.counters.cache, streams.trending.cache],
  });
  const announcements = createAnnouncements({ db, inTx, ids, clock, audit });
  const staff = createStaffSide({
    ...{ db, inTx, ids, clock, audit, config, accounts, makeKeys, archives, social, measures },
    lookup: federation.lookup,
  });
  const work = createWork({ db, audit });
  const undoing = createUndoing({
    ...{ inTx, audit, measures, reportDesk, legalHolds, domains, settings, staff, work, auth, claims },
    ...{ trending: streams.trending, recommending, relays, announcements, branding, packs },
    ...{ ...discovery, ...guard, ...library },
    ...safekeeping,
  });
  const context = {
    ...{ config, settings, version, log, clock, random, metrics, databaseUrl, redisUrl },
    /** True when this process alone uses Redis, so that whatever it finds there is left over. */
    ownsRedis: stack?.redisUrl !== undefined,
    ...{ db, inTx, ids, urls, redis, queues },
    ...{ closing, work, staff, undoing, announcements, branding },
    transparency: createTransparency({ db, settings: config.transparency }),
    ...createOperations({
      ...{ db, redis, clock, config, metrics, storage, videos, media, room, retention, search },
      ...safekeeping,
    }),
    ...{ storage, media, room, retention, ffmpeg, accounts, pictures, fieldChecks, auth, mail },
    ...safekeeping,
    ...{ digests, social, videos, mediaUrls, proxiedFiles },
    // Below `media/` lie the objects of videos and of accounts.
    mediaAccess: createAccessCache({
      ...{ ask: async (id) => (await videos.mediaAccess(id)) ?? accounts.pictureAccess(id), clock },
    }),
    ...{ comments, engagement, remixes, moderation, measures, reportDesk, legalHolds, claims, audit },
    ...guard,
    ...{ notifications, push, relays, posts, tags, search, feed, ...streams, recommending, ...discovery },
    ...{ ...library, lists, packs, filters, markers, portability, archives, instances, domains, federation },
    listing: createListing({ db, unlistedDomains, origin }),
    announce: createAnnouncer({ redis, prefix: config.redisPrefix, log }),
    streaming: createStreaming({ db, unlistedDomains }),
    ...{ analytics, cursors, subscribers, handlers, close },
  };
  return ok({ context });
}
