import type { Redis } from 'ioredis';
import type { ObjectStorage } from '../../media/storage/storage.ts';
import type { Db } from '../db/database.ts';
import type { Search } from '../modules/search/index.ts';

/** Whether each part answers. */
export type Parts = Readonly<Record<string, 'ok' | 'failing'>>;

export interface Readiness {
  readonly ok: boolean;
  readonly parts: Parts;
}

/** What monitoring and load balancers ask of a process. */
export interface Lifecycle {
  /** From now on nothing new should be sent here. */
  beginStop(): void;
  /** Whether requests may be sent here: they need the database; Redis or a search engine away only slows things down. */
  health(): Promise<Readiness>;
  /** Whether this process can do all of its work: database, Redis and storage answer, and it is not about to stop. PostgreSQL searches, too. */
  ready(): Promise<Readiness>;
}

interface LifecycleDeps {
  readonly db: Db;
  readonly redis: Redis;
  readonly storage: Pick<ObjectStorage, 'stat'>;
  readonly search: Pick<Search, 'engineHealth'>;
}

const TIMEOUT_MS = 3_000;
/** No such object: the store is asked whether it answers. */
const NO_KEY = 'media/0/none';

export function createLifecycle({ db, redis, storage, search }: LifecycleDeps): Lifecycle {
  let isStopping = false;
  const database = () => answers(db.raw('select 1'));
  // While Redis is away, the client would keep every question until it is back.
  const queue = () =>
    answers(redis.status === 'ready' ? redis.ping() : Promise.reject(new Error('Redis is away.')));
  const stopping = (): Parts => (isStopping ? { stopping: 'failing' } : {});
  /** Said where there is an engine; without it everything is answered. */
  const engine = async (): Promise<Parts> => {
    const health = await search.engineHealth().catch(() => 'failing' as const);
    return health === null ? {} : { search: health };
  };
  return {
    beginStop() {
      isStopping = true;
    },
    async health() {
      const [one, other] = await Promise.all([database(), queue()]);
      const more = one === 'ok' ? await engine() : {};
      return {
        ok: one === 'ok' && !isStopping,
        parts: { database: one, redis: other, ...more, ...stopping() },
      };
    },
    async ready() {
      const [one, other, store] = await Promise.all([database(), queue(), answers(storage.stat(NO_KEY))]);
      const parts: Parts = { database: one, redis: other, storage: store, ...stopping() };
      const more = one === 'ok' ? await engine() : {};
      return { ok: Object.values(parts).every((part) => part === 'ok'), parts: { ...parts, ...more } };
    },
  };
}

/** What does not answer in time fails. */
async function answers(check: Promise<unknown>): Promise<'ok' | 'failing'> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise((_, late) => {
    timer = setTimeout(() => late(new Error('It did not answer in time.')), TIMEOUT_MS);
  });
  return Promise.race([check, timeout])
    .then(
      () => 'ok' as const,
      () => 'failing' as const,
    )
    .finally(() => clearTimeout(timer));
}
