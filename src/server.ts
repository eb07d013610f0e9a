import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { analyticsLimits } from '../config/analytics-limits.ts';
import { announcementLimits } from '../config/announcement-limits.ts';
import { backupLimits } from '../config/backup-limits.ts';
import { classifierLimits } from '../config/classifier-limits.ts';
import { exchangeLimits } from '../config/exchange-limits.ts';
import { faspLimits } from '../config/fasp-limits.ts';
import { watchLimits } from '../config/feed-limits.ts';
import { deliveryLimits } from '../config/limits.ts';
import { pushLimits } from '../config/live-limits.ts';
import { mailLimits } from '../config/mail-limits.ts';
import { transcriptionLimits } from '../config/media-limits.ts';
import { searchLimits } from '../config/search-limits.ts';
import { staffLimits } from '../config/staff-limits.ts';
import { trendUpkeep } from '../config/trend-limits.ts';
import { letGo, openRedis } from './connections.ts';
import type { Context } from './context.ts';
import { createApp } from './http/app.ts';
import { formsDir } from './http/body.ts';
import type { HttpDeps } from './http/deps.ts';
import { createEventStreams } from './http/event-stream.ts';
import { sweepForms } from './http/form.ts';
import { createRateLimits } from './http/limits.ts';
import { asksForSocket, createStreamingApi } from './http/streaming/index.ts';
import { createUploadFiles } from './http/upload-files.ts';
import { createUploads } from './http/uploads.ts';
import { Heartbeat, sweepWorkers } from './jobs/heartbeat.ts';
import { sweepLeases } from './jobs/leases.ts';
import { rebuildAfterLoss, rebuildQueues, tellLateAgain } from './jobs/queues.ts';
import { queueNames } from './jobs/registry.ts';
import { Relay } from './jobs/relay.ts';
import { JobRunner } from './jobs/runner.ts';
import { Scheduler, type Upkeep } from './jobs/scheduler.ts';
import { openLockGate } from './modules/maintenance/index.ts';
import { openNetworkGate } from './modules/staff/index.ts';
import { hearAnnouncements } from './modules/streaming/index.ts';

/** Something that was started and can be stopped. */
export interface Running {
  stop(): Promise<void>;
}

const MINUTE = 60_000;
/** How soon a class of retention has its turn once it is due. */
const RETENTION_MS = 5_000;
/** Open requests get this long to end when the server stops. */
const DRAIN_MS = 5_000;

/** Starts the web part: listens, and finishes uploads that a crash cut off. */
export async function startWeb(context: Context): Promise<Running> {
  const { dataDir } = context.config;
  const streams = createEventStreams();
  const networks = await openNetworkGate(context);
  const lockGate = await openLockGate(context);
  const deps: HttpDeps = {
    ...{ ...context, networks, lockGate },
    lookup: context.federation.lookup,
    readPack: context.federation.readPack,
    deliveries: context.federation.deliveries,
    inbox: context.federation.inbox,
    federation: context.federation.router,
    client: context.federation.client,
    probe: context.federation.probe,
    subscribeToRelay: context.federation.subscribeToRelay,
    signerOf: context.federation.signerOf,
    limits: createRateLimits(context.redis, context.config.redisPrefix),
    streams,
    uploadFiles: createUploadFiles(context),
    webDir: fileURLToPath(new URL('../web/dist', import.meta.url)),
  };
  const uploads = createUploads(deps);
  const streaming = createStreamingApi(deps);
  const app = await createApp(deps, uploads, streaming);
  const server = createServer({ maxHeaderSize: 32 * 1024, shouldUpgradeCallback: asksForSocket }, app);
  // A slow phone may take long over one chunk; what is idle is cut off by the two below.
  server.requestTimeout = 0;
  server.headersTimeout = 20_000;
  server.keepAliveTimeout = 65_000;
  streaming.listen(server, app);
  const hearing = { redis: context.redis, prefix: context.config.redisPrefix };
  const stopHearing = await hearAnnouncements(hearing, streaming.hear);
  await listen(server, context.config.listen.port, context.config.listen.host);
  const upkeep = new Scheduler({
    ...context,
    exclusive: false,
    tasks: [
      { name: 'uploads', everyMs: 15_000, run: () => uploads.sweep() },
      // Here, since where no worker does the upkeep, none would say so.
      { name: 'retention-alarm', everyMs: MINUTE, run: () => context.retention.alarm() },
      { name: 'refusals', everyMs: MINUTE, run: () => context.instances.writeRefusals() },
      { name: 'forms', everyMs: 60 * MINUTE, run: () => sweepForms(formsDir(dataDir), context.clock.now()) },
    ],
  });
  upkeep.start();
  // After it listens: feeds do without the engine until it has read everything.
  context.recommending.start();
  return {
    async stop() {
      await Promise.all([upkeep.stop(), context.recommending.stop()]);
      const closed = closeServer(server);
      streams.endAll();
      stopHearing();
      await Promise.all([streaming.stop(), networks.close(), lockGate.close()]);
      await closed;
      letGo(context.redis);
    },
  };
}

/** Starts the worker part: the relay, the job runner, and upkeep where no other process does it. */
export async function startWorker(context: Context): Promise<Running> {
  const { config, db, redis, log } = context;
  if (context.ownsRedis) await rebuildQueues(db);
  const connection = openRedis(context.redisUrl, log);
  const queues = queueNames.filter((name) => config.queues.length === 0 || config.queues.includes(name));
  const runner = new JobRunner({
    ...context,
    connection,
    prefix: config.redisPrefix,
    leaseMs: config.jobLeaseMs,
    queues,
    concurrency: {
      inbox: 8,
      deliver: deliveryLimits.pumps,
      push: pushLimits.atOnce,
      mail: mailLimits.atOnce,
      media: config.mediaConcurrency,
      replicate: config.mediaConcurrency,
      transcribe: transcriptionLimits.atOnce,
      classify: classifierLimits.atOnce,
      default: 4,
    },
  });
  const relay = new Relay(context);
  const scheduler = new Scheduler({ ...context, exclusive: true, tasks: upkeepTasks(context) });
  const heartbeat = new Heartbeat({ ...context, queues });
  await rebuildAfterLoss(db, redis, config.redisPrefix, log);
  await heartbeat.start();
  runner.start();
  relay.start();
  scheduler.start();
  const consumer = startConsumer(context);
  const trends = startTrends(context);
  const backups = startBackups(context);
  const searchEngine = startSearchEngine(context);
  return {
    async stop() {
      letGo(redis);
      await Promise.all([scheduler.stop(), relay.stop(), runner.stop(), consumer.stop(), trends.stop()]);
      await Promise.all([backups.stop(), searchEngine.stop()]);
      await heartbeat
        .stop()
        .catch((error) => log.warn({ err: error }, 'this worker could not say that it stops'));
      connection.disconnect();
    },
  };
}

/** Moves what is watched from its stream to PostgreSQL. */
function startConsumer({ watching, redisUrl, log }: Context): Running {
  const own = openRedis(redisUrl, log);
  const stopping = new AbortController();
  const running = watching.consumer(own).run(stopping.signal);
  return {
    async stop() {
      stopping.abort();
      // It waits for what comes: nothing does any more.
      if (own.status === 'ready') own.disconnect();
      else letGo(own);
      await running;
    },
  };
}

/** Keeps trends, in whichever worker holds their lease: what it knows takes a while to load, and should not move about. */
function startTrends(context: Context): Running {
  const keeper = context.trending.keeper();
  const scheduler = new Scheduler({
    ...context,
    exclusive: false,
    tasks: [{ name: 'trends', everyMs: trendUpkeep.everyMs, run: (signal) => keeper.turn(signal) }],
  });
  scheduler.start();
  return {
    async stop() {
      await scheduler.stop();
      await keeper.stop();
    },
  };
}

/** In a scheduler of its own: an engine that is slow must not hold up other upkeep. Several processes may do it at once. */
function startSearchEngine(context: Context): Running {
  const run = (signal: AbortSignal) => context.search.followEngine({ signal, forMs: 30_000 });
  const tasks = [{ name: 'search-engine', everyMs: searchLimits.everyMs, run }];
  const scheduler = new Scheduler({ ...context, exclusive: false, whileLocked: true, tasks });
  scheduler.start();
  return scheduler;
}

/** In a scheduler of its own: a backup takes its time, and other upkeep must not wait for it. Locks see to it that one is made. */
function startBackups(context: Context): Running {
  const { backups } = context;
  const tasks = [
    { name: 'backups', everyMs: MINUTE, run: (signal: AbortSignal) => backups.work(signal) },
    {
      name: 'backups-asked',
      everyMs: backupLimits.askedEveryMs,
      run: (signal: AbortSignal) => backups.workAsked(signal),
    },
  ];
  // A server that is locked for work on it is the best one to make a backup of.
  const scheduler = new Scheduler({ ...context, exclusive: false, whileLocked: true, tasks });
  scheduler.start();
  return scheduler;
}

function upkeepTasks(context: Context): Upkeep[] {
  const { db, inTx, redis, config, log, auth, instances, clock, federation, watching } = context;
  const before = (ms: number) => new Date(clock.now() - ms);
  return [
    { name: 'workers', everyMs: 60 * MINUTE, run: () => sweepWorkers(db) },
    { name: 'leases', everyMs: 2_000, run: () => sweepLeases(db, log) },
    {
      name: 'redis-loss',
      everyMs: 5_000,
      run: () => rebuildAfterLoss(db, redis, config.redisPrefix, log),
    },
    { name: 'late-jobs', everyMs: 5 * MINUTE, run: () => tellLateAgain(db) },
    {
      name: 'search',
      everyMs: searchLimits.everyMs,
      run: (signal) => context.search.follow({ signal, forMs: searchLimits.turnMs }),
    },
    { name: 'abandoned-media', everyMs: 10_000, run: () => inTx((tx) => context.videos.failAbandoned(tx)) },
    { name: 'scheduled-posts', everyMs: 5_000, run: (signal) => context.posts.publishDue(signal) },
    { name: 'releases', everyMs: 10 * MINUTE, run: () => context.releases.checkDue() },
    { name: 'unconfirmed', everyMs: 60 * MINUTE, run: () => auth.emails.dropUnconfirmed(inTx) },
    { name: 'digests', everyMs: MINUTE, run: () => inTx((tx) => context.digests.enqueueDue(tx)) },
    { name: 'leaving', everyMs: MINUTE, run: () => auth.deleteDue(inTx) },
    { name: 'deleted', everyMs: 60 * MINUTE, run: () => inTx((tx) => context.accounts.forgetDeleted(tx)) },
    {
      name: 'previous-keys',
      everyMs: 60 * MINUTE,
      run: () => inTx((tx) => context.accounts.forgetPreviousKeys(tx)),
    },
    { name: 'report-evidence', everyMs: 60 * MINUTE, run: () => context.reportDesk.sheets.sweep() },
    {
      name: 'addresses',
      everyMs: 60 * MINUTE,
      run: () => context.staff.directory.forgetAddresses(staffLimits.addressDays),
    },
    { name: 'measures', everyMs: 10 * MINUTE, run: () => context.measures.purgeDue() },
    { name: 'transparency', everyMs: 10 * MINUTE, run: (signal) => context.transparency.fold(signal) },
    {
      name: 'remix-consent',
      everyMs: 10 * MINUTE,
      run: () => inTx((tx) => context.remixes.endSilence(tx, clock.now())),
    },
    { name: 'claims', everyMs: 10 * MINUTE, run: () => context.claims.acceptDue() },
    { name: 'mutes', everyMs: 60 * MINUTE, run: () => context.social.sweepMutes() },
    { name: 'rules', everyMs: 60 * MINUTE, run: () => inTx((tx) => context.rules.sweep(tx)) },
    {
      ...{ name: 'classifier', everyMs: MINUTE },
      run: () => inTx((tx) => context.videos.endAbandonedQuestions(tx)),
    },
    {
      name: 'unheard-videos',
      everyMs: 10 * MINUTE,
      run: () => inTx((tx) => context.videos.askForSounds(tx)),
    },
    { name: 'unused-sounds', everyMs: 60 * MINUTE, run: () => inTx((tx) => context.sounds.forgetUnused(tx)) },
    { name: 'raid-mode', everyMs: MINUTE, run: () => inTx((tx) => context.raid.noteEnd(tx)) },
    {
      name: 'announcements',
      everyMs: announcementLimits.tellMs,
      run: () => context.announcements.passTime(),
    },
    { name: 'policies', everyMs: 5 * MINUTE, run: () => inTx((tx) => instances.sweepPolicies(tx)) },
    { name: 'domain-lists', everyMs: MINUTE, run: (signal) => context.domains.subscriptions.syncDue(signal) },
    { name: 'peer-blocks', everyMs: 5 * MINUTE, run: (signal) => context.domains.peers.askDue(signal) },
    { name: 'ended-follows', everyMs: 60 * MINUTE, run: () => context.social.sweepEndedFollows() },
    { name: 'exchange', everyMs: exchangeLimits.wakeMs, run: () => context.exchange.wakeDue() },
    { name: 'fasp', everyMs: faspLimits.wakeMs, run: () => context.fasp.wakeDue() },
    { name: 'fasp-trending', everyMs: faspLimits.watchMs, run: () => context.fasp.watchTrends() },
    { name: 'fasp-review', everyMs: faspLimits.reviewMs, run: () => context.fasp.review() },
    { name: 'inspections', everyMs: 5 * MINUTE, run: () => inTx((tx) => instances.inspectDue(tx)) },
    // Sweeps what was begun and never ended.
    { name: 'storage', everyMs: 24 * 60 * MINUTE, run: () => context.storage.check() },
    { name: 'retention', everyMs: RETENTION_MS, run: (signal) => context.retention.runDue(signal) },
    { name: 'storage-use', everyMs: MINUTE, run: () => context.media.use.measureWhenDue() },
    { name: 'cold-media', everyMs: 10 * MINUTE, run: () => context.media.coolDue() },
    { name: 'views', everyMs: watchLimits.tallyMs, run: (signal) => watching.addTallies(signal) },
    { name: 'analytics', everyMs: analyticsLimits.foldMs, run: (signal) => context.analytics.fold(signal) },
    {
      name: 'deliveries',
      everyMs: 60 * MINUTE,
      run: () => federation.wakeForgotten(before(60 * MINUTE)),
    },
  ];
}

/** Rejects where the address is in use or not of this machine. */
export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

/** Lets open requests end, for a moment. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
