import { statfs } from 'node:fs/promises';
import type { Config } from '../../config/config.ts';
import { watchOverLimits } from '../../config/watch-limits.ts';
import type { Db } from '../db/database.ts';
import { workersSeen } from '../jobs/heartbeat.ts';
import { queueStates } from '../jobs/queues.ts';
import { upkeepRuns } from '../jobs/upkeep-runs.ts';
import type { Clock } from '../lib/clock.ts';
import type { FigureSource, Sample } from '../lib/figures.ts';
import { certificateOf } from '../lib/net/certificate.ts';
import type { Backups } from '../modules/backups/index.ts';
import type { Retention } from '../modules/retention/index.ts';
import type { Room, Storage } from '../modules/storage/index.ts';
import type { Videos } from '../modules/videos/index.ts';

interface FigureDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: Config;
  readonly videos: Videos;
  readonly backups: Pick<Backups, 'status'>;
  readonly media: Storage;
  readonly room: Room;
  readonly retention: Retention;
}

/** The figures of the whole server that an admin watches. They only read. */
export function figureSources(deps: FigureDeps): FigureSource[] {
  return [queues(deps), workers(deps), upkeep(deps), peers(deps), reports(deps), database(deps)].concat(
    storage(deps),
    disk(deps),
    room(deps),
    retention(deps),
    certificate(deps),
    backup(deps),
  );
}

function queues({ db }: FigureDeps): FigureSource {
  const perQueue = ['queue'];
  return {
    source: 'queues',
    gauges: {
      queue_jobs: { help: 'Background jobs, by queue and state', labels: ['queue', 'state'] },
      queue_oldest_seconds: { help: 'How long the job has waited that is due for longest', labels: perQueue },
      queue_workers: { help: 'Workers that live and serve a queue', labels: perQueue },
      queue_paused: { help: '1 where no jobs of a queue are begun', labels: perQueue },
    },
    read: async () =>
      (await queueStates(db)).flatMap(({ queue, pending, running, dead, ...state }) => [
        ...Object.entries({ pending, running, dead }).map(([name, value]) => ({
          gauge: 'queue_jobs',
          labels: { queue, state: name },
          value,
        })),
        { gauge: 'queue_oldest_seconds', labels: { queue }, value: state.oldestSeconds ?? 0 },
        { gauge: 'queue_workers', labels: { queue }, value: state.workers },
        { gauge: 'queue_paused', labels: { queue }, value: state.pausedAt === null ? 0 : 1 },
      ]),
  };
}

function workers({ db }: FigureDeps): FigureSource {
  return {
    source: 'workers',
    gauges: { workers: { help: 'Workers that said within two minutes that they live' } },
    read: async () => [
      { gauge: 'workers', value: (await workersSeen(db)).filter(({ isAlive }) => isAlive).length },
    ],
  };
}

function upkeep({ db, clock }: FigureDeps): FigureSource {
  const labels = ['task'];
  return {
    source: 'upkeep',
    gauges: {
      upkeep_ok_age_seconds: { help: 'Since a task of the upkeep last ended well', labels },
      upkeep_failures: { help: 'How often a task of the upkeep has failed in a row', labels },
    },
    read: async () =>
      (await upkeepRuns(db)).flatMap(({ task, okAt, failures }) => [
        ...ageOf('upkeep_ok_age_seconds', { task }, okAt, clock),
        { gauge: 'upkeep_failures', labels: { task }, value: failures },
      ]),
  };
}

/** Servers that we have something to do with, and those among them that do not answer. */
function peers({ db }: FigureDeps): FigureSource {
  return {
    source: 'peers',
    gauges: {
      peers: { help: 'Servers that were heard of, or that took something, within a week' },
      peers_failing: { help: 'Servers that do not answer deliveries, by state', labels: ['state'] },
    },
    async read() {
      const { rows } = await db.raw<{ rows: { known: number; failing: number; open: number }[] }>(
        `select (select count(*)::int from instances
                  where greatest(last_inbound_at, last_outbound_ok_at) > now() - interval '7 days') as known,
                count(*) filter (where failing_since is not null)::int as failing,
                count(*) filter (where open_until is not null)::int as open
           from delivery_hosts`,
      );
      const { known = 0, failing = 0, open = 0 } = rows[0] ?? {};
      return [
        { gauge: 'peers', value: known },
        { gauge: 'peers_failing', labels: { state: 'failing' }, value: failing },
        { gauge: 'peers_failing', labels: { state: 'circuit-open' }, value: open },
      ];
    },
  };
}

function reports({ db }: FigureDeps): FigureSource {
  return {
    source: 'reports',
    gauges: {
      reports_open: { help: 'Reports that nobody has answered' },
      reports_oldest_seconds: { help: 'Age of the oldest of them' },
    },
    async read() {
      const { rows } = await db.raw<{ rows: { open: number; oldest: number | null }[] }>(
        `select count(*)::int as open, extract(epoch from now() - min(created_at))::float as oldest
           from reports where state = 'open'`,
      );
      const { open = 0, oldest = null } = rows[0] ?? {};
      return [
        { gauge: 'reports_open', value: open },
        { gauge: 'reports_oldest_seconds', value: oldest ?? 0 },
      ];
    },
  };
}

function backup({ backups, clock }: FigureDeps): FigureSource {
  return {
    source: 'backups',
    gauges: {
      backup_stale: { help: '1 where there should be a newer backup' },
      backup_age_seconds: { help: 'Age of the last good backup' },
      backup_rehearsal_age_seconds: { help: 'Since a backup was last restored to see whether it is good' },
    },
    async read() {
      const { lastGoodAt, lastRehearsalAt, isStale } = await backups.status();
      return [
        { gauge: 'backup_stale', value: isStale ? 1 : 0 },
        ...ageOf('backup_age_seconds', {}, lastGoodAt, clock),
        ...ageOf('backup_rehearsal_age_seconds', {}, lastRehearsalAt, clock),
      ];
    },
  };
}

function database({ db }: FigureDeps): FigureSource {
  return {
    source: 'database',
    gauges: {
      db_connections: { help: 'Connections to the database server, of all its users' },
      db_connections_max: { help: 'How many of them it takes' },
      db_bytes: { help: 'What the database takes on disk' },
    },
    async read() {
      const { rows } = await db.raw<{ rows: { used: number; most: number; bytes: string }[] }>(
        `select (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as used,
                current_setting('max_connections')::int as most,
                pg_database_size(current_database()) as bytes`,
      );
      const [row] = rows;
      if (!row) return [];
      return [
        { gauge: 'db_connections', value: row.used },
        { gauge: 'db_connections_max', value: row.most },
        { gauge: 'db_bytes', value: Number(row.bytes) },
      ];
    },
  };
}

function storage({ media, videos, config }: FigureDeps): FigureSource {
  return {
    source: 'storage',
    everyMs: watchOverLimits.dearFiguresMs,
    gauges: {
      storage_bytes: { help: 'What media takes, by kind', labels: ['kind'] },
      remote_cache_bytes: { help: 'What copies of videos of other servers take' },
      remote_cache_max_bytes: { help: 'What they may take at most' },
    },
    read: async () => [
      ...(await media.use.last()).kinds.map(({ kind, bytes }) => ({
        gauge: 'storage_bytes',
        labels: { kind },
        value: bytes,
      })),
      { gauge: 'remote_cache_bytes', value: await videos.storageUse.cachedBytes() },
      { gauge: 'remote_cache_max_bytes', value: config.remoteCache.maxBytes },
    ],
  };
}

/** Of this machine: each has disks of its own. */
function disk({ config }: FigureDeps): FigureSource {
  return {
    source: 'disk',
    gauges: {
      disk_bytes: { help: 'Size of the disk with the data of this process' },
      disk_free_bytes: { help: 'What is free on it for this process' },
    },
    async read() {
      const { blocks, bavail, bsize } = await statfs(config.dataDir);
      return [
        { gauge: 'disk_bytes', value: blocks * bsize },
        { gauge: 'disk_free_bytes', value: bavail * bsize },
      ];
    },
  };
}

/** What stops taking things in: the fullest place of this process. */
function room({ room: of }: FigureDeps): FigureSource {
  return {
    source: 'room',
    gauges: {
      storage_level: { help: '0: everything is taken in, 1: no copies of what others have, 2: nothing' },
      storage_used_ratio: { help: 'How full a disk or the share of the bucket is', labels: ['place'] },
    },
    async read() {
      const { level, places } = await of.state();
      return [
        { gauge: 'storage_level', value: { open: 0, 'no-copies': 1, full: 2 }[level] },
        ...places.map(({ name, usedBytes, totalBytes }) => ({
          gauge: 'storage_used_ratio',
          labels: { place: name },
          value: usedBytes / totalBytes,
        })),
      ];
    },
  };
}

function retention({ retention: classes, clock }: FigureDeps): FigureSource {
  const labels = ['class'];
  return {
    source: 'retention',
    gauges: {
      retention_ok_age_seconds: { help: 'Since what is over was last taken away, by class', labels },
      retention_failing: { help: '1 where that failed last, or has not been done for two days', labels },
      retention_freed_bytes: { help: 'What the last run took away that took anything', labels },
    },
    read: async () =>
      (await classes.list()).flatMap(({ class: name, state, okAt, freed }) => {
        if (state === 'kept') return [];
        const isBad = state === 'failing' || state === 'overdue';
        return [
          ...ageOf('retention_ok_age_seconds', { class: name }, okAt, clock),
          { gauge: 'retention_failing', labels: { class: name }, value: isBad ? 1 : 0 },
          { gauge: 'retention_freed_bytes', labels: { class: name }, value: freed?.bytes ?? 0 },
        ];
      }),
  };
}

function certificate({ config, clock }: FigureDeps): FigureSource {
  return {
    source: 'certificate',
    everyMs: watchOverLimits.certificateMs,
    gauges: { certificate_expires_seconds: { help: 'For how long the certificate of this server is good' } },
    async read() {
      const url = new URL(config.origin);
      if (url.protocol !== 'https:') return [];
      const { validTo } = await certificateOf({ host: url.hostname, port: Number(url.port || 443) });
      return [{ gauge: 'certificate_expires_seconds', value: (validTo.getTime() - clock.now()) / 1_000 }];
    },
  };
}

/** Nothing where it never happened. */
function ageOf(
  gauge: string,
  labels: Readonly<Record<string, string>>,
  at: Date | null,
  clock: Clock,
): Sample[] {
  return at === null ? [] : [{ gauge, labels, value: Math.max(0, (clock.now() - at.getTime()) / 1_000) }];
}
