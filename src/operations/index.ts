import type { Redis } from 'ioredis';
import type { Config } from '../../config/config.ts';
import type { ObjectStorage } from '../../media/storage/storage.ts';
import type { Db } from '../db/database.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { Backups } from '../modules/backups/index.ts';
import type { Retention } from '../modules/retention/index.ts';
import type { Search } from '../modules/search/index.ts';
import type { Room, Storage } from '../modules/storage/index.ts';
import type { Videos } from '../modules/videos/index.ts';
import { figureSources } from './figures.ts';
import { createLifecycle } from './readiness.ts';

interface OperationsDeps {
  readonly db: Db;
  readonly redis: Redis;
  readonly clock: Clock;
  readonly config: Config;
  readonly metrics: Metrics;
  readonly storage: ObjectStorage;
  readonly videos: Videos;
  readonly backups: Pick<Backups, 'status'>;
  readonly media: Storage;
  readonly room: Room;
  readonly retention: Retention;
  readonly search: Pick<Search, 'state' | 'engineHealth'>;
}

/** Begins to send traces, where that is configured: nothing of OpenTelemetry is loaded otherwise. */
export async function beginTracing({ tracing, role }: Config, version: string, log: Logger) {
  if (tracing === null) return { stop: async () => undefined };
  const { startTracing } = await import('../lib/otel.ts');
  const headers = JSON.parse(tracing.headers.reveal());
  return startTracing({ ...tracing, headers }, { 'service.version': version, 'vireo.role': role }, log);
}

/** What monitoring asks of this process: its figures, whether it lives, and whether it can work. */
export function createOperations(deps: OperationsDeps) {
  deps.metrics.watch(figureSources(deps));
  return { lifecycle: createLifecycle(deps) };
}
