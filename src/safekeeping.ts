import type { Redis } from 'ioredis';
import type { Config } from '../config/config.ts';
import { opensActorKey } from '../federation/index.ts';
import type { Db, InTx, Tx } from './db/database.ts';
import type { Clock } from './lib/clock.ts';
import type { FigureSource, Sample } from './lib/figures.ts';
import type { Logger } from './lib/log.ts';
import type { Metrics } from './lib/metrics.ts';
import type { SafeFetch } from './lib/net/safe-fetch.ts';
import type { RedisCache } from './lib/redis-cache.ts';
import type { Auth } from './modules/auth/index.ts';
import { type BackupStatus, createBackups } from './modules/backups/index.ts';
import {
  createCaches,
  createDuplicates,
  createFeedRebuild,
  createServerLock,
  createVacuum,
} from './modules/maintenance/index.ts';
import type { Recommending } from './modules/recommending/index.ts';
import { createReleases, type News, type Releases } from './modules/releases/index.ts';
import type { Audit } from './modules/staff/index.ts';
import type { Storage } from './modules/storage/index.ts';
import type { LiveTrends } from './modules/trending/index.ts';
import { openBackupPlace } from './stores.ts';
import { version } from './version.ts';

interface Parts {
  readonly config: Config;
  readonly db: Db;
  readonly inTx: InTx;
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly audit: Audit;
  readonly media: Storage;
  readonly metrics: Metrics;
  readonly instanceSecret: string;
  readonly request: SafeFetch['request'];
  readonly auth: Auth;
  readonly redis: Redis;
  readonly caches: readonly RedisCache[];
  readonly recommending: Recommending;
  readonly trending: LiveTrends;
}

/** What keeps a server safe from loss, and lets those who run it hear in time: backups, word of new versions, a lock for work on it. */
export function createSafekeeping({ config, media, instanceSecret, auth, ...parts }: Parts) {
  const staff = staffLetters(config.instance.name, config.origin, auth);
  const backups = createBackups({
    ...parts,
    objects: media.objects,
    openPlace: () => openBackupPlace(config),
    secrets: { secretKey: instanceSecret, variables: config.told },
    ...{ origin: config.origin, version, opensKey: opensActorKey, settings: config.backups },
    tell: staff.ofStaleBackups,
  });
  const releases = createReleases({ ...parts, version, feed: config.releaseFeed, tell: staff.ofRelease });
  parts.metrics.watch([figuresOf(releases)]);
  const maintenance = {
    ...{ vacuum: createVacuum(parts), fixDuplicates: createDuplicates(parts) },
    clearCaches: createCaches(parts),
    feeds: createFeedRebuild(parts),
  };
  return { backups, releases, serverLock: createServerLock(parts), maintenance };
}

function staffLetters(server: string, origin: string, auth: Auth) {
  const footer = [`You get this because you run ${server}.`];
  const link = { link: `${origin}/admin`, words: 'Look at the server' };
  return {
    ofStaleBackups: (tx: Tx, { lastGoodAt, lastError }: BackupStatus) =>
      auth.writeToStaff(tx, {
        ...{ kind: 'backup-stale', isUrgent: true },
        letter: {
          subject: `There is no recent backup of ${server}`,
          parts: [
            lastGoodAt === null
              ? 'No backup of this server has been made yet.'
              : `The last good backup of this server was made at ${lastGoodAt.toISOString()}.`,
            ...(lastError === null ? [] : [`The last try failed: ${lastError}`]),
            'Without one, nothing can be brought back: not even the keys by which other servers know this one. Run “vireo backup create” and see what it says.',
            link,
          ],
          footer,
        },
      }),
    ofRelease: (tx: Tx, { version: newest, url }: News) =>
      auth.writeToStaff(tx, {
        ...{ kind: 'security-release', isUrgent: true },
        letter: {
          subject: `A security release of Vireo: ${newest}`,
          parts: [
            `${server} runs ${version}. The version ${newest} mends a hole in it. Install it soon.`,
            { link: url, words: 'What is new' },
          ],
          footer,
        },
      }),
  };
}

/** Backups are among the figures of operations. */
function figuresOf(releases: Releases): FigureSource {
  return {
    source: 'releases',
    gauges: {
      release_newer: { help: '1 where there is a newer version of Vireo', labels: ['security'] },
      release_last_check_timestamp_seconds: { help: 'When the feed of releases was last read' },
    },
    async read() {
      const { news, checkedAt } = await releases.status();
      const samples: Sample[] = [true, false].map((security) => ({
        gauge: 'release_newer',
        labels: { security: String(security) },
        value: news?.isSecurity === security ? 1 : 0,
      }));
      if (checkedAt === null) return samples;
      return [
        ...samples,
        { gauge: 'release_last_check_timestamp_seconds', value: checkedAt.getTime() / 1_000 },
      ];
    },
  };
}
