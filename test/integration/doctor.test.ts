import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../config/config.ts';
import { vireo } from '../../src/cli/program.ts';
import type { Surroundings } from '../../src/cli/surroundings.ts';
import { queueNames } from '../../src/jobs/registry.ts';
import { examine, type Finding } from '../../src/operations/doctor/index.ts';
import { isKnownBad } from '../../src/operations/doctor/tools.ts';
import { signUp } from '../../src/setup/demo/client.ts';
import { startBrokenProxy } from '../helpers/broken-proxy.ts';
import { makeCertificates } from '../helpers/certificates.ts';
import { startOwnRedis } from '../helpers/chaos.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { silent } from '../helpers/job-rig.ts';
import { startMailServer } from '../helpers/mail-server.ts';
import { createPeople } from '../helpers/people.ts';
import { query, redis } from '../helpers/probes.ts';
import { startS3 } from '../helpers/s3-server.ts';
import { startTestServer, type TestServer, testVariables } from '../helpers/server.ts';
import { mountSmallDisk } from '../helpers/small-disk.ts';
import { createTestDatabase, dropTestDatabase, testPort } from '../helpers/stack.ts';

const SLOW_MS = 120_000;
let server: TestServer;
let proxy: Awaited<ReturnType<typeof startBrokenProxy>>;
let variables: Record<string, string>;

beforeAll(async () => {
  const [front, behind] = [await testPort('127.0.0.1'), await testPort('127.0.0.1')];
  proxy = await startBrokenProxy(front, () => behind);
  const origin = `http://127.0.0.1:${front}`;
  const given = { ...(await testVariables('127.0.0.1', behind)), ORIGIN: origin };
  server = await startTestServer({ role: 'all', variables: given });
  variables = { ...given, DATA_DIR: server.dataDir };
  await signUp(server.origin, 'owner', 'a long password');
}, SLOW_MS);

afterEach(() => {
  for (const fault of Object.keys(proxy.faults)) delete proxy.faults[fault as keyof typeof proxy.faults];
});
afterAll(async () => {
  await server?.close();
  await proxy?.close();
});

async function examined(more: Record<string, string> = {}): Promise<Finding[]> {
  const read = readConfig({ ...variables, ...more });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return examine(read.config, silent);
}

/** What is wrong, without what this machine may lack. */
const wrong = (findings: readonly Finding[]) =>
  findings
    .filter(({ level, code }) => level !== 'ok' && !/^(?:disk-|ffmpeg-unsandboxed)/.test(code))
    .map(({ code }) => code);

async function expectOnly(code: string, more: Record<string, string> = {}): Promise<void> {
  const findings = await examined(more);
  expect(wrong(findings)).toEqual([code]);
  const finding = findings.find((one) => one.code === code);
  expect(finding?.what).toMatch(/\w.*\.$/);
  expect(finding?.fix).toMatch(/\w.*\.$/);
}

describe('a server that is well', { timeout: SLOW_MS }, () => {
  test('is told so', async () => {
    const findings = await examined();
    expect(wrong(findings)).toEqual([]);
    const codes = findings.map(({ code }) => code);
    expect(codes).toEqual(
      expect.arrayContaining([
        ...['dns', 'tls', 'origin-reachable', 'clock', 'webfinger', 'accept', 'body-limit', 'storage'],
        ...['proxy-host', 'backups'],
        ...['ffmpeg', 'redis', 'redis-policy', 'postgres', 'migrations', 'workers', 'mail'],
      ]),
    );
  });
});

describe('OP2 of what stands in front doctor finds', { timeout: SLOW_MS }, () => {
  test('that it is away', async () => {
    proxy.faults.isDown = true;
    await expectOnly('origin-unreachable');
  });

  test('that it drops Accept', async () => {
    proxy.faults.dropsAccept = true;
    await expectOnly('accept-dropped');
  });

  test('that it drops Host', async () => {
    proxy.faults.dropsHost = true;
    await expectOnly('proxy-host');
  });

  test.for([1_000_000, 20_000_000])('that it takes bodies of %d bytes at most', async (maxBodyBytes) => {
    proxy.faults.maxBodyBytes = maxBodyBytes;
    await expectOnly('body-limit');
  });

  test('that it keeps WebFinger to itself', async () => {
    proxy.faults.hidesWebFinger = true;
    await expectOnly('webfinger-missing');
  });

  test.for([-120_000, 120_000])('that its clock is %d ms away', async (skewMs) => {
    proxy.faults.skewMs = skewMs;
    await expectOnly('clock-skew');
  });

  test('that the name has no address', () =>
    expectOnly('dns-unresolved', { ORIGIN: 'http://nowhere.invalid' }));

  test('that nobody shows a certificate', async () => {
    const port = await testPort('127.0.0.1');
    const codes = wrong(await examined({ ORIGIN: `https://127.0.0.1:${port}` }));
    expect(codes).toEqual(['tls-unreachable', 'origin-unreachable']);
  });

  test('a certificate that nobody vouches for, that is over, or that ends soon', async ({ skip }) => {
    const certificates = await makeCertificates(server.dataDir);
    if (certificates === null) return skip();
    for (const [name, code] of [
      ['strange', 'tls-invalid'],
      ['over', 'tls-invalid'],
      ['soon', 'tls-expires'],
    ] as const) {
      const { key, cert } = certificates[name];
      const secure = createTlsServer({ key, cert }, (_req, res) => void res.writeHead(502).end());
      await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
      const { port } = secure.address() as AddressInfo;
      const env = {
        ...{ PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...variables },
        ORIGIN: `https://localhost:${port}`,
        ...(name === 'strange' ? {} : { NODE_EXTRA_CA_CERTS: certificates.authority }),
      };
      // The authorities that are believed are read once, when Node.js starts.
      const said = await promisify(execFile)(
        process.execPath,
        ['src/cli/main.ts', '--json', 'doctor', '--quiet'],
        { cwd: fileURLToPath(new URL('../../', import.meta.url)), env },
      ).catch((error: { stdout: string }) => error);
      secure.close();
      const rows: Finding[] = JSON.parse(said.stdout).rows;
      const found = rows.find((row) => row.code.startsWith('tls-'));
      expect([name, found?.code]).toEqual([name, code]);
      if (name === 'over') expect(found?.what).toMatch(/expired/i);
    }
  });

  test('that a production server speaks plain HTTP', () =>
    expectOnly('tls-missing', { VIREO_ENV: 'production', ALLOWED_PRIVATE_ADDRESSES: '' }));
});

describe('OP2 of what the server stands on doctor finds', { timeout: SLOW_MS }, () => {
  test('a Redis that forgets', async () => {
    const own = await startOwnRedis();
    onTestFinished(() => own.close());
    await redis(own.url, (client) => client.config('SET', 'maxmemory-policy', 'allkeys-lru'));
    await expectOnly('redis-evicts', { REDIS_URL: own.url });
    await own.kill();
    await expectOnly('redis-unreachable', { REDIS_URL: own.url });
  });

  test('a database that is away, one without our schema, and one without workers', async () => {
    const port = await testPort('127.0.0.1');
    const away = wrong(await examined({ DATABASE_URL: `postgres://vireo:secret@127.0.0.1:${port}/vireo` }));
    expect(away).toEqual(['postgres-unreachable']);
    const bare = await createTestDatabase({ name: 'bare', prepare: async () => undefined });
    onTestFinished(() => dropTestDatabase(bare));
    await expectOnly('migrations-pending', { DATABASE_URL: bare });
    // In that of the server, its worker says again and again that it lives.
    const silentWorker = await createTestDatabase();
    onTestFinished(() => dropTestDatabase(silentWorker));
    const worker = (values: string) =>
      query(silentWorker, `insert into workers (id, host, version, seen_at, queues) values ${values}`);
    await worker(`('x', 'x', '1', now() - interval '3 minutes', '{}')`);
    await expectOnly('no-worker', { DATABASE_URL: silentWorker });
    await worker(`('y', 'y', '1', now(), '{media}')`);
    await expectOnly('queue-unserved', { DATABASE_URL: silentWorker });
  });

  test('a PostgreSQL that is too old', async () => {
    const old = await createTestDatabase();
    onTestFinished(() => dropTestDatabase(old));
    const client = new pg.Client({ connectionString: old });
    await client.connect();
    // A real one that says of itself what an old one says.
    await client.query(
      `create function public.current_setting(text) returns text language sql as $$ select '13.4 (Debian)' $$`,
    );
    await client.query(
      `alter database ${new URL(old).pathname.slice(1)} set search_path = public, pg_catalog`,
    );
    await client.query(`insert into workers (id, host, version, queues) values ('x', 'x', '1', $1)`, [
      queueNames,
    ]);
    await client.end();
    await expectOnly('postgres-old', { DATABASE_URL: old });
  });

  test('a Redis that is too old', async () => {
    const old = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (sent) => {
        const info = '# Server\r\nredis_version:5.0.14\r\nmaxmemory_policy:noeviction\r\nloading:0\r\n';
        for (const [, command = ''] of String(sent).matchAll(/^\*\d+\r\n\$\d+\r\n(\w+)/gm))
          socket.write(command.toLowerCase() === 'info' ? `$${info.length}\r\n${info}\r\n` : '+OK\r\n');
      });
    });
    await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void old.close());
    const { port } = old.address() as AddressInfo;
    await expectOnly('redis-old', { REDIS_URL: `redis://127.0.0.1:${port}` });
  });

  test('a folder that is not there, and a disk that is nearly full', async ({ skip }) => {
    const found = async (dir: string) =>
      (await examined({ DATA_DIR: dir }))
        .map(({ code }) => code)
        .filter((code) => /^(?:data|disk)/.test(code));
    expect(await found('/dev/null/data')).toEqual(['data-not-writable']);
    const disk = await mountSmallDisk();
    if (disk === null) return skip();
    onTestFinished(() => disk.close());
    expect(await found(disk.directory)).toEqual(['disk']);
    await writeFile(join(disk.directory, 'filler'), Buffer.alloc(28 * 1024 * 1024));
    expect(await found(disk.directory)).toEqual(['disk-low']);
    await writeFile(join(disk.directory, 'more'), Buffer.alloc(3 * 1024 * 1024));
    expect(await found(disk.directory)).toEqual(['disk-full']);
  });

  test('backups that are late, and one that nobody ever tried', async () => {
    const { db } = server.context;
    onTestFinished(async () => {
      await db('backup_runs').delete();
    });
    const made = (hours: number) =>
      db('backup_runs').insert({
        ...{ kind: 'create', name: `b${hours}`, bytes: 1 },
        ...{ started_at: db.raw(`now() - make_interval(hours => ?)`, [hours]) },
        finished_at: db.raw(`now() - make_interval(hours => ?)`, [hours]),
      });
    await made(40);
    await expectOnly('backup-stale');
    await made(2);
    await expectOnly('backup-not-rehearsed');
    expect(wrong(await examined({ BACKUPS: 'off' }))).toEqual([]);
    await db('backup_runs').insert({ kind: 'rehearse', started_at: db.fn.now(), finished_at: db.fn.now() });
    expect(wrong(await examined())).toEqual([]);
  });

  test('an object storage that refuses', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'vireo-doctor-'));
    const s3 = await startS3(dir);
    onTestFinished(async () => {
      await s3.close();
      await rm(dir, { recursive: true, force: true });
    });
    const reached = { S3_ENDPOINT: s3.endpoint, S3_ACCESS_KEY: s3.accessKey, S3_SECRET_KEY: s3.secretKey };
    await expectOnly('storage-refused', { ...reached, S3_SECRET_KEY: 'wrong' });
    const codes = (await examined(reached)).map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['storage', 's3-range']));
  });

  test('an object storage that anybody may read, that knows no ranges and lets no page read', async () => {
    const objects = new Map<string, Buffer>();
    const open = createServer((req, res) => {
      const path = (req.url ?? '').replace(/\?.*/, '');
      const parts: Buffer[] = [];
      req.on('data', (part: Buffer) => parts.push(part));
      req.on('end', () => {
        if (req.method === 'PUT') objects.set(path, Buffer.concat(parts));
        if (req.method === 'DELETE') objects.delete(path);
        const found = objects.get(path);
        if (['GET', 'HEAD'].includes(req.method ?? '') && path.split('/').length > 2 && !found) {
          res.writeHead(404, { 'content-type': 'application/xml' });
          return res.end('<Error><Code>NoSuchKey</Code></Error>');
        }
        const body = req.method === 'POST' ? '<DeleteResult/>' : found;
        res.writeHead(200, {
          ...{ etag: '"0"', 'last-modified': new Date().toUTCString(), 'content-type': 'video/mp4' },
          ...(req.method === 'HEAD' ? { 'content-length': String(found?.length ?? 0) } : {}),
        });
        return res.end(req.method === 'HEAD' ? undefined : body);
      });
    });
    const port = await testPort('127.0.0.1');
    await new Promise<void>((resolve) => open.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void open.close());
    const keys = { S3_ACCESS_KEY: 'a', S3_SECRET_KEY: 'b' };
    const codes = wrong(await examined({ S3_ENDPOINT: `http://127.0.0.1:${port}`, ...keys }));
    expect(codes).toEqual(['s3-range', 's3-cors', 's3-public']);
  });

  test('a mail server that is not there, or that knows us not', async () => {
    const mail = await startMailServer({ login: { user: 'vireo', password: 'right' } });
    onTestFinished(() => mail.close());
    const told = {
      ...{ SMTP_HOST: '127.0.0.1', SMTP_TLS: 'none', MAIL_FROM: 'clips@video.example' },
      ...{ SMTP_PORT: String(mail.port), SMTP_USER: 'vireo', SMTP_PASSWORD: 'right' },
    };
    expect(wrong(await examined(told))).toEqual([]);
    await expectOnly('smtp-refused', { ...told, SMTP_PASSWORD: 'wrong' });
    await expectOnly('smtp-refused', { ...told, SMTP_PORT: String(await testPort('127.0.0.1')) });
  });

  test('a classifier that is not there, or that was of no help', async () => {
    const { db } = server.context;
    const there = { CLASSIFIER_URL: `${server.origin}/live` };
    expect(wrong(await examined(there))).toEqual([]);
    const gone = `http://127.0.0.1:${await testPort('127.0.0.1')}/`;
    await expectOnly('classifier-unreachable', { CLASSIFIER_URL: gone });
    await db('settings').insert({ name: 'CLASSIFIER_URL', value: gone });
    await expectOnly('classifier-unreachable');
    await db('settings').delete();
    const author = await createPeople(server).signedIn('author');
    const video_id = await createVideoFactory(server.context).video(author.account);
    const failed = { id: 1, state: 'failed', failure: 'The classifier answered with status 401.' };
    await db('classifier_verdicts').insert({ ...failed, video_id });
    await expectOnly('classifier-failing', there);
    await db('classifier_verdicts').delete();
  });

  test('an ffmpeg that is not there, or is known to be bad', async () => {
    await expectOnly('ffmpeg-missing', { FFMPEG_PATH: '/nowhere/ffmpeg' });
    const old = join(server.dataDir, 'old-ffmpeg');
    await writeFile(
      old,
      `#!/bin/sh\nif [ "$1" = -version ]; then echo 'ffmpeg version 6.1.1 Copyright'; else exec ffmpeg "$@"; fi\n`,
    );
    await chmod(old, 0o755);
    await expectOnly('ffmpeg-known-bad', { FFMPEG_PATH: old });
  });
});

test.for([
  ['4.3.9', true],
  ['4.4.5', false],
  ['5.0.3', true],
  ['5.1.9', false],
  ['6.1.1', true],
  ['n7.1', true],
  ['7.1.1', false],
  ['8.0', false],
  ['N-118', false],
  ['3.4.13', true],
] as const)('ffmpeg %s is known to be bad: %s', ([version, isBad]) => {
  expect(isKnownBad(version)).toBe(isBad);
});

test('the command ends with 1 where something is broken, and prints JSON', { timeout: SLOW_MS }, async () => {
  const run = async (...args: string[]) => {
    let stdout = '';
    const write = (text: string) => {
      stdout += text;
      return true;
    };
    const around = { env: variables, stdout: { write }, stderr: { write: () => true } } as Surroundings;
    return { code: await vireo(args, around), stdout };
  };
  const well = await run('--json', 'doctor');
  expect([well.code, JSON.parse(well.stdout).ok]).toEqual([0, true]);
  proxy.faults.hidesWebFinger = true;
  const ill = await run('--json', 'doctor', '--quiet');
  expect(ill.code).toBe(1);
  expect(JSON.parse(ill.stdout).rows).toContainEqual(
    expect.objectContaining({ code: 'webfinger-missing', level: 'fault', fix: expect.stringMatching(/\.$/) }),
  );
});
