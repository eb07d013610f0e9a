import { z } from 'zod';
import { httpUrl, integer, variable } from './variable.ts';

/** Where copies of everything go, and how one hears of new versions. */
export const backupVariables = {
  BACKUPS: variable({
    schema: z.enum(['nightly', 'off']),
    fallback: 'nightly',
    doc: '`nightly`: a worker makes a backup every night, and rehearses its restore every week. `off`: only `vireo backup create` makes one, or something else that you look after; nobody is warned then.',
    remedy: 'Use one of: nightly, off.',
    group: 'Backup',
  }),
  BACKUP_HOUR: variable({
    schema: integer(0, 23),
    fallback: '3',
    doc: 'Hour of the day, in UTC, at which the nightly backup begins.',
    remedy: 'Write a number from 0 to 23.',
    group: 'Backup',
  }),
  BACKUP_DIR: variable({
    schema: z.string().min(1).max(1_000),
    fallback: undefined,
    doc: 'Folder for backups. It should lie on another disk, better on another machine. With several workers, all must see the same folder, or use `BACKUP_S3_ENDPOINT`. Default: `DATA_DIR/backups`, which does not survive the disk.',
    remedy: 'Write the path of a folder that this process may write to, or set BACKUP_S3_ENDPOINT: not both.',
    group: 'Backup',
  }),
  BACKUP_MEDIA: variable({
    schema: z.enum(['all', 'none']),
    fallback: 'none',
    doc: '`all`: backups hold the media too; each object is copied once, however many backups there are. `none`: they are only listed, with their hashes, for media that are kept safe otherwise.',
    remedy: 'Use one of: all, none.',
    group: 'Backup',
  }),
  BACKUP_PASSPHRASE: variable({
    schema: z.string().min(16).max(1_000),
    fallback: undefined,
    doc: 'Seals backups, so that whoever gets at them can read nothing. Keep a copy elsewhere: without it they are lost. Needed with `BACKUP_S3_ENDPOINT`.',
    remedy: 'Write at least 16 characters, such as six random words.',
    secret: true,
    group: 'Backup',
  }),
  BACKUP_S3_ENDPOINT: variable({
    schema: httpUrl,
    fallback: undefined,
    doc: 'S3-compatible object storage for backups. It should not be that of the media.',
    remedy: 'Write a URL such as https://s3.example.',
    group: 'Backup',
  }),
  BACKUP_S3_REGION: variable({
    schema: z.string().min(1).max(60),
    fallback: 'us-east-1',
    doc: 'Region of the bucket.',
    remedy: 'Write the region your provider names, such as us-east-1.',
    group: 'Backup',
  }),
  BACKUP_S3_BUCKET: variable({
    schema: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
    fallback: 'vireo-backups',
    doc: 'The bucket. It must not be the one for media.',
    remedy: 'Use 3 to 63 lower-case letters, digits, dots or hyphens, and another name than S3_BUCKET.',
    group: 'Backup',
  }),
  BACKUP_S3_ACCESS_KEY: variable({
    schema: z.string().min(1).max(200),
    fallback: undefined,
    doc: 'Access key for it. Required with `BACKUP_S3_ENDPOINT`.',
    remedy: 'Copy it from your provider.',
    secret: true,
    group: 'Backup',
  }),
  BACKUP_S3_SECRET_KEY: variable({
    schema: z.string().min(1).max(200),
    fallback: undefined,
    doc: 'Secret key for it. Required with `BACKUP_S3_ENDPOINT`.',
    remedy: 'Copy it from your provider.',
    secret: true,
    group: 'Backup',
  }),
  RELEASE_FEED_URL: variable({
    schema: httpUrl,
    fallback: undefined,
    doc: 'Where to ask twice a day for new versions of Vireo (docs/upgrading.md). Absent: nobody is asked, and nothing is told of this server.',
    remedy: 'Write a URL such as https://vireo.example/releases.json.',
    group: 'Backup',
  }),
  RELEASE_FEED_KEY: variable({
    schema: z.string().regex(/^[A-Za-z0-9+/]{43}=$/),
    fallback: undefined,
    doc: 'Public key (Ed25519, 32 bytes as base64) that releases are signed with. Required with `RELEASE_FEED_URL`.',
    remedy: 'Copy the key that the makers of the feed publish: 44 characters that end with =.',
    group: 'Backup',
  }),
};
