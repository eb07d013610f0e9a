import { format, inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type Config, type ConfigProblem, describeProblems, readConfig, Secret } from './config.ts';
import { type VariableName, variables } from './env.ts';

type Env = Readonly<Record<string, string | undefined>>;

function accepted(env: Env): Config {
  const outcome = readConfig(env);
  if (!outcome.ok) throw new Error(describeProblems(outcome.problems));
  return outcome.config;
}

function refused(env: Env): readonly ConfigProblem[] {
  const outcome = readConfig(env);
  expect(outcome.ok).toBe(false);
  return outcome.ok ? [] : outcome.problems;
}

const names = Object.keys(variables) as VariableName[];

/** One wrong value and one right value for every variable; forgetting one does not compile. */
const samples: Record<VariableName, { wrong: readonly string[]; right: readonly string[] }> = {
  VIREO_ENV: { wrong: ['prod', 'PRODUCTION'], right: ['development', 'test'] },
  ORIGIN: {
    wrong: [
      ...['garbage', 'video.example', 'ftp://video.example', 'https://', 'javascript:alert(1)'],
      ...['https://video.example/path', 'https://video.example/?a', 'https://video.example#'],
      ...['https://user:pass@video.example', 'https://video.example:99999'],
    ],
    right: ['https://video.example', 'http://127.0.0.1:3000', 'https://video.example/'],
  },
  HOST: {
    wrong: ['not a host', '127.0.0.1:80', 'http://localhost', '[::1]', '256.1.1.1', 'a'.repeat(300)],
    right: ['0.0.0.0', '::', '::1', 'localhost', 'web.internal'],
  },
  PORT: { wrong: ['-1', '65536', '80.5', '0x50', 'http', ' 80', '9'.repeat(13)], right: ['1', '65535'] },
  COUNTRY_HEADER: { wrong: ['X Country', '-', 'a'.repeat(65), 'X:Y'], right: ['', 'CF-IPCountry'] },
  COUNTRY_UNKNOWN: { wrong: ['closed', 'GIVEN'], right: ['given', 'withheld'] },
  TRUSTED_PROXIES: {
    wrong: ['proxy', '10.0.0.0/33', '10.0.0', 'loopback,nonsense', '*', '1'],
    right: ['loopback', 'loopback, 10.0.0.0/8', '::1', 'fc00::/7', 'uniquelocal', 'linklocal'],
  },
  INSTANCE_NAME: { wrong: ['x'.repeat(81)], right: ['Clips of the coast'] },
  INSTANCE_DESCRIPTION: { wrong: ['x'.repeat(1_001)], right: ['x'.repeat(1_000)] },
  INSTANCE_ABOUT: { wrong: ['x'.repeat(50_001)], right: ['# Who we are'] },
  INSTANCE_SOURCE_URL: { wrong: ['here', 'ftp://a.test'], right: ['https://code.example/vireo'] },
  INSTANCE_EMAIL: { wrong: ['staff', 'a@b', 'a b@c.test'], right: ['staff@video.example'] },
  INSTANCE_RULES: { wrong: ['x'.repeat(10_001)], right: ['Be kind.\\nNo spam.'] },
  INSTANCE_PRIVACY_POLICY: { wrong: ['x'.repeat(50_001)], right: ['Little is kept.'] },
  TRANSPARENCY_REPORT: { wrong: ['everybody', 'on'], right: ['public', 'members', 'hidden'] },
  ACCENT_COLOR: { wrong: ['violet', '#7a3'], right: ['#7a3cc2'] },
  APP_COLOR: { wrong: ['green', '#fff', '35c795', '#35c79g'], right: ['#35c795', '#ABCDEF'] },
  APP_BACKGROUND_COLOR: { wrong: ['rgb(0,0,0)', '#0000'], right: ['#0c0d0f'] },
  THEME_TOKENS: { wrong: ['accent: #ffffff', 'text: #777777 #777777'], right: ['radius-m: 6\\nfont: serif'] },
  SERVICE_WORKER: { wrong: ['no', 'false'], right: ['on', 'off'] },
  LOG_LEVEL: { wrong: ['verbose', 'INFO'], right: ['debug', 'silent'] },
  ROLE: { wrong: ['everything'], right: ['web', 'worker'] },
  QUEUES: {
    wrong: ['inbox,uploads', 'media;deliver', '__proto__'],
    right: ['inbox', 'inbox, deliver,media'],
  },
  CLAIM_WAITING_DAYS: { wrong: ['9', '15', 'ten'], right: ['10', '14'] },
  CLAIM_REPEAT_LIMIT: { wrong: ['-1', '101', 'none'], right: ['0', '100'] },
  CLAIM_REPEAT_DAYS: { wrong: ['0', '3651'], right: ['1', '3650'] },
  CLAIM_REPEAT_ACTION: { wrong: ['delete', 'SUSPEND'], right: ['tell', 'suspend'] },
  RANKING: { wrong: ['maybe', 'true'], right: ['on', 'off'] },
  MEDIA_CONCURRENCY: { wrong: ['0', '65', 'two'], right: ['1', '64'] },
  RANKING_BUDGET_MS: { wrong: ['9', '60001'], right: ['10', '60000'] },
  JOB_LEASE_SECONDS: { wrong: ['1', '601', '-60'], right: ['2', '600'] },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    wrong: ['collector', 'grpc://127.0.0.1:4317'],
    right: ['http://127.0.0.1:4318', 'https://traces.example/otlp'],
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    wrong: ['no pair of words', 'two words=c', '=unnamed'],
    right: ['api-key=abc', 'a=b,team=a%20b'],
  },
  OTEL_SERVICE_NAME: { wrong: ['x'.repeat(101)], right: ['video.example'] },
  OTEL_TRACES_SAMPLER_ARG: { wrong: ['-1', '1.1', 'all'], right: ['0', '0.25', '1'] },
  METRICS_LISTEN: {
    wrong: ['9464', ':9464', '127.0.0.1', '127.0.0.1:99999', 'http://127.0.0.1:9464', '::1:9464', 'a b:1'],
    right: ['127.0.0.1:9464', '[::1]:9464', 'metrics.internal:9464', '0.0.0.0:1'],
  },
  DATA_DIR: { wrong: ['x'.repeat(1_001)], right: ['/var/lib/vireo', '.'] },
  DATABASE_URL: {
    wrong: ['garbage', 'mysql://root:hunter2@db/vireo', 'http://db/vireo'],
    right: ['postgres://u:p@db:5432/vireo', 'postgresql://db/vireo'],
  },
  REDIS_URL: {
    wrong: ['garbage', 'http://:hunter2@redis', '127.0.0.1:6379'],
    right: ['redis://:p@redis:6379/0', 'rediss://redis'],
  },
  REDIS_PREFIX: { wrong: ['Vireo', 'a:b', 'a'.repeat(41)], right: ['vireo-2'] },
  S3_ENDPOINT: { wrong: ['garbage', 's3.example', 's3://bucket'], right: ['https://s3.example'] },
  S3_REGION: { wrong: ['x'.repeat(61)], right: ['eu-central-1'] },
  S3_BUCKET: { wrong: ['ab', 'Bucket', '-bucket', 'a/b'], right: ['clips-of-the-coast'] },
  S3_ACCESS_KEY: { wrong: ['x'.repeat(201)], right: ['AKIA'] },
  S3_SECRET_KEY: { wrong: ['x'.repeat(201)], right: ['hunter2'] },
  S3_PUBLIC_ENDPOINT: { wrong: ['s3.example'], right: ['https://s3.example'] },
  COLD_STORAGE_DIR: { wrong: ['x'.repeat(1_001)], right: ['/mnt/archive'] },
  BACKUPS: { wrong: ['daily', 'on'], right: ['nightly', 'off'] },
  BACKUP_HOUR: { wrong: ['24', '-1', '3:00'], right: ['0', '23'] },
  BACKUP_DIR: { wrong: ['x'.repeat(1_001)], right: ['/mnt/backups'] },
  BACKUP_MEDIA: { wrong: ['yes', 'All'], right: ['all', 'none'] },
  BACKUP_PASSPHRASE: { wrong: ['hunter2 hunter2'], right: ['six words are quite enough'] },
  BACKUP_S3_ENDPOINT: { wrong: ['garbage', 's3://bucket'], right: ['https://backup.example'] },
  BACKUP_S3_REGION: { wrong: ['x'.repeat(61)], right: ['eu-central-1'] },
  BACKUP_S3_BUCKET: { wrong: ['ab', 'Bucket', 'a/b'], right: ['copies'] },
  BACKUP_S3_ACCESS_KEY: { wrong: ['x'.repeat(201)], right: ['AKIA'] },
  BACKUP_S3_SECRET_KEY: { wrong: ['x'.repeat(201)], right: ['hunter2'] },
  RELEASE_FEED_URL: {
    wrong: ['garbage', 'ftp://vireo.example'],
    right: ['https://vireo.example/releases.json'],
  },
  RELEASE_FEED_KEY: { wrong: ['key', 'A'.repeat(44)], right: [`${'A'.repeat(43)}=`] },
  SECOND_S3_ENDPOINT: { wrong: ['garbage', 's3://bucket'], right: ['https://s3.other.example'] },
  SECOND_S3_REGION: { wrong: ['x'.repeat(61)], right: ['eu-central-1'] },
  SECOND_S3_BUCKET: { wrong: ['ab', 'Bucket', 'a/b'], right: ['new-clips'] },
  SECOND_S3_ACCESS_KEY: { wrong: ['x'.repeat(201)], right: ['AKIA'] },
  SECOND_S3_SECRET_KEY: { wrong: ['x'.repeat(201)], right: ['hunter2'] },
  SECOND_S3_PUBLIC_ENDPOINT: { wrong: ['garbage'], right: ['https://s3.other.example'] },
  COLD_S3_ENDPOINT: { wrong: ['garbage', 's3://bucket'], right: ['https://archive.example'] },
  COLD_S3_REGION: { wrong: ['x'.repeat(61)], right: ['eu-central-1'] },
  COLD_S3_BUCKET: { wrong: ['ab', 'Bucket', 'a/b'], right: ['old-clips'] },
  COLD_S3_ACCESS_KEY: { wrong: ['x'.repeat(201)], right: ['AKIA'] },
  COLD_S3_SECRET_KEY: { wrong: ['x'.repeat(201)], right: ['hunter2'] },
  COLD_AFTER_DAYS: { wrong: ['0', '3651', '1.5', 'never'], right: ['1', '3650'] },
  SECRET_KEY: { wrong: ['too-short-to-protect', 'x'.repeat(201)], right: ['x'.repeat(32)] },
  ARCHIVE_DAYS_BETWEEN: { wrong: ['-1', '366', 'week'], right: ['0', '30'] },
  ARCHIVE_DAYS_KEPT: { wrong: ['0', '91', '1.5'], right: ['1', '90'] },
  REGISTRATIONS: {
    wrong: ['Open', 'yes', 'open,approval', 'invites'],
    right: ['open', 'approval', 'invite', 'closed'],
  },
  INVITES: { wrong: ['Staff', 'nobody', 'moderator', 'staff,everyone'], right: ['staff', 'everyone'] },
  STAFF_SECOND_FACTOR: { wrong: ['Required', 'off'], right: ['required', 'optional'] },
  MINIMUM_AGE: { wrong: ['-1', '100', '16.5', 'adult', '1e1'], right: ['0', '13', '16', '99'] },
  OWNER_USERNAME: { wrong: ['two words', 'o'.repeat(31), 'ówner'], right: ['Admin_1'] },
  OWNER_PASSWORD: { wrong: ['short', 'x'.repeat(201)], right: ['x'.repeat(10)] },
  SMTP_HOST: {
    wrong: ['not a host', 'mail.example:25', 'smtp://mail'],
    right: ['mail.example', '127.0.0.1'],
  },
  SMTP_PORT: { wrong: ['0', '65536', 'smtp'], right: ['25', '587'] },
  SMTP_TLS: { wrong: ['yes', 'TLS'], right: ['starttls', 'implicit', 'none'] },
  SMTP_USER: { wrong: ['a\r\nb', 'x'.repeat(301)], right: ['vireo@mail.example'] },
  SMTP_PASSWORD: { wrong: ['hunter2\n', 'x'.repeat(1_001)], right: ['hunter2'] },
  MAIL_FROM: {
    wrong: [
      ...['vireo', 'Vireo <vireo>', 'a@b.example, c@d.example', 'Vireo <a@b.example> <c@d.example>'],
      ...['Vireo\r\nBcc: x@y.example <a@b.example>', '"Vireo" <a@b.example>', 'a@b.example\n'],
    ],
    right: ['vireo@video.example', 'Clips of the coast <vireo@video.example>'],
  },
  MAX_UPLOAD_MB: { wrong: ['0', '10001', '1.5', '1e3'], right: ['1', '10000'] },
  EMBEDDING: { wrong: ['on', 'Off', 'true'], right: ['everywhere', 'off'] },
  LAZY_RUNGS: { wrong: ['yes', '1'], right: ['true', 'false'] },
  UPLOADS: { wrong: ['s3', 'TUS'], right: ['tus'] },
  MAX_STORAGE_PER_ACCOUNT_MB: { wrong: ['-1', '1.5', '100000001'], right: ['0', '2000'] },
  MAX_DURATION_SECONDS: { wrong: ['0', '3601'], right: ['1', '3600'] },
  MEDIA_URL: {
    wrong: ['garbage', 'media.example', 'https://media.example/?a=1', 'https://media.example/#x'],
    right: ['https://media.example', 'https://cdn.example/vireo/'],
  },
  MEDIA_X_ACCEL: {
    wrong: ['protected', '/', '/a/', '/a b', '/../etc', '//x'],
    right: ['/_protected', '/a/b'],
  },
  MEDIA_REDIRECT: {
    wrong: ['yes', 'cdn.example', 'ftp://cdn.example', 'https://cdn.example/?a'],
    right: ['https://cdn.example', 'https://cdn.example/bucket/'],
  },
  MEDIA_CACHE_MB: { wrong: ['-1', '1.5', 'all', '1000001'], right: ['0', '1000000'] },
  FFMPEG_PATH: { wrong: ['x'.repeat(501)], right: ['/usr/bin/ffmpeg'] },
  FFPROBE_PATH: { wrong: ['x'.repeat(501)], right: ['/usr/bin/ffprobe'] },
  TRANSCRIPTION_URL: {
    wrong: ['garbage', 'ftp://a.example/v1', 'http://user:hunter2@127.0.0.1/v1', 'http://127.0.0.1/v1#x'],
    right: ['http://127.0.0.1:8000/v1/audio/transcriptions', 'https://stt.example/v1?version=1'],
  },
  TRANSCRIPTION_TOKEN: { wrong: ['two words', 'ümlaut', 'x'.repeat(501)], right: ['sk-1', 'hunter2'] },
  TRANSCRIPTION_MODEL: { wrong: ['two words', 'x'.repeat(201)], right: ['Systran/faster-whisper-small'] },
  STRIKES_EXPIRE_DAYS: { wrong: ['-1', '36501', 'never'], right: ['0', '30'] },
  STORAGE_BY_ROLE_MB: {
    wrong: ['moderator', '20000', 'moderator lots', 'moderator -1'],
    right: ['moderator 20000', 'Film team: 5000\nowner=0', 'admin 10,owner 0'],
  },
  CLASSIFIER_URL: {
    wrong: ['garbage', 'ftp://a.example/v1', 'http://user:hunter2@127.0.0.1/v1', 'http://127.0.0.1/v1#x'],
    right: ['http://127.0.0.1:8088/v1/videos', 'https://classifier.example/?model=2'],
  },
  CLASSIFIER_SECRET: { wrong: ['hunter2', 'sixteen letters, two words'], right: ['hunter2hunter2-hunter2'] },
  CLASSIFIER_TIMEOUT_SECONDS: { wrong: ['0', '121', 'soon'], right: ['1', '120'] },
  CLASSIFIER_WHEN_DOWN: { wrong: ['drop', 'Hold'], right: ['hold', 'publish'] },
  REDIS_SERVER_PATH: { wrong: ['x'.repeat(501)], right: ['valkey-server'] },
  SEARCH_DRIVER: { wrong: ['elasticsearch', 'Postgres', 'opensearch,postgres'], right: ['opensearch'] },
  SEARCH_URL: {
    wrong: [
      'opensearch:9200',
      'ftp://opensearch',
      'http://a:b@opensearch:9200',
      'http://opensearch?a',
      'http://o#a',
    ],
    right: ['http://opensearch:9200', 'https://search.example/proxied/'],
  },
  SEARCH_USER: { wrong: ['a:b', 'a\nb', 'a'.repeat(201)], right: ['vireo', 'a b'] },
  SEARCH_PASSWORD: { wrong: ['a\nb', 'a'.repeat(501)], right: ['a:b c"'] },
  SEARCH_PREFIX: {
    wrong: ['Vireo', '-vireo', 'a_b', 'a*', 'a,b', 'a'.repeat(41)],
    right: ['vireo', 'video-1'],
  },
  WATCH_EVENTS: { wrong: ['yes', 'Redis', 'postgres'], right: ['redis', 'database'] },
  REDIS_APPENDFSYNC: { wrong: ['no', 'Always'], right: ['everysec', 'always'] },
  FEDERATION_MODE: { wrong: ['closed', 'ALLOW-LIST'], right: ['open', 'allow-list'] },
  AUTHORIZED_FETCH: { wrong: ['yes', '1', 'TRUE'], right: ['true', 'false'] },
  TRENDS_FOR: { wrong: ['all', 'Everyone'], right: ['everyone', 'signed', 'members'] },
  EXCHANGE_SECONDS: { wrong: ['4', '86401', '5m'], right: ['5', '300', '86400'] },
  REMOTE_VIDEO: { wrong: ['always', 'on'], right: ['off', 'on-view', 'replicate'] },
  ORIGINALS_KEPT_DAYS: { wrong: ['-1', '36501', 'ever'], right: ['0', '30'] },
  REMOTE_POSTERS_MAX_GB: { wrong: ['0', '1.5', '1000001'], right: ['1', '5'] },
  REMOTE_POSTERS_MAX_AGE_DAYS: { wrong: ['-1', '36501', 'x'], right: ['0', '7'] },
  S3_MAX_GB: { wrong: ['-1', '1.5', 'x'], right: ['0', '500'] },
  REMOTE_CACHE_MAX_GB: { wrong: ['0', '-1', '1.5', '1000001'], right: ['1', '50'] },
  REMOTE_CACHE_MAX_AGE_DAYS: { wrong: ['-1', '36501', 'x'], right: ['0', '90'] },
  REMOTE_VIDEO_MAX_MB: { wrong: ['0', '10001'], right: ['1'] },
  REMOTE_KEY_MIN_BITS: { wrong: ['1023', '512', '4097', '2k'], right: ['1024', '4096'] },
  ALLOWED_PRIVATE_ADDRESSES: {
    wrong: ['localhost', '127.0.0.0/8', '127.0.0.1:80', '127.1', Array(17).fill('127.0.0.1').join(',')],
    right: ['127.0.0.2, 127.0.0.3', '::1'],
  },
};

/** What else must be set for a right value to be one. */
const companions: Env = {
  ...{ VIREO_ENV: 'test', S3_ACCESS_KEY: 'key', S3_SECRET_KEY: 'secret' },
  ...{ COLD_S3_ACCESS_KEY: 'key', COLD_S3_SECRET_KEY: 'secret' },
  ...{ SECOND_S3_ACCESS_KEY: 'key', SECOND_S3_SECRET_KEY: 'secret' },
  ...{ BACKUP_S3_ACCESS_KEY: 'key', BACKUP_S3_SECRET_KEY: 'secret', BACKUP_PASSPHRASE: 'a long passphrase' },
  RELEASE_FEED_KEY: `${'A'.repeat(43)}=`,
  ...{ SMTP_HOST: 'mail.example', MAIL_FROM: 'vireo@video.example', SMTP_USER: 'u', SMTP_PASSWORD: 'p' },
  ...{ SEARCH_URL: 'http://opensearch:9200', SEARCH_USER: 'u', SEARCH_PASSWORD: 'p' },
};

describe('every variable', () => {
  test('has a default that is accepted, or none', () => {
    const config = accepted({});
    expect(config).toMatchObject({
      environment: 'production',
      origin: 'http://127.0.0.1:3000',
      mediaUrl: 'http://127.0.0.1:3000/media',
      joining: { registrations: 'approval', invitesBy: 'staff', minimumAge: 16 },
      role: 'all',
      queues: [],
      s3: null,
      allowedPrivateAddresses: [],
    });
    for (const name of names) {
      const { fallback, schema } = variables[name];
      if (fallback !== undefined) expect(schema.safeParse(fallback).success, name).toBe(true);
    }
  });

  test.each(names)('%s: right values are taken, wrong ones are refused by name, value and remedy', (name) => {
    for (const right of samples[name].right) accepted({ ...companions, [name]: right });
    for (const wrong of samples[name].wrong) {
      const problems = refused({ ...companions, [name]: wrong });
      expect(problems.map((problem) => problem.variable)).toEqual([name]);
      const problem = problems[0];
      expect(problem?.remedy.length).toBeGreaterThan(10);
      const shown = describeProblems(problems);
      expect(shown).toContain(name);
      expect(shown).toContain(problem?.remedy);
      const { secret = false } = variables[name] as { secret?: boolean };
      expect(problem?.value === '***').toBe(secret);
      // Half of a secret that was mistyped is still half of a secret.
      if (secret) expect(shown).not.toContain(wrong.slice(0, 12));
    }
  });

  test.each(names)('%s: empty counts as absent', (name) => {
    expect(readConfig({ [name]: '' })).toEqual(readConfig({}));
  });

  test('each is documented for the page that is made of this table', () => {
    for (const name of names) {
      expect(variables[name].doc, name).toMatch(/\.( Default: .+\.)?$/);
      expect(variables[name].remedy, name).toMatch(/\.$/);
    }
  });

  test('what is not ours is left alone', () => {
    expect(readConfig({ PATH: '/bin', __proto__: 'x', TOKEN: 'y' })).toEqual(readConfig({}));
  });
});

test('backups have one place, which is not that of the media, and are sealed where others keep them', () => {
  const backup = { ...companions, BACKUP_S3_ENDPOINT: 'https://s3.example' };
  const names = (env: Env) => refused(env).map(({ variable }) => variable);
  expect(names({ ...backup, BACKUP_DIR: '/mnt' })).toEqual(['BACKUP_DIR']);
  const sameServer = { ...backup, S3_ENDPOINT: 'https://s3.example', S3_BUCKET: 'vireo-backups' };
  const keys = { S3_ACCESS_KEY: 'key', S3_SECRET_KEY: 'secret' };
  expect(names({ ...sameServer, ...keys })).toEqual(['BACKUP_S3_BUCKET']);
  expect(names({ ...backup, BACKUP_PASSPHRASE: '' })).toEqual(['BACKUP_PASSPHRASE']);
  expect(names({ RELEASE_FEED_URL: 'https://vireo.example' })).toEqual(['RELEASE_FEED_KEY']);
  const { backups } = accepted({ DATA_DIR: '/srv/vireo' });
  expect(backups).toMatchObject({ dir: '/srv/vireo/backups', isNightly: true, media: false, s3: null });
});

test('backups hold what was set, but for passwords and keys', () => {
  const env = { ORIGIN: 'https://video.example', PORT: '', SECRET_KEY: 'x'.repeat(40) };
  expect(accepted(env).told).toEqual({ ORIGIN: 'https://video.example' });
});

describe('addresses', () => {
  test.each<[Env, string, string]>([
    [{ PORT: '8080' }, 'http://127.0.0.1:8080', '127.0.0.1:8080'],
    [{ HOST: '0.0.0.0' }, 'http://localhost:3000', 'localhost:3000'],
    [{ HOST: '::' }, 'http://localhost:3000', 'localhost:3000'],
    [{ HOST: '::1' }, 'http://[::1]:3000', '[::1]:3000'],
    [{ ORIGIN: 'HTTPS://Video.Example:443/' }, 'https://video.example', 'video.example'],
    [{ ORIGIN: 'https://vidéo.example' }, 'https://xn--vido-dpa.example', 'xn--vido-dpa.example'],
    [{ ORIGIN: 'https://video.example:8443' }, 'https://video.example:8443', 'video.example:8443'],
  ])('%j', (env, origin, domain) => {
    expect(accepted(env)).toMatchObject({ origin, domain, mediaUrl: `${origin}/media` });
  });

  test('media may live elsewhere, without a slash at the end', () => {
    expect(accepted({ MEDIA_URL: 'https://cdn.example/v/' }).mediaUrl).toBe('https://cdn.example/v');
  });
});

describe('contradictions', () => {
  test.each<[string, Env]>([
    ['MEDIA_X_ACCEL', { MEDIA_X_ACCEL: '/_protected', S3_ENDPOINT: 'https://s3.example' }],
    ['MEDIA_REDIRECT', { MEDIA_REDIRECT: 'presigned' }],
    ['UPLOADS', { UPLOADS: 'direct' }],
    ['MEDIA_REDIRECT', { MEDIA_REDIRECT: 'https://cdn.example', MEDIA_X_ACCEL: '/_protected' }],
  ])('%s is refused where nobody could send the bytes so: %j', (name, env) => {
    const problems = refused({ S3_ACCESS_KEY: 'key', S3_SECRET_KEY: 'secret', ...env });
    expect(problems.map(({ variable }) => variable)).toEqual([name]);
  });

  test('media may be redirected to an object storage that there is', () => {
    const env = { S3_ENDPOINT: 'https://s3.example', S3_ACCESS_KEY: 'key', S3_SECRET_KEY: 'secret' };
    expect(accepted({ ...env, MEDIA_REDIRECT: 'presigned' }).serving.redirect).toBe('presigned');
    expect(accepted({ MEDIA_REDIRECT: 'https://cdn.example/a/' }).serving.redirect).toBe(
      'https://cdn.example/a',
    );
  });

  test.each(['production', undefined])('private peers are refused where the instance is %s', (kind) => {
    const problems = refused({ VIREO_ENV: kind, ALLOWED_PRIVATE_ADDRESSES: '127.0.0.2' });
    expect(problems).toMatchObject([{ variable: 'ALLOWED_PRIVATE_ADDRESSES', value: '"127.0.0.2"' }]);
    expect(problems[0]?.remedy).toContain('VIREO_ENV=development');
  });

  test('a cheaper store is one, and not the store it relieves', () => {
    const cold = { ...companions, COLD_S3_ENDPOINT: 'https://s3.example' };
    const names = (env: Env) => refused(env).map(({ variable }) => variable);
    expect(names({ ...cold, COLD_STORAGE_DIR: '/mnt/archive' })).toEqual(['COLD_STORAGE_DIR']);
    const sameServer = { ...cold, S3_ENDPOINT: 'https://s3.example', S3_BUCKET: 'clips' };
    expect(names({ ...sameServer, COLD_S3_BUCKET: 'clips' })).toEqual(['COLD_S3_BUCKET']);
    expect(accepted(sameServer).cold.s3).toMatchObject({ bucket: 'vireo-cold', accessKey: 'key' });
    expect(names({ COLD_S3_ENDPOINT: 'https://s3.example' })).toEqual([
      ...['COLD_S3_ACCESS_KEY', 'COLD_S3_SECRET_KEY'],
    ]);
  });

  test('a second object storage stands beside the first, and is another bucket', () => {
    const second = { ...companions, SECOND_S3_ENDPOINT: 'https://s3.example' };
    const names = (env: Env) => refused(env).map(({ variable }) => variable);
    expect(names({ SECOND_S3_ENDPOINT: 'https://s3.example' })).toEqual([
      ...['SECOND_S3_ACCESS_KEY', 'SECOND_S3_SECRET_KEY'],
    ]);
    const both = { ...second, S3_ENDPOINT: 'https://s3.example' };
    expect(names(both)).toEqual(['SECOND_S3_BUCKET']);
    expect(
      names({
        ...both,
        SECOND_S3_BUCKET: 'b-2',
        COLD_S3_ENDPOINT: 'https://s3.example',
        COLD_S3_BUCKET: 'b-2',
      }),
    ).toEqual(['COLD_S3_BUCKET']);
    expect(accepted({ ...both, SECOND_S3_BUCKET: 'b-2' }).secondS3).toMatchObject({ bucket: 'b-2' });
  });

  test('object storage without its keys names both, as not set', () => {
    expect(refused({ S3_ENDPOINT: 'https://s3.example' })).toEqual([
      {
        variable: 'S3_ACCESS_KEY',
        value: '""',
        remedy: 'S3_ENDPOINT is set, so S3_ACCESS_KEY is needed too.',
      },
      {
        variable: 'S3_SECRET_KEY',
        value: '""',
        remedy: 'S3_ENDPOINT is set, so S3_SECRET_KEY is needed too.',
      },
    ]);
  });

  test('metrics never share the public port', () => {
    const [shared, alone] = [{ METRICS_LISTEN: '127.0.0.1:3000' }, { METRICS_LISTEN: '127.0.0.1:9464' }];
    expect(refused(shared)).toMatchObject([{ variable: 'METRICS_LISTEN', value: '"127.0.0.1:3000"' }]);
    expect(refused({ ...alone, PORT: '9464' })).toMatchObject([{ variable: 'METRICS_LISTEN' }]);
    expect(accepted({ ...shared, ROLE: 'worker' }).metricsListen).toEqual({ host: '127.0.0.1', port: 3000 });
    expect(accepted(alone).metricsListen).toEqual({ host: '127.0.0.1', port: 9464 });
    expect(accepted({}).metricsListen).toBeNull();
  });

  test('a mail server is named whole, or not at all', () => {
    const whole = { SMTP_HOST: 'mail.example', MAIL_FROM: 'Clips <clips@video.example>' };
    expect(accepted({}).mail).toBeNull();
    expect(accepted(whole).mail).toEqual({
      ...{ host: 'mail.example', port: 587, tls: 'starttls', login: null },
      from: { name: 'Clips', address: 'clips@video.example' },
    });
    expect(accepted({ ...whole, SMTP_TLS: 'implicit' }).mail?.port).toBe(465);
    const names = (env: Env) => refused(env).map(({ variable }) => variable);
    expect(names({ SMTP_HOST: 'mail.example' })).toEqual(['MAIL_FROM']);
    expect(names({ MAIL_FROM: 'a@b.example' })).toEqual(['SMTP_HOST']);
    expect(names({ ...whole, SMTP_USER: 'u' })).toEqual(['SMTP_PASSWORD']);
    expect(names({ ...whole, SMTP_PASSWORD: 'hunter2' })).toEqual(['SMTP_USER']);
    const config = accepted({ ...whole, SMTP_USER: 'u', SMTP_PASSWORD: 'hunter2' });
    expect(inspect(config, { depth: 9 }) + JSON.stringify(config)).not.toContain('hunter2');
    expect(config.mail?.login?.password.reveal()).toBe('hunter2');
  });

  test('a queue that does not exist', () => {
    expect(refused({ QUEUES: 'inbox,uplaods,deliver' })).toMatchObject([
      { variable: 'QUEUES', value: '"uplaods"' },
    ]);
  });
});

test('several problems are told at once', () => {
  const problems = refused({ PORT: 'http', ROLE: 'queen', DATABASE_URL: 'mysql://root:hunter2@db' });
  expect(problems.map(({ variable, value }) => [variable, value])).toEqual([
    ['PORT', '"http"'],
    ['ROLE', '"queen"'],
    ['DATABASE_URL', '***'],
  ]);
  const text = describeProblems(problems);
  expect(text).toContain('3 problems');
  expect(text).not.toContain('hunter2');
  expect(describeProblems(problems.slice(0, 1))).toContain('a problem');
});

test('a line break in a value cannot forge a second problem', () => {
  const text = describeProblems(refused({ ROLE: 'x\n  PORT=1' }));
  expect(text.split('\n')).toHaveLength(4);
});

test('the whole of it is frozen', () => {
  const config = accepted({ ...companions, S3_ENDPOINT: 'https://s3.example' });
  const thaw = (value: unknown, path: string): string[] => {
    if (typeof value !== 'object' || value === null) return [];
    const inner = Object.entries(value).flatMap(([key, part]) => thaw(part, `${path}.${key}`));
    return Object.isFrozen(value) ? inner : [path, ...inner];
  };
  expect(thaw(config, 'config')).toEqual([]);
});

describe('a secret', () => {
  const secret = new Secret('hunter2');
  test.each<[string, (value: unknown) => string]>([
    ['String', String],
    ['a template', (value) => `${value}`],
    ['concatenation', (value) => `a ${value as string}`],
    ['JSON', (value) => JSON.stringify({ value })],
    ['inspect', (value) => inspect({ value }, { showHidden: true, depth: 9 })],
    [
      'inspect without custom printers',
      (value) => inspect(value, { customInspect: false, showHidden: true }),
    ],
    ['format', (value) => format('%s %o %O %j', value, value, value, value)],
    ['its own properties', (value) => JSON.stringify(Object.getOwnPropertyDescriptors(value))],
    ['an error about it', (value) => inspect(new Error('no', { cause: value }))],
  ])('does not show in %s', (_name, print) => {
    expect(print(secret)).not.toContain('hunter2');
  });

  test('is not in a printed configuration, and is there for the one who asks', () => {
    const config = accepted({ DATABASE_URL: 'postgres://u:hunter2@db/v', SECRET_KEY: 'hunter2'.repeat(5) });
    expect(inspect(config, { depth: 9 }) + JSON.stringify(config)).not.toContain('hunter2');
    expect(config.databaseUrl?.reveal()).toBe('postgres://u:hunter2@db/v');
  });
});
