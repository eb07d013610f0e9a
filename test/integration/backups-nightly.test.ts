import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addStoredVideo, backupCommand, backupFolder } from '../helpers/backup-rig.ts';
import { eventually } from '../helpers/chaos.ts';
import { type MailRig, startMailRig } from '../helpers/mail-rig.ts';
import { workMail } from '../helpers/mail-server.ts';
import type { Person } from '../helpers/people.ts';
import { startS3 } from '../helpers/s3-server.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

let rig: MailRig;
let owner: Person;
let folder: Awaited<ReturnType<typeof backupFolder>>;
let now = Date.parse('2026-11-28T12:00:00Z');

beforeAll(async () => {
  folder = await backupFolder();
  rig = await startMailRig({
    variables: { BACKUP_DIR: folder.path('nightly'), BACKUP_MEDIA: 'all', BACKUP_HOUR: '3' },
    overrides: { clock: { now: () => now } },
  });
  owner = await rig.people.signedIn('boss', 'owner');
  await rig.server.context.db('users').where({ account_id: owner.id }).update({ email: 'boss@mail.test' });
  await rig.server.context.db('migrations').update({ migration_time: new Date(now - HOUR_MS) });
  await addStoredVideo(rig.server.context, owner.account);
});

afterAll(async () => {
  await rig?.close();
  await folder?.remove();
});

const backups = () => rig.server.context.backups;
const runs = async () => (await backups().runs(100)).map(({ kind, fault }) => [kind, fault === null]);
const shown = async () => (await rig.client.get('/api/v1/admin/backups', { as: owner })).body;
const pageOfMetrics = async () => (await rig.server.context.metrics.page()).body;

function envOf(more: Record<string, string> = {}): Record<string, string> {
  const { context, dataDir } = rig.server;
  return {
    ...{ VIREO_ENV: 'test', ORIGIN: context.config.origin, DATA_DIR: dataDir, LOG_LEVEL: 'silent' },
    ...{ DATABASE_URL: context.databaseUrl, REDIS_URL: context.redisUrl, RANKING: 'off' },
    ...{ REDIS_PREFIX: context.config.redisPrefix, BACKUP_DIR: folder.path('nightly'), BACKUP_MEDIA: 'all' },
    ...more,
  };
}

describe('the nightly backup', () => {
  test('is made once a night, and rehearsed once a week', async () => {
    await backups().work();
    expect(await runs(), 'not on the first day').toEqual([]);
    now = Date.parse('2026-11-29T02:59:00Z');
    await backups().work();
    expect(await runs(), 'not before the hour').toEqual([]);
    for (let night = 0; night < 8; night += 1) {
      now = Date.parse('2026-11-29T03:00:30Z') + night * DAY_MS;
      await backups().work();
      await backups().work();
    }
    const made = await runs();
    expect(made.filter(([kind]) => kind === 'create')).toHaveLength(8);
    expect(made.filter(([kind]) => kind === 'rehearse').length).toBe(2);
    expect(made.every(([, isGood]) => isGood)).toBe(true);
    const list = await backupCommand(envOf(), 'list');
    expect(list.rows).toHaveLength(7 + 1);
    expect(await shown()).toMatchObject({ stale: false, nightly: true, last_error: null });
    expect(await pageOfMetrics()).toContain('vireo_backup_stale 0');
  });

  test('that fails is tried again each hour, and after a day and a half the staff hears of it', async () => {
    const { context } = rig.server;
    const before = (await runs()).length;
    await rm(folder.path('nightly'), { recursive: true });
    await writeFile(folder.path('nightly'), 'in the way');
    now += DAY_MS;
    await backups().work();
    await backups().work();
    now += 1.1 * HOUR_MS;
    await backups().work();
    const failed = (await runs()).slice(0, -before);
    expect(failed).toEqual([
      ['create', false],
      ['create', false],
    ]);
    expect(await context.db('mails').where({ kind: 'backup-stale' })).toEqual([]);
    now += 12 * HOUR_MS;
    await backups().work();
    await backups().work();
    expect(await shown()).toMatchObject({
      stale: true,
      last_error: expect.stringContaining('set BACKUP_DIR'),
    });
    const page = await pageOfMetrics();
    expect(page).toContain('vireo_backup_stale 1');
    expect(page).toContain('vireo_backup_age_seconds');
    expect(await context.db('mails').where({ kind: 'backup-stale' })).toHaveLength(1);
    await workMail(context);
    const mail = await rig.mailbox.mailTo('boss@mail.test', /no recent backup/);
    expect(mail.text).toContain('The last good backup of this server was made at 2026-12-06T03:00:30.000Z');
    now += 3.1 * DAY_MS;
    await backups().work();
    expect(await context.db('mails').where({ kind: 'backup-stale' })).toHaveLength(1);

    await rm(folder.path('nightly'));
    now += 1.1 * HOUR_MS;
    await backups().work();
    expect(await shown()).toMatchObject({ stale: false, last_error: null });
  });

  test('is the business of those who look after what is stored', async () => {
    const someone = await rig.people.signedIn('someone');
    expect((await rig.client.get('/api/v1/admin/backups', { as: someone })).status).toBe(403);
  });
});

test('a backup whose process is killed is none, and is swept away later', async () => {
  const { context } = rig.server;
  const env = envOf({ BACKUP_DIR: folder.path('killed') });
  const locked = await context.db.transaction();
  await locked.raw('lock table video_tags in access exclusive mode');
  const child = spawn(process.execPath, [MAIN, 'backup', 'create'], {
    env: { ...env, PATH: process.env.PATH },
    stdio: 'ignore',
  });
  const gone = once(child, 'exit');
  await eventually('it waits for the last tables', async () => {
    const { rows } = await context.db.raw(
      `select 1 from pg_stat_activity where application_name = 'vireo-backup' and wait_event_type = 'Lock' and datname = current_database()`,
    );
    return rows.length > 0;
  });
  child.kill('SIGKILL');
  await gone;
  await locked.rollback();
  expect(await backupCommand(env, 'verify')).toMatchObject({ code: 1, message: 'There is no backup yet.' });
  const list = await backupCommand(env, 'list');
  expect(list).toMatchObject({ rows: [], message: '0 backups. 1 were begun and not finished.' });
  await eventually('its lock is free', async () => (await backupCommand(env, 'create')).code === 0);
  expect(await backupCommand(env, 'verify')).toMatchObject({ code: 0 });
});

test('backups may lie in object storage', { timeout: 60_000 }, async () => {
  const s3 = await startS3(folder.path('s3'));
  try {
    const { BACKUP_DIR: _, ...rest } = envOf();
    const env = {
      ...rest,
      ...{ BACKUP_S3_ENDPOINT: s3.endpoint, BACKUP_S3_ACCESS_KEY: s3.accessKey },
      ...{ BACKUP_S3_SECRET_KEY: s3.secretKey, BACKUP_PASSPHRASE: 'six words are quite enough' },
    };
    expect(await backupCommand(env, 'create')).toMatchObject({ code: 0, rows: [{ objects: 2, copied: 2 }] });
    expect(await backupCommand(env, 'create')).toMatchObject({ code: 0, rows: [{ objects: 2, copied: 0 }] });
    expect(await backupCommand(env, 'verify')).toMatchObject({ code: 0 });
    expect(await backupCommand(env, 'rehearse')).toMatchObject({ code: 0 });
    expect((await backupCommand(env, 'list')).rows).toHaveLength(2);
  } finally {
    await s3.close();
  }
});
