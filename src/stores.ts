import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { createFileStorage } from '../media/storage/files.ts';
import { createS3Storage } from '../media/storage/s3.ts';
import type { ObjectStorage } from '../media/storage/storage.ts';

/** The stores that are configured. */
export function openStores({ dataDir, s3 }: Config): { files: ObjectStorage; s3: ObjectStorage | null } {
  return {
    files: createFileStorage({ root: join(dataDir, 'media') }),
    s3: s3 && createS3Storage({ ...s3, secretKey: s3.secretKey.reveal() }),
  };
}
