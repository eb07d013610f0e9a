import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { createFileStorage } from '../media/storage/files.ts';
import { createS3Storage } from '../media/storage/s3.ts';
import type { ObjectStorage } from '../media/storage/storage.ts';

/** The stores that are configured. */
interface OpenStores {
  readonly files: ObjectStorage;
  readonly s3: ObjectStorage | null;
  readonly secondS3: ObjectStorage | null;
  readonly cold: ObjectStorage | null;
}

export function openStores({ dataDir, s3, secondS3, cold }: Config): OpenStores {
  const open = (
    options: NonNullable<Config['s3'] | Config['cold']['s3']>,
    variables: 'S3' | 'SECOND_S3' | 'COLD_S3',
  ) => createS3Storage({ ...options, variables, secretKey: options.secretKey.reveal() });
  const coldFiles = cold.dir === null ? null : createFileStorage({ root: cold.dir });
  return {
    files: createFileStorage({ root: join(dataDir, 'media') }),
    s3: s3 && open(s3, 'S3'),
    secondS3: secondS3 && open(secondS3, 'SECOND_S3'),
    cold: cold.s3 ? open(cold.s3, 'COLD_S3') : coldFiles,
  };
}

/** The place for backups: that of the configuration, or another folder. */
export function openBackupPlace({ backups, dataDir }: Config, dir: string | null = null) {
  const { s3, passphrase } = backups;
  const root = dir ?? backups.dir;
  const store =
    s3 && dir === null
      ? createS3Storage({ ...s3, variables: 'BACKUP_S3', secretKey: s3.secretKey.reveal() })
      : createFileStorage({ root, variable: 'BACKUP_DIR' });
  return {
    store,
    passphrase: passphrase?.reveal() ?? null,
    scratchDir: join(dataDir, 'work'),
    address: s3 && dir === null ? `${s3.endpoint}/${s3.bucket}` : root,
  };
}
