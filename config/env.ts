import { cpus } from 'node:os';
import { z } from 'zod';
import { appVariables } from './env-app.ts';
import { backupVariables } from './env-backup.ts';
import { claimVariables } from './env-claims.ts';
import { classifierVariables } from './env-classifier.ts';
import { eventVariables } from './env-events.ts';
import { exchangeVariables } from './env-exchange.ts';
import { instanceVariables } from './env-instance.ts';
import { joiningVariables } from './env-joining.ts';
import { mailVariables } from './env-mail.ts';
import { observabilityVariables } from './env-observability.ts';
import { regionVariables } from './env-regions.ts';
import { retentionVariables } from './env-retention.ts';
import { searchVariables } from './env-search.ts';
import { secondS3Variables } from './env-second-s3.ts';
import { videoVariables } from './env-video.ts';
import { hostName, httpUrl, integer, list, variable } from './variable.ts';

/** What Express takes as a trusted proxy. */
const proxy = z.union([
  z.enum(['loopback', 'linklocal', 'uniquelocal']),
  z.ipv4(),
  z.ipv6(),
  z.cidrv4(),
  z.cidrv6(),
]);

/** The three kinds of instance. Only the last two may name private addresses as federation peers. */
const environments = ['production', 'development', 'test'] as const;

/**
 * What happens to videos of other servers: all that somebody here may see are copied, those that are opened, none
 * but their bytes are passed on to whoever watches, or none.
 */
export const remoteVideoModes = ['replicate', 'on-view', 'proxy', 'off'] as const;
export type RemoteVideoMode = (typeof remoteVideoModes)[number];

export const variables = {
  VIREO_ENV: variable({
    schema: z.enum(environments),
    fallback: 'production',
    doc: 'Kind of instance. `development` and `test` may federate with the addresses in `ALLOWED_PRIVATE_ADDRESSES`.',
    remedy: `Use one of: ${environments.join(', ')}.`,
    group: 'Server',
  }),
  ORIGIN: variable({
    schema: httpUrl.refine((text) => new URL(text).pathname === '/' && !/[?#@]/.test(text)),
    fallback: undefined,
    doc: 'Public address of this server, for example `https://video.example`. It becomes part of every account and video id, so it cannot change once the server has been used. Default: `http://HOST:PORT`.',
    remedy: 'Write scheme and host only, such as https://video.example, with no path.',
    group: 'Server',
  }),
  HOST: variable({
    schema: hostName,
    fallback: '127.0.0.1',
    doc: 'Address to listen on. Keep the default behind a reverse proxy on the same machine; use `0.0.0.0` in a container.',
    remedy: 'Write an IP address of this machine, such as 127.0.0.1 or 0.0.0.0.',
    group: 'Server',
  }),
  PORT: variable({
    schema: integer(0, 65_535),
    fallback: '3000',
    doc: 'Port to listen on.',
    remedy: 'Write a number from 0 to 65535.',
    group: 'Server',
  }),
  TRUSTED_PROXIES: variable({
    schema: list.pipe(z.array(proxy).max(64)),
    fallback: 'loopback',
    doc: 'Proxies whose `X-Forwarded-For` is believed: comma-separated addresses, networks, or `loopback`, `linklocal`, `uniquelocal`.',
    remedy: 'Write comma-separated IP addresses or networks, such as loopback,10.0.0.0/8.',
    group: 'Server',
  }),
  ...instanceVariables,
  ...appVariables,
  ...regionVariables,
  LOG_LEVEL: variable({
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    fallback: 'info',
    doc: 'Least important log line that is written.',
    remedy: 'Use one of: fatal, error, warn, info, debug, trace, silent.',
    group: 'Server',
  }),
  ROLE: variable({
    schema: z.enum(['all', 'web', 'worker']),
    fallback: 'all',
    doc: 'What this process does: `web` answers requests, `worker` runs jobs, `all` does both.',
    remedy: 'Use one of: all, web, worker.',
    group: 'Running',
  }),
  QUEUES: variable({
    schema: list,
    fallback: '',
    doc: 'Queues this worker serves, comma-separated (`inbox,deliver,push,mail,media,replicate,transcribe,classify,default`). Empty: all of them.',
    remedy: 'Use names from: inbox, deliver, push, mail, media, replicate, transcribe, classify, default.',
    group: 'Running',
  }),
  MEDIA_CONCURRENCY: variable({
    schema: integer(1, 64),
    fallback: String(Math.max(1, Math.floor(cpus().length / 2))),
    doc: 'Videos transcoded at the same time. Default: one per two processor cores.',
    remedy: 'Write a number from 1 to 64.',
    group: 'Running',
  }),
  RANKING: variable({
    schema: z.enum(['on', 'off']),
    fallback: 'on',
    doc: 'Whether each `web` process ranks videos for each person. `off` saves its memory: For You is then the same mix for everybody.',
    remedy: 'Use one of: on, off.',
    group: 'Running',
  }),
  RANKING_BUDGET_MS: variable({
    schema: integer(10, 60_000),
    fallback: '150',
    doc: 'How long a page of For You waits for the ranking. Afterwards it goes on with what was chosen last, or with a mix.',
    remedy: 'Write a number of milliseconds from 10 to 60000.',
    group: 'Running',
  }),
  JOB_LEASE_SECONDS: variable({
    schema: integer(2, 600),
    fallback: '60',
    doc: 'A job whose worker on another machine has been silent for this long is given to the next worker.',
    remedy: 'Write a number of seconds from 2 to 600.',
    group: 'Running',
  }),
  ...observabilityVariables,
  DATA_DIR: variable({
    schema: z.string().min(1).max(1_000),
    fallback: './data',
    doc: 'Folder for everything this server keeps on disk: secrets, unfinished uploads, and the embedded database, Redis and media where those are used.',
    remedy: 'Write the path of a folder that this process may write to.',
    group: 'Storage',
  }),
  DATABASE_URL: variable({
    schema: z.url({ protocol: /^postgres(ql)?$/ }),
    fallback: undefined,
    doc: 'PostgreSQL to use. Absent: an embedded PostgreSQL is started in `DATA_DIR`.',
    remedy: 'Write a URL such as postgres://user:password@host:5432/vireo.',
    secret: true,
    group: 'Storage',
  }),
  REDIS_URL: variable({
    schema: z.url({ protocol: /^rediss?$/ }),
    fallback: undefined,
    doc: 'Redis or Valkey to use. Absent: a private redis-server is started in `DATA_DIR`.',
    remedy: 'Write a URL such as redis://:password@host:6379/0.',
    secret: true,
    group: 'Storage',
  }),
  REDIS_PREFIX: variable({
    schema: z.string().regex(/^[a-z0-9-]{1,40}$/),
    fallback: 'vireo',
    doc: 'Prefix of every Redis key, so that several servers can share one Redis.',
    remedy: 'Use 1 to 40 lower-case letters, digits or hyphens.',
    group: 'Storage',
  }),
  S3_ENDPOINT: variable({
    schema: httpUrl,
    fallback: undefined,
    doc: 'S3-compatible object storage for media. Absent: files in `DATA_DIR/media`.',
    remedy: 'Write a URL such as https://s3.example.',
    group: 'Storage',
  }),
  S3_REGION: variable({
    schema: z.string().min(1).max(60),
    fallback: 'us-east-1',
    doc: 'Region of the bucket.',
    remedy: 'Write the region your provider names, such as us-east-1.',
    group: 'Storage',
  }),
  S3_BUCKET: variable({
    schema: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
    fallback: 'vireo',
    doc: 'Bucket for media. It is created when it does not exist and the key may do so.',
    remedy: 'Use 3 to 63 lower-case letters, digits, dots or hyphens.',
    group: 'Storage',
  }),
  S3_ACCESS_KEY: variable({
    schema: z.string().min(1).max(200),
    fallback: undefined,
    doc: 'Access key for object storage. Required with `S3_ENDPOINT`.',
    remedy: 'Copy it from your provider.',
    secret: true,
    group: 'Storage',
  }),
  S3_SECRET_KEY: variable({
    schema: z.string().min(1).max(200),
    fallback: undefined,
    doc: 'Secret key for object storage. Required with `S3_ENDPOINT`.',
    remedy: 'Copy it from your provider.',
    secret: true,
    group: 'Storage',
  }),
  S3_PUBLIC_ENDPOINT: variable({
    schema: httpUrl,
    fallback: undefined,
    doc: 'Address under which browsers reach the same object storage, for addresses that are given to them. Default: `S3_ENDPOINT`.',
    remedy: 'Write a URL such as https://s3.example.',
    group: 'Storage',
  }),
  ...searchVariables,
  ...secondS3Variables,
  COLD_STORAGE_DIR: variable({
    schema: z.string().min(1).max(1_000),
    fallback: undefined,
    doc: 'Folder on a cheaper disk for the large files of videos that nobody watches. Absent, with no `COLD_S3_ENDPOINT`: they stay where they are.',
    remedy: 'Write the path of a folder outside of DATA_DIR/media, or set COLD_S3_ENDPOINT: not both.',
    group: 'Storage',
  }),
  COLD_S3_ENDPOINT: variable({
    schema: httpUrl,
    fallback: undefined,
    doc: 'Cheaper object storage for the same purpose.',
    remedy: 'Write a URL such as https://archive.example.',
    group: 'Storage',
  }),
  COLD_S3_REGION: variable({
    schema: z.string().min(1).max(60),
    fallback: 'us-east-1',
    doc: 'Region of the cheaper bucket.',
    remedy: 'Write the region your provider names, such as us-east-1.',
    group: 'Storage',
  }),
  COLD_S3_BUCKET: variable({
    schema: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
    fallback: 'vireo-cold',
    doc: 'The cheaper bucket. It must not be the one for media.',
    remedy: 'Use 3 to 63 lower-case letters, digits, dots or hyphens, and another name than S3_BUCKET.',
    group: 'Storage',
  }),
  COLD_S3_ACCESS_KEY: variable({
    schema: z.string().min(1).max(200),
    fallback: undefined,
    doc: 'Access key for it. Required with `COLD_S3_ENDPOINT`.',
    remedy: 'Copy it from your provider.',
    secret: true,
    group: 'Storage',
  }),
  COLD_S3_SECRET_KEY: variable({
    schema: z.string().min(1).max(200),
    fallback: undefined,
    doc: 'Secret key for it. Required with `COLD_S3_ENDPOINT`.',
    remedy: 'Copy it from your provider.',
    secret: true,
    group: 'Storage',
  }),
  COLD_AFTER_DAYS: variable({
    schema: z.coerce.number().int().min(1).max(3_650),
    fallback: '90',
    doc: 'After how many days without being watched the large files of a video go to the cheaper store. The first who watches it again brings them back.',
    remedy: 'Write a number of days from 1 to 3650.',
    group: 'Storage',
  }),
  SECRET_KEY: variable({
    schema: z.string().min(32).max(200),
    fallback: undefined,
    doc: 'Protects private keys at rest. Absent: made on first start and kept in `DATA_DIR/secrets`. Back it up with the database: neither is of use without the other. `vireo secrets rotate` makes another one.',
    remedy: 'Write at least 32 random characters, the same on every machine of this server.',
    secret: true,
    group: 'Storage',
  }),
  REGISTRATIONS: variable({
    schema: z.enum(['open', 'approval', 'invite', 'closed']),
    fallback: 'approval',
    doc: 'Who may sign up: anybody, anybody whom a person approves, whoever has an invite, or nobody.',
    remedy: 'Use one of: open, approval, invite, closed.',
    group: 'Accounts',
    control: { kind: 'choice', options: ['open', 'approval', 'invite', 'closed'] },
  }),
  ARCHIVE_DAYS_BETWEEN: variable({
    schema: integer(0, 365),
    fallback: '7',
    doc: 'Days that lie between two archives of one account; each takes the space of all its videos once more.',
    remedy: 'Write a number of days from 0 to 365.',
    group: 'Accounts',
    control: { kind: 'number', min: 0, max: 365, unit: 'days' },
  }),
  ARCHIVE_DAYS_KEPT: variable({
    schema: integer(1, 90),
    fallback: '7',
    doc: 'Days for which the archive of an account can be fetched; then it is removed.',
    remedy: 'Write a number of days from 1 to 90.',
    group: 'Accounts',
    control: { kind: 'number', min: 1, max: 90, unit: 'days' },
  }),
  ...joiningVariables,
  ...claimVariables,
  OWNER_USERNAME: variable({
    schema: z.string().regex(/^[A-Za-z0-9_]{1,30}$/),
    fallback: 'owner',
    doc: 'Name of the owner account made on the first start.',
    remedy: 'Use 1 to 30 letters, digits or underscores.',
    group: 'Accounts',
  }),
  OWNER_PASSWORD: variable({
    schema: z.string().min(10).max(200),
    fallback: undefined,
    doc: 'Password of the owner account made on the first start. Absent: one is made and printed once.',
    remedy: 'Write 10 to 200 characters.',
    secret: true,
    group: 'Accounts',
  }),
  REDIS_SERVER_PATH: variable({
    schema: z.string().min(1).max(500),
    fallback: 'redis-server',
    doc: 'redis-server to run where `REDIS_URL` is absent.',
    remedy: 'Write a command name or an absolute path.',
    group: 'Running',
  }),
  ...{ ...eventVariables, ...mailVariables, ...videoVariables, ...classifierVariables },
  ...{ ...backupVariables, ...retentionVariables, ...exchangeVariables },
  FEDERATION_MODE: variable({
    schema: z.enum(['open', 'allow-list']),
    fallback: 'open',
    doc: 'With which servers this one talks: `open` with all but the suspended ones, `allow-list` only with those that `vireo domain set DOMAIN --severity allow` names.',
    remedy: 'Use one of: open, allow-list.',
    group: 'Federation',
  }),
  AUTHORIZED_FETCH: variable({
    schema: z.enum(['true', 'false']).transform((text) => text === 'true'),
    fallback: 'false',
    doc: 'With `true`, other servers must sign their requests for profiles, videos and lists, so that suspended ones cannot read them. Some software cannot sign, and shows nothing of this server then.',
    remedy: 'Use one of: true, false.',
    group: 'Federation',
  }),
  REMOTE_VIDEO: variable({
    schema: z.enum(remoteVideoModes),
    fallback: 'replicate',
    doc: 'What happens to videos of other servers: `replicate` copies those that somebody here follows, is shown by those they follow, or opens, into this server’s own storage; `on-view` copies them once they are opened; `proxy` copies none, and passes on the bytes from their server to whoever watches, for servers with little disk; `off` shows their description and picture, and links to the page on their server. `vireo domain media DOMAIN MODE` decides otherwise for one server.',
    remedy: `Use one of: ${remoteVideoModes.join(', ')}.`,
    group: 'Federation',
    control: { kind: 'choice', options: remoteVideoModes },
  }),
  REMOTE_VIDEO_MAX_MB: variable({
    schema: integer(1, 10_000),
    fallback: '200',
    doc: 'Largest file fetched from another server, in MB.',
    remedy: 'Write a number from 1 to 10000.',
    group: 'Federation',
    control: { kind: 'number', min: 1, max: 10_000, unit: 'MB' },
  }),
  REMOTE_KEY_MIN_BITS: variable({
    schema: integer(1_024, 4_096),
    fallback: '2048',
    doc: 'Smallest RSA key of an account on another server that is trusted, in bits. Lower it only to federate with test installations: PeerTube in its test mode makes keys of 1024 bits.',
    remedy: 'Write a number of bits from 1024 to 4096; 2048 is what servers on the internet have.',
    group: 'Federation',
  }),
  ALLOWED_PRIVATE_ADDRESSES: variable({
    schema: list.pipe(z.array(z.union([z.ipv4(), z.ipv6()])).max(16)),
    fallback: '',
    doc: 'Exact loopback or private addresses that this server may federate with, over plain HTTP and on any port. Refused when `VIREO_ENV` is `production`.',
    remedy: 'Write comma-separated IP addresses, such as 127.0.0.2,127.0.0.3, and set VIREO_ENV=development.',
    group: 'Federation',
  }),
} as const;

export type VariableName = keyof typeof variables;
