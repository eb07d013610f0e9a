import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import type { z } from 'zod';
import { type VariableName, variables } from './env.ts';
import { signColour } from './env-app.ts';
import { queueNames } from './queue-names.ts';
import { unreadableIn } from './theme.ts';

/** A value that must not be printed: `String`, `JSON.stringify` and `console.log` show `***`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself, for the one place that needs it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '***';
  }

  toJSON(): string {
    return '***';
  }

  [inspect.custom](): string {
    return '***';
  }
}

/** Everything the server was told, read only through what `createContext` passes on. As it is read it is frozen. */
export type Config = Readonly<ReturnType<typeof build>>;

/** What the environment says. */
export type ReadConfig = Config & {
  /** The whole with these texts for variables that the environment leaves open. Not enumerable. */
  readonly withSettings: (texts: SettingTexts) => Outcome<Config>;
};

/** Variables that the staff set, as the environment would write them. */
export type SettingTexts = Partial<Readonly<Record<VariableName, string>>>;

/** One refused variable, with what to do about it. */
export interface ConfigProblem {
  readonly variable: string;
  readonly value: string;
  readonly remedy: string;
}

export type ConfigOutcome = Outcome<ReadConfig>;

type Outcome<C> =
  | { readonly ok: true; readonly config: C }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

type Parsed = { [K in VariableName]: z.output<(typeof variables)[K]['schema']> | undefined };

/**
 * Reads and checks the environment. Every refused variable is reported at once, by name, value (secrets
 * as `***`) and remedy; nothing is half-configured. An empty value counts as absent.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): ConfigOutcome {
  const problems: ConfigProblem[] = [];
  const parsed: Record<string, unknown> = {};
  const told: Record<string, string> = {};
  for (const [name, variable] of Object.entries(variables)) {
    const given = env[name] === '' ? undefined : env[name];
    if (given !== undefined && !('secret' in variable && variable.secret)) told[name] = given;
    const text = given ?? variable.fallback;
    if (text === undefined) continue;
    const outcome = variable.schema.safeParse(text);
    if (outcome.success) parsed[name] = outcome.data;
    else problems.push(problem(name as VariableName, text));
  }
  const values = parsed as Parsed;
  if (problems.length === 0) problems.push(...contradictions(values));
  if (problems.length > 0) return { ok: false, problems };
  const withSettings = (texts: SettingTexts): Outcome<Config> => {
    const open = Object.entries(texts).filter(([name]) => !Object.hasOwn(told, name));
    const outcome = readConfig({ ...env, ...Object.fromEntries(open) });
    return outcome.ok ? { ok: true, config: frozen({ ...outcome.config, told }) } : outcome;
  };
  const config = build(values, told);
  return {
    ok: true,
    config: frozen(Object.defineProperty(config, 'withSettings', { value: withSettings }) as ReadConfig),
  };
}

function frozen<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) frozen(part);
  return Object.freeze(value);
}

/** The problems as the text an admin reads when the boot stops. */
export function describeProblems(problems: readonly ConfigProblem[]): string {
  const lines = problems.map((p) => `  ${p.variable}=${p.value}\n    ${p.remedy}`);
  return `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${lines.join('\n')}\nAll variables are described in docs/configuration.md.`;
}

function problem(name: VariableName, text: string, remedy?: string): ConfigProblem {
  const { secret, remedy: usual } = { secret: false, ...variables[name] };
  const value = secret && text !== '' ? '***' : JSON.stringify(text);
  return { variable: name, value, remedy: remedy ?? usual };
}

function contradictions(values: Parsed): ConfigProblem[] {
  const found: ConfigProblem[] = [];
  if (values.VIREO_ENV === 'production' && values.ALLOWED_PRIVATE_ADDRESSES?.length) {
    found.push(problem('ALLOWED_PRIVATE_ADDRESSES', values.ALLOWED_PRIVATE_ADDRESSES.join(',')));
  }
  for (const [endpoint, ...keys] of [
    ['S3_ENDPOINT', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'],
    ['SECOND_S3_ENDPOINT', 'SECOND_S3_ACCESS_KEY', 'SECOND_S3_SECRET_KEY'],
    ['COLD_S3_ENDPOINT', 'COLD_S3_ACCESS_KEY', 'COLD_S3_SECRET_KEY'],
    ['BACKUP_S3_ENDPOINT', 'BACKUP_S3_ACCESS_KEY', 'BACKUP_S3_SECRET_KEY', 'BACKUP_PASSPHRASE'],
    ['RELEASE_FEED_URL', 'RELEASE_FEED_KEY'],
  ] as const) {
    if (values[endpoint] === undefined) continue;
    for (const name of keys) {
      if (values[name] === undefined) {
        found.push(problem(name, '', `${endpoint} is set, so ${name} is needed too.`));
      }
    }
  }
  if (values.MEDIA_X_ACCEL !== undefined && values.S3_ENDPOINT !== undefined) {
    found.push(problem('MEDIA_X_ACCEL', values.MEDIA_X_ACCEL));
  }
  if (values.UPLOADS === 'direct' && values.S3_ENDPOINT === undefined)
    found.push(problem('UPLOADS', 'direct'));
  const redirect = values.MEDIA_REDIRECT;
  const cannotPresign = redirect === 'presigned' && values.S3_ENDPOINT === undefined;
  if (redirect !== undefined && (cannotPresign || values.MEDIA_X_ACCEL !== undefined)) {
    found.push(problem('MEDIA_REDIRECT', redirect));
  }
  if (values.COLD_S3_ENDPOINT !== undefined && values.COLD_STORAGE_DIR !== undefined)
    found.push(problem('COLD_STORAGE_DIR', values.COLD_STORAGE_DIR));
  found.push(...bucketsTwice(values));
  found.push(...mailContradictions(values), ...backupContradictions(values), ...searchContradictions(values));
  const unreadable = values.THEME_TOKENS ? unreadableIn(values.THEME_TOKENS) : null;
  if (unreadable !== null) found.push(problem('THEME_TOKENS', '', unreadable));
  const metrics = values.METRICS_LISTEN;
  if (metrics && metrics.port !== 0 && metrics.port === values.PORT && values.ROLE !== 'worker') {
    found.push(problem('METRICS_LISTEN', `${metrics.host}:${metrics.port}`));
  }
  const known: readonly string[] = queueNames;
  const unknown = (values.QUEUES ?? []).filter((queue) => !known.includes(queue));
  if (unknown.length > 0) found.push(problem('QUEUES', unknown.join(',')));
  return found;
}

/** One place for backups, and another than that of the media. */
function backupContradictions(values: Parsed): ConfigProblem[] {
  const { BACKUP_S3_ENDPOINT: endpoint, BACKUP_DIR: dir } = values;
  return endpoint === undefined || dir === undefined ? [] : [problem('BACKUP_DIR', dir)];
}

/** Each bucket is for one purpose: what is named later is told of. */
function bucketsTwice(values: Parsed): ConfigProblem[] {
  const taken = new Set<string>();
  return (['S3', 'SECOND_S3', 'COLD_S3', 'BACKUP_S3'] as const).flatMap((name) => {
    const [endpoint, bucket = ''] = [values[`${name}_ENDPOINT`], values[`${name}_BUCKET`]];
    if (endpoint === undefined) return [];
    const place = `${endpoint}/${bucket}`;
    if (taken.has(place)) return [problem(`${name}_BUCKET`, bucket)];
    taken.add(place);
    return [];
  });
}

/** Who names a part of a mail server has to name the rest. */
function mailContradictions(values: Parsed): ConfigProblem[] {
  const found: ConfigProblem[] = [];
  const needs = (name: VariableName, other: VariableName): void => {
    if (values[name] === undefined || values[other] !== undefined) return;
    found.push(problem(other, '', `${name} is set, so ${other} is needed too.`));
  };
  needs('SMTP_HOST', 'MAIL_FROM');
  needs('MAIL_FROM', 'SMTP_HOST');
  needs('SMTP_USER', 'SMTP_PASSWORD');
  needs('SMTP_PASSWORD', 'SMTP_USER');
  return found;
}

/** An engine has an address; who signs in to it has a password. */
function searchContradictions(values: Parsed): ConfigProblem[] {
  const { SEARCH_DRIVER: driver, SEARCH_URL: url, SEARCH_USER: user, SEARCH_PASSWORD: password } = values;
  const found: ConfigProblem[] = [];
  if (driver === 'opensearch' && url === undefined) {
    found.push(problem('SEARCH_URL', '', 'SEARCH_DRIVER is opensearch, so SEARCH_URL is needed too.'));
  }
  if (user !== undefined && password === undefined)
    found.push(problem('SEARCH_PASSWORD', '', 'SEARCH_USER is set, so SEARCH_PASSWORD is needed too.'));
  if (password !== undefined && user === undefined)
    found.push(problem('SEARCH_USER', '', 'SEARCH_PASSWORD is set, so SEARCH_USER is needed too.'));
  return found;
}

/** The bucket of the variables that begin so; null where none is named. */
function bucketOf(v: Parsed, name: 'S3' | 'SECOND_S3' | 'COLD_S3' | 'BACKUP_S3') {
  const endpoint = v[`${name}_ENDPOINT`];
  if (endpoint === undefined) return null;
  return {
    endpoint,
    region: required(v[`${name}_REGION`]),
    bucket: required(v[`${name}_BUCKET`]),
    accessKey: required(v[`${name}_ACCESS_KEY`]),
    secretKey: new Secret(required(v[`${name}_SECRET_KEY`])),
  };
}

/** The same with the address under which browsers reach it. */
function withPublic<B extends object>(bucket: B | null, publicEndpoint: string | undefined) {
  return bucket && { ...bucket, publicEndpoint: publicEndpoint ?? null };
}

/** Null: no traces are made. */
function tracingOf(v: Parsed) {
  if (v.OTEL_EXPORTER_OTLP_ENDPOINT === undefined) return null;
  return {
    endpoint: v.OTEL_EXPORTER_OTLP_ENDPOINT,
    headers: new Secret(JSON.stringify(required(v.OTEL_EXPORTER_OTLP_HEADERS))),
    serviceName: required(v.OTEL_SERVICE_NAME),
    ratio: required(v.OTEL_TRACES_SAMPLER_ARG),
  };
}

/** `engine` is null where no address of one is known. */
function searchOf(v: Parsed) {
  const { SEARCH_USER: user, SEARCH_URL: url } = v;
  const password = secret(v.SEARCH_PASSWORD);
  return {
    driver: required(v.SEARCH_DRIVER),
    engine:
      url === undefined
        ? null
        : {
            url: url.replace(/\/+$/, ''),
            prefix: required(v.SEARCH_PREFIX),
            login: user === undefined || password === undefined ? null : { user, password },
          },
  };
}

/** Null: no mail is sent. */
function mailOf(v: Parsed) {
  if (v.SMTP_HOST === undefined) return null;
  const tls = required(v.SMTP_TLS);
  const password = secret(v.SMTP_PASSWORD);
  return {
    host: v.SMTP_HOST,
    port: v.SMTP_PORT ?? (tls === 'implicit' ? 465 : 587),
    tls,
    login: password === undefined ? null : { user: required(v.SMTP_USER), password },
    from: required(v.MAIL_FROM),
  };
}

function build(v: Parsed, told: Readonly<Record<string, string>>) {
  const host = required(v.HOST);
  const port = required(v.PORT);
  const origin = new URL(v.ORIGIN ?? `http://${hostOfUrl(host)}:${port}`).origin;
  const dataDir = resolve(required(v.DATA_DIR));
  const megabyte = 1024 * 1024;
  return {
    environment: required(v.VIREO_ENV),
    origin,
    /** Host of the handles, with its port where it is not the scheme's own. */
    domain: new URL(origin).host,
    mediaUrl: v.MEDIA_URL?.replace(/\/$/, '') ?? `${origin}/media`,
    listen: { host, port },
    metricsListen: v.METRICS_LISTEN ?? null,
    trustedProxies: required(v.TRUSTED_PROXIES),
    /** The header is in small letters; empty: nobody says where anybody is. */
    regions: { header: required(v.COUNTRY_HEADER), unknown: required(v.COUNTRY_UNKNOWN) },
    instance: {
      name: required(v.INSTANCE_NAME),
      description: required(v.INSTANCE_DESCRIPTION),
      email: v.INSTANCE_EMAIL ?? null,
      about: v.INSTANCE_ABOUT ?? null,
      rules: required(v.INSTANCE_RULES),
      privacyPolicy: v.INSTANCE_PRIVACY_POLICY ?? null,
      sourceUrl: v.INSTANCE_SOURCE_URL ?? null,
    },
    app: {
      accent: v.ACCENT_COLOR ?? null,
      color: v.APP_COLOR ?? v.ACCENT_COLOR ?? signColour,
      background: required(v.APP_BACKGROUND_COLOR),
      theme: required(v.THEME_TOKENS),
      worker: required(v.SERVICE_WORKER),
    },
    transparency: { audience: required(v.TRANSPARENCY_REPORT) },
    embedding: required(v.EMBEDDING),
    logLevel: required(v.LOG_LEVEL),
    role: required(v.ROLE),
    queues: required(v.QUEUES),
    ranking: required(v.RANKING),
    rankingBudgetMs: required(v.RANKING_BUDGET_MS),
    mediaConcurrency: required(v.MEDIA_CONCURRENCY),
    jobLeaseMs: required(v.JOB_LEASE_SECONDS) * 1_000,
    dataDir,
    databaseUrl: secret(v.DATABASE_URL),
    redisUrl: secret(v.REDIS_URL),
    redisPrefix: required(v.REDIS_PREFIX),
    s3: withPublic(bucketOf(v, 'S3'), v.S3_PUBLIC_ENDPOINT),
    /** What `S3_MAX_GB` says; 0: no limit. */
    s3MaxBytes: required(v.S3_MAX_GB) * 1024 * megabyte,
    secondS3: withPublic(bucketOf(v, 'SECOND_S3'), v.SECOND_S3_PUBLIC_ENDPOINT),
    cold: {
      afterMs: required(v.COLD_AFTER_DAYS) * 24 * 3_600_000,
      dir: v.COLD_STORAGE_DIR === undefined ? null : resolve(v.COLD_STORAGE_DIR),
      s3: bucketOf(v, 'COLD_S3'),
    },
    secretKey: secret(v.SECRET_KEY),
    joining: {
      registrations: required(v.REGISTRATIONS),
      invitesBy: required(v.INVITES),
      /** In years. 0: nobody is asked. */
      minimumAge: required(v.MINIMUM_AGE),
    },
    claims: {
      waitingDays: required(v.CLAIM_WAITING_DAYS),
      /** Null: nobody is a repeat infringer. */
      repeatLimit: required(v.CLAIM_REPEAT_LIMIT) || null,
      repeatDays: required(v.CLAIM_REPEAT_DAYS),
      repeatAction: required(v.CLAIM_REPEAT_ACTION),
    },
    backups: {
      isNightly: required(v.BACKUPS) === 'nightly',
      hour: required(v.BACKUP_HOUR),
      dir: v.BACKUP_DIR === undefined ? join(dataDir, 'backups') : resolve(v.BACKUP_DIR),
      media: required(v.BACKUP_MEDIA) === 'all',
      passphrase: secret(v.BACKUP_PASSPHRASE),
      s3: bucketOf(v, 'BACKUP_S3'),
    },
    /** Null: nobody is asked for new versions. */
    releaseFeed:
      v.RELEASE_FEED_URL === undefined
        ? null
        : { url: v.RELEASE_FEED_URL, key: required(v.RELEASE_FEED_KEY) },
    /** The text of every variable that was set, but for passwords and keys: for backups. */
    told,
    archives: {
      daysBetween: required(v.ARCHIVE_DAYS_BETWEEN),
      daysKept: required(v.ARCHIVE_DAYS_KEPT),
    },
    staff: { secondFactor: required(v.STAFF_SECOND_FACTOR) },
    /** 0: they count for ever. */
    strikes: { days: required(v.STRIKES_EXPIRE_DAYS) },
    owner: { username: required(v.OWNER_USERNAME), password: secret(v.OWNER_PASSWORD) },
    mail: mailOf(v),
    search: searchOf(v),
    video: {
      maxUploadBytes: required(v.MAX_UPLOAD_MB) * megabyte,
      maxDurationSeconds: required(v.MAX_DURATION_SECONDS),
      lazyRungs: required(v.LAZY_RUNGS),
      /** 0: for ever. */
      originalsKeptMs: required(v.ORIGINALS_KEPT_DAYS) * 24 * 3_600_000,
    },
    serving: {
      cacheBytes: required(v.MEDIA_CACHE_MB) * megabyte,
      xAccel: v.MEDIA_X_ACCEL ?? null,
      redirect: v.MEDIA_REDIRECT ?? null,
    },
    /** Null: nobody is asked for captions. */
    transcription:
      v.TRANSCRIPTION_URL === undefined
        ? null
        : {
            url: v.TRANSCRIPTION_URL,
            token: secret(v.TRANSCRIPTION_TOKEN),
            model: required(v.TRANSCRIPTION_MODEL),
          },
    classifier: {
      /** Null: nobody is asked what videos show. */
      url: v.CLASSIFIER_URL ?? null,
      secret: secret(v.CLASSIFIER_SECRET),
      timeoutMs: required(v.CLASSIFIER_TIMEOUT_SECONDS) * 1_000,
      whenDown: required(v.CLASSIFIER_WHEN_DOWN),
    },
    uploads: required(v.UPLOADS),
    /** 0: no limit. */
    maxStoredBytesPerAccount: required(v.MAX_STORAGE_PER_ACCOUNT_MB) * megabyte,
    storageByRole: required(v.STORAGE_BY_ROLE_MB),
    ffmpegPath: required(v.FFMPEG_PATH),
    ffprobePath: required(v.FFPROBE_PATH),
    redisServerPath: required(v.REDIS_SERVER_PATH),
    redisAppendFsync: required(v.REDIS_APPENDFSYNC),
    watchedThrough: required(v.WATCH_EVENTS),
    remoteVideo: { mode: required(v.REMOTE_VIDEO), maxBytes: required(v.REMOTE_VIDEO_MAX_MB) * megabyte },
    remoteCache: {
      maxBytes: required(v.REMOTE_CACHE_MAX_GB) * 1024 * megabyte,
      /** 0: however long it is. */
      maxAgeMs: required(v.REMOTE_CACHE_MAX_AGE_DAYS) * 24 * 3_600_000,
    },
    remotePosters: {
      maxBytes: required(v.REMOTE_POSTERS_MAX_GB) * 1024 * megabyte,
      /** 0: however long it is. */
      maxAgeMs: required(v.REMOTE_POSTERS_MAX_AGE_DAYS) * 24 * 3_600_000,
    },
    remoteKeyMinBits: required(v.REMOTE_KEY_MIN_BITS),
    federation: { mode: required(v.FEDERATION_MODE), authorizedFetch: required(v.AUTHORIZED_FETCH) },
    exchange: { trendsFor: required(v.TRENDS_FOR), everyMs: required(v.EXCHANGE_SECONDS) * 1_000 },
    allowedPrivateAddresses: required(v.ALLOWED_PRIVATE_ADDRESSES),
    tracing: tracingOf(v),
  };
}

/** Who listens on every address is reached by name; IPv6 addresses stand in brackets. */
function hostOfUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

function secret(value: string | undefined): Secret | undefined {
  return value === undefined ? undefined : new Secret(value);
}

/** Variables with a fallback are always there after parsing; a gap is a bug in the table. */
function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('A variable with a default was not parsed.');
  return value;
}
