import { z } from 'zod';
import { httpUrl, variable } from './variable.ts';

/** The other object storage while media are moved from one to the other. */
export const secondS3Variables = {
  SECOND_S3_ENDPOINT: variable({
    schema: httpUrl,
    fallback: undefined,
    doc: 'A second S3-compatible object storage, to move media there from that of `S3_ENDPOINT`, or back (docs/storage.md). What lies in either is served meanwhile.',
    remedy: 'Write a URL such as https://s3.other.example.',
    group: 'Storage',
  }),
  SECOND_S3_REGION: variable({
    schema: z.string().min(1).max(60),
    fallback: 'us-east-1',
    doc: 'Region of the second bucket.',
    remedy: 'Write the region your provider names, such as us-east-1.',
    group: 'Storage',
  }),
  SECOND_S3_BUCKET: variable({
    schema: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
    fallback: 'vireo',
    doc: 'The second bucket.',
    remedy:
      'Use 3 to 63 lower-case letters, digits, dots or hyphens, and on the same server another name than S3_BUCKET and COLD_S3_BUCKET.',
    group: 'Storage',
  }),
  SECOND_S3_ACCESS_KEY: variable({
    schema: z.string().min(1).max(200),
    fallback: undefined,
    doc: 'Access key for it. Required with `SECOND_S3_ENDPOINT`.',
    remedy: 'Copy it from your provider.',
    secret: true,
    group: 'Storage',
  }),
  SECOND_S3_SECRET_KEY: variable({
    schema: z.string().min(1).max(200),
    fallback: undefined,
    doc: 'Secret key for it. Required with `SECOND_S3_ENDPOINT`.',
    remedy: 'Copy it from your provider.',
    secret: true,
    group: 'Storage',
  }),
  SECOND_S3_PUBLIC_ENDPOINT: variable({
    schema: httpUrl,
    fallback: undefined,
    doc: 'Address under which browsers reach it. Default: `SECOND_S3_ENDPOINT`.',
    remedy: 'Write a URL such as https://s3.other.example.',
    group: 'Storage',
  }),
} as const;
