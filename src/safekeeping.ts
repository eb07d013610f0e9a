import type { Config } from '../config/config.ts';
import { opensActorKey } from '../federation/index.ts';
import type { Db } from './db/database.ts';
import type { Clock } from './lib/clock.ts';
import type { Logger } from './lib/log.ts';
import { createBackups } from './modules/backups/index.ts';
import type { Storage } from './modules/storage/index.ts';
import { openBackupPlace } from './stores.ts';
import { version } from './version.ts';

interface Parts {
  readonly config: Config;
  readonly db: Db;
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly media: Storage;
  readonly instanceSecret: string;
}

/** What keeps a server safe from loss. */
export function createSafekeeping({ config, media, instanceSecret, ...parts }: Parts) {
  return {
    backups: createBackups({
      ...parts,
      objects: media.objects,
      place: openBackupPlace(config),
      secrets: { secretKey: instanceSecret, variables: config.told },
      ...{ origin: config.origin, version, opensKey: opensActorKey, settings: config.backups },
    }),
  };
}
