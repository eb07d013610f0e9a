import { access, constants, statfs } from 'node:fs/promises';
import { Redis } from 'ioredis';
import type { Config } from '../../../config/config.ts';
import { mediaKey } from '../../../media/keys.ts';
import type { ObjectStorage } from '../../../media/storage/storage.ts';
import type { Db } from '../../db/database.ts';
import { pendingMigrations } from '../../db/migrate.ts';
import { workersSeen } from '../../jobs/heartbeat.ts';
import { queueNames } from '../../jobs/registry.ts';
import { sha256 } from '../../lib/crypto.ts';
import { ask } from './ask.ts';
import { type Finding, fault, fine, warning, wordsOf } from './finding.ts';
import { checkClock } from './reachable.ts';

const OLDEST_POSTGRES = 14;
const OLDEST_REDIS = [6, 2] as const;
/** The rest is for the database, which stops where the disk is full. */
const LOW = 0.15;
const FULL = 0.05;

export async function checkPostgres(db: Db, now: () => number): Promise<Finding[]> {
  try {
    const { rows } = await db.raw<{ rows: { version: string; now: Date }[] }>(
      `select current_setting('server_version') as version, clock_timestamp() as now`,
    );
    const { version = '0', now: there = new Date(0) } = rows[0] ?? {};
    const found = [
      Number.parseInt(version, 10) < OLDEST_POSTGRES
        ? fault('postgres-old', `PostgreSQL is ${version}.`, `Upgrade it to ${OLDEST_POSTGRES} or newer.`)
        : fine('postgres', `PostgreSQL ${version} answers.`),
      checkClock('the database', there.toUTCString(), now()),
    ];
    const pending = await pendingMigrations(db);
    if (pending.length > 0) {
      const fix = 'Start the server: it migrates by itself. Where it does not, its log says why.';
      return [...found, fault('migrations-pending', `Have not run: ${pending.join(', ')}.`, fix)];
    }
    return [...found, fine('migrations', 'The schema is up to date.'), await checkWorkers(db)];
  } catch (error) {
    const fix = 'Start PostgreSQL, and look at DATABASE_URL.';
    return [fault('postgres-unreachable', `PostgreSQL does not answer: ${wordsOf(error)}.`, fix)];
  }
}

async function checkWorkers(db: Db): Promise<Finding> {
  const alive = (await workersSeen(db)).filter(({ isAlive }) => isAlive);
  const fix = 'Start a process with ROLE=worker or ROLE=all, and look into its log.';
  if (alive.length === 0) return fault('no-worker', 'No worker has said for two minutes that it lives.', fix);
  const unserved = queueNames.filter((name) => !alive.some(({ queues }) => queues.includes(name)));
  if (unserved.length > 0) {
    return fault('queue-unserved', `No worker serves ${unserved.join(', ')}.`, `Look at QUEUES. ${fix}`);
  }
  return fine('workers', `${alive.length} workers live.`);
}

export async function checkRedis(url: string): Promise<Finding[]> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 5_000 });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    const info = await redis.info();
    const value = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
    const [major = 0, minor = 0] = value('redis_version').split('.').map(Number);
    const isOld = major < OLDEST_REDIS[0] || (major === OLDEST_REDIS[0] && minor < OLDEST_REDIS[1]);
    const policy = value('maxmemory_policy');
    return [
      isOld
        ? fault('redis-old', `Redis is ${value('redis_version')}.`, 'Upgrade it to 6.2 or newer.')
        : fine('redis', `Redis ${value('redis_version')} answers.`),
      policy === 'noeviction'
        ? fine('redis-policy', 'Redis forgets nothing by itself.')
        : fault(
            'redis-evicts',
            `Redis forgets keys when its memory is full (maxmemory-policy ${policy}): jobs get lost.`,
            'Set maxmemory-policy noeviction in redis.conf, and give it memory enough.',
          ),
    ];
  } catch (error) {
    const fix = 'Start Redis, and look at REDIS_URL.';
    return [fault('redis-unreachable', `Redis does not answer: ${wordsOf(error)}.`, fix)];
  } finally {
    redis.disconnect();
  }
}

export async function checkDisk(dataDir: string): Promise<Finding> {
  try {
    await access(dataDir, constants.W_OK);
  } catch {
    const fix = 'Make the folder, and give it to the user that runs the server.';
    return fault('data-not-writable', `${dataDir} cannot be written to.`, fix);
  }
  const { blocks, bavail, bsize } = await statfs(dataDir);
  const free = bavail / blocks;
  const what = `${Math.floor(free * 100)} % (${Math.floor((bavail * bsize) / 1024 ** 3)} GB) of the disk of ${dataDir} is free.`;
  const fix = 'Lower REMOTE_CACHE_MAX_GB, move media to object storage, or add a disk.';
  if (free < FULL) return fault('disk-full', what, fix);
  return free < LOW ? warning('disk-low', what, fix) : fine('disk', what);
}

/** Puts, reads a part of, and removes an object of its own. */
export async function checkStorage(
  storage: ObjectStorage,
  { s3, origin }: Pick<Config, 's3' | 'origin'>,
  now: () => number,
  variables: 'S3' | 'SECOND_S3' = 'S3',
): Promise<Finding[]> {
  const checked = await storage.check();
  if (!checked.ok) {
    const isFiles = s3 === null && variables === 'S3';
    const fix = isFiles
      ? 'Look at DATA_DIR.'
      : `Look at ${variables}_ENDPOINT, ${variables}_BUCKET and the keys.`;
    return [fault('storage-refused', `The storage cannot be used: ${checked.detail ?? checked.reason}`, fix)];
  }
  if (!storage.presignedUrl) return [fine('storage', 'The storage takes and gives objects.')];
  const bytes = Buffer.from('0123456789');
  const key = mediaKey('0', sha256(bytes).toString('hex'), '720.mp4');
  await storage.putBytes(key, bytes, { contentType: 'video/mp4' });
  try {
    const url = (await storage.presignedUrl(key)) ?? '';
    const open = await ask(url.replace(/\?.*/s, ''));
    const part = await ask(url, { headers: { range: 'bytes=2-4', origin } });
    const allowed = part.headers['access-control-allow-origin'];
    return [
      fine('storage', 'The storage takes and gives objects.'),
      checkClock('the object storage', part.headers.date, now()),
      part.status === 206 && part.body === '234'
        ? fine('s3-range', 'Parts of objects can be read.')
        : fault(
            's3-range',
            `Asked for a part, the storage answers ${part.status}.`,
            'Use one that knows Range.',
          ),
      allowed === '*' || allowed === origin
        ? fine('s3-cors', 'Pages of this server may read from the storage.')
        : warning(
            's3-cors',
            'The storage does not let pages of this server read from it.',
            `Needed with UPLOADS=direct and MEDIA_REDIRECT: allow GET, HEAD and PUT from ${origin}, and show ETag.`,
          ),
      open.status >= 400
        ? fine('s3-policy', 'Nobody reads objects without an address that was signed.')
        : fault(
            's3-public',
            'Anybody may read every object: also originals, and videos for followers only.',
            'Remove the policy that lets everybody read the bucket.',
          ),
    ];
  } catch (error) {
    return [
      fault(
        's3-public-endpoint',
        `Signed addresses do not work: ${wordsOf(error)}.`,
        `Look at ${variables}_PUBLIC_ENDPOINT.`,
      ),
    ];
  } finally {
    await storage.remove([key]);
  }
}
