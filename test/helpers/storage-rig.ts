import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { mediaKey } from '../../media/keys.ts';
import { createFileStorage } from '../../media/storage/files.ts';
import { createS3Storage } from '../../media/storage/s3.ts';
import { contentTypeOf, type ObjectStorage } from '../../media/storage/storage.ts';
import { type Db, type InTx, openDatabase, transactions } from '../../src/db/database.ts';
import { createEnqueue } from '../../src/jobs/enqueue.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createIds, type IdSource, type VideoId } from '../../src/lib/ids.ts';
import { createAudit } from '../../src/modules/staff/index.ts';
import { createStorage, type Storage, type StorageDeps } from '../../src/modules/storage/index.ts';
import { orphansIn } from '../../src/modules/storage/orphans.ts';
import { silent } from './job-rig.ts';
import { startS3, type TestS3 } from './s3-server.ts';
import { createTestDatabase, dropTestDatabase } from './stack.ts';

/** The stores of a server, and its module for them, without the rest of the server. */
export interface StorageRig {
  readonly db: Db;
  readonly databaseUrl: string;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly directory: string;
  readonly files: ObjectStorage;
  readonly s3: ObjectStorage;
  readonly server: TestS3;
  /** The module as one more process of the server has it. */
  process(deps?: Partial<StorageDeps>): Storage;
  /** Takes away all rows and objects, for the next test. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

const DAY_MS = 24 * 3_600_000;

export const ACTIVE_MAX_AGE_MS = 40;

export async function createStorageRig(): Promise<StorageRig> {
  const directory = await mkdtemp(join(tmpdir(), 'vireo-storage-rig-'));
  const databaseUrl = await createTestDatabase();
  const db = openDatabase(databaseUrl, 10);
  const inTx = transactions(db);
  const ids = createIds(systemClock, 0);
  const server = await startS3(join(directory, 's3'));
  const files = createFileStorage({ root: join(directory, 'files') });
  const s3 = createS3Storage({ ...server, region: 'us-east-1', bucket: 'vireo' });
  return {
    ...{ db, databaseUrl, inTx, directory, files, s3, server, ids },
    process: (deps = {}) =>
      createStorage({
        ...{ db, inTx, files, s3, secondS3: null, clock: systemClock, activeMaxAgeMs: ACTIVE_MAX_AGE_MS },
        ...{ cold: null, coldAfterMs: 90 * DAY_MS, enqueue: createEnqueue(ids), log: silent },
        audit: createAudit({ db, ids }),
        ...{ scratchDir: join(directory, 'scratch'), remake: async () => false, ...deps },
      }),
    async empty() {
      for (const table of ['accounts', 'jobs', 'storage_state']) await db(table).delete();
      for (const store of [files, s3]) await store.remove(await keysOf(store));
    },
    async close() {
      await server.close();
      await db.destroy();
      await dropTestDatabase(databaseUrl);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The key under which such content lies. */
export function keyOf(ownerId: string, content: string, suffix = '360.mp4'): string {
  return mediaKey(ownerId, sha256Of(content), suffix);
}

export function sha256Of(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

export function put(store: ObjectStorage, key: string, content: string): Promise<void> {
  return store.putBytes(key, Buffer.from(content), { contentType: contentTypeOf(key) });
}

/** The content of an object, or null where there is none. */
export async function read(
  store: ObjectStorage,
  key: string,
  range?: { start: number; end: number },
): Promise<string | null> {
  const object = await store.open(key, range);
  return object && (await buffer(object.stream)).toString();
}

/** All keys of a store, sorted. */
export async function keysOf(store: ObjectStorage, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys.toSorted();
}

/** What of a video lies in a store: content by suffix of the key. */
export type Pieces = Readonly<Record<string, string>>;

/** A ready video with rows for its objects, which are put into `store`; gives keys by suffix. */
export async function addVideo(
  rig: StorageRig,
  store: ObjectStorage,
  pieces: Pieces,
  columns: Readonly<Record<string, unknown>> = {},
): Promise<{ videoId: VideoId; keys: Readonly<Record<string, string>> }> {
  const videoId = rig.ids.next<'video'>();
  const accountId = rig.ids.next<'account'>();
  await rig.db('accounts').insert({
    ...{ id: accountId, username: 'alice', username_key: accountId, actor_type: 'Person' },
    ...{ actor_uri: `http://a.example/${accountId}`, inbox_uri: `http://a.example/${accountId}/inbox` },
  });
  await rig.db('videos').insert({
    ...{ id: videoId, account_id: accountId, local: true, uri: `http://a.example/v/${videoId}`, url: '' },
    ...{ state: 'published', visibility: 'public', media_state: 'ready', ...columns },
  });
  const keys: Record<string, string> = {};
  for (const [suffix, content] of Object.entries(pieces)) {
    const key = keyOf(videoId, content, suffix);
    keys[suffix] = key;
    await put(store, key, content);
    await rig.db('video_assets').insert({
      ...{ key, video_id: videoId, role: 'mp4', content_type: contentTypeOf(key) },
      ...{ bytes: content.length, sha256: sha256Of(content) },
    });
  }
  return { videoId, keys };
}

/** Keys of objects that no row names and that are older than a moment. */
export async function orphanKeys(db: Db, store: ObjectStorage, before: number): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of orphansIn(db, store, { before })) keys.push(key);
  return keys;
}
