import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import {
  type EmbeddedOptions,
  type EmbeddedStack,
  findRunningStack,
  startEmbedded,
} from '../../src/embedded/index.ts';
import { createLogger } from '../../src/lib/log.ts';
import { processesOn, programOn, query, redis } from '../helpers/probes.ts';

const OWNER = new URL('../helpers/embedded-owner.ts', import.meta.url).pathname;
const hasSetpriv = spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0;
const isRoot = process.getuid?.() === 0;

describe('the embedded stack', () => {
  let root: string;
  let dataDir: string;
  let systemDir: string;
  const owners: ChildProcess[] = [];
  const stacks: EmbeddedStack[] = [];

  beforeEach(async () => {
    root = await mkdtemp(join(inject('databaseDir'), 'vireo-embedded-'));
    await chmod(root, 0o711);
    dataDir = join(root, 'data folder');
    systemDir = join(root, 'system');
  });

  afterEach(async () => {
    for (const owner of owners.splice(0)) owner.kill('SIGKILL');
    for (const stack of stacks.splice(0)) await stack.stop();
    await vi.waitFor(async () => expect(await processesOn(root)).toEqual([]), 30_000);
    await rm(root, { recursive: true, force: true });
  });

  async function start(options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedStack> {
    const outcome = await tryStart(options);
    if (!outcome.ok) throw new Error(outcome.detail);
    stacks.push(outcome.stack);
    return outcome.stack;
  }

  function tryStart(options: Partial<EmbeddedOptions> = {}) {
    return startEmbedded({
      ...{ dataDir, systemDir, postgres: true, redis: true, redisServerPath: 'redis-server' },
      ...{ log: createLogger('silent'), lockWaitMs: 0, unsafeFast: true },
      ...options,
    });
  }

  /** A process that owns the stack; `ready` resolves with what it printed. */
  function spawnOwner(user?: { uid: number; gid: number }) {
    const owner = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', OWNER, dataDir, systemDir],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        detached: true,
        ...user,
      },
    );
    owners.push(owner);
    const ready = once(createInterface(owner.stdout), 'line').then(([line]) => JSON.parse(String(line)));
    return { owner, ready, exit: once(owner, 'exit') };
  }

  async function killOwner({ owner, exit }: ReturnType<typeof spawnOwner>): Promise<void> {
    owner.kill('SIGKILL');
    await exit;
  }

  test('keeps rows and keys from one run to the next and leaves no process behind', async () => {
    const first = await start();
    await query(first.databaseUrl, 'create table notes (body text)');
    await query(first.databaseUrl, "insert into notes values ('kept')");
    await redis(first.redisUrl, (client) => client.set('key', 'kept'));
    await first.stop();
    expect(await processesOn(root)).toEqual([]);

    const second = await start();
    expect(await query(second.databaseUrl, 'select body from notes')).toEqual([{ body: 'kept' }]);
    expect(await redis(second.redisUrl, (client) => client.get('key'))).toBe('kept');
  });

  test('sets the cluster up for a server that must not lose data', async () => {
    const { databaseUrl, adminDatabaseUrl, redisUrl } = await start({ unsafeFast: false });
    expect(await query(adminDatabaseUrl, 'show unix_socket_directories')).toEqual([
      { unix_socket_directories: '' },
    ]);
    expect(
      await query(
        databaseUrl,
        `select current_user as role, current_database() as name, current_setting('fsync') as fsync,
          current_setting('synchronous_commit') as commit, current_setting('full_page_writes') as pages,
          current_setting('data_checksums') as checksums, current_setting('server_encoding') as encoding,
          current_setting('listen_addresses') as addresses,
          (select rolsuper from pg_roles where rolname = current_user) as superuser,
          ('Z' < 'a') and (lower('ÄÖ') = 'äö') as sorted`,
      ),
    ).toEqual([
      {
        ...{ role: 'vireo', name: 'vireo', superuser: false, encoding: 'UTF8', sorted: true },
        ...{ fsync: 'on', commit: 'on', pages: 'on', checksums: 'on', addresses: '127.0.0.1' },
      },
    ]);
    const extensions = ['pg_trgm', 'unaccent', 'citext'];
    for (const name of extensions) await query(databaseUrl, `create extension ${name}`);
    const settings = await redis(redisUrl, (client) =>
      client.config('GET', 'appendonly', 'appendfsync', 'maxmemory-policy', 'bind'),
    );
    expect(settings).toEqual(
      expect.arrayContaining(['appendonly', 'yes', 'everysec', 'noeviction', 'bind', '127.0.0.1']),
    );
  });

  test('asks for the password, and shows it to no other user', async () => {
    const { databaseUrl = '', redisUrl = '' } = await start();
    const stranger = Object.assign(new URL(databaseUrl), { password: 'guess' });
    await expect(query(stranger.href, 'select 1')).rejects.toThrow('password authentication failed');
    const anonymous = Object.assign(new URL(redisUrl), { password: '' });
    await expect(redis(anonymous.href, (client) => client.get('key'))).rejects.toThrow();
    for (const name of [
      'secrets/redis',
      'secrets/postgres',
      'secrets/postgres-admin',
      'embedded.json',
      'redis/redis.conf',
    ]) {
      expect((await stat(join(dataDir, name))).mode & 0o777, name).toBe(0o600);
    }
    const secret = new URL(redisUrl).password;
    expect((await processesOn(root)).join('\n')).not.toContain(secret);
  });

  test('after kill -9 of its owner keeps what was committed and runs no orphan', async () => {
    const doomed = spawnOwner();
    const { databaseUrl, redisUrl, ok } = await doomed.ready;
    expect(ok).toBe(true);
    await query(databaseUrl, 'create table notes (body text)');
    await redis(redisUrl, (client) => client.set('key', 'kept'));
    await query(databaseUrl, "insert into notes values ('committed')");
    await killOwner(doomed);

    const next = await start();
    expect(await query(next.databaseUrl, 'select body from notes')).toEqual([{ body: 'committed' }]);
    expect(await redis(next.redisUrl, (client) => client.get('key'))).toBe('kept');
    // A child that PostgreSQL or Redis has just forked looks like its parent for a moment.
    const programs = async () => (await processesOn(root)).filter((line) => / -D |redis\.conf/.test(line));
    await vi.waitFor(async () => expect(await programs()).toHaveLength(2), 10_000);
  });

  test('recovers when PostgreSQL itself was killed with its owner', async () => {
    const doomed = spawnOwner();
    const { databaseUrl } = await doomed.ready;
    await query(databaseUrl, 'create table notes (body text)');
    await query(databaseUrl, "insert into notes values ('committed')");
    const pid = Number.parseInt(await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10);
    process.kill(pid, 'SIGKILL');
    await killOwner(doomed);
    const next = await start();
    expect(await query(next.databaseUrl, 'select body from notes')).toEqual([{ body: 'committed' }]);
  });

  test('stops the children that a predecessor left running, then goes on', async () => {
    const before = await start();
    const programs = await Promise.all(
      ['postgres', 'redis'].map((folder) => programOn(join(dataDir, folder))),
    );
    const owner = await stat(join(dataDir, 'postgres'));
    const user = isRoot ? { uid: owner.uid, gid: owner.gid } : {};
    await before.stop();
    const orphans = programs.map(([command = '', ...args]) =>
      spawn(command, args, { detached: true, stdio: 'ignore', cwd: '/', ...user }),
    );
    await vi.waitFor(
      () => Promise.all([readdirHas('postgres', 'postmaster.pid'), readdirHas('redis', 'redis.pid')]),
      10_000,
    );
    const ends = orphans.map((orphan) => once(orphan, 'exit'));

    const next = await start();
    expect(await Promise.all(ends)).toEqual([
      [0, null],
      [0, null],
    ]);
    expect(await query(next.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test.runIf(hasSetpriv)('dies with a killed owner, where the kernel offers that', async () => {
    const doomed = spawnOwner();
    await doomed.ready;
    await killOwner(doomed);
    await vi.waitFor(async () => expect(await processesOn(root)).toEqual([]), 20_000);
  });

  test('does not hear Ctrl-C of a terminal', async () => {
    const { owner, ready } = spawnOwner();
    const { databaseUrl, redisUrl } = await ready;
    process.kill(-(owner.pid ?? 0), 'SIGINT');
    expect(await query(databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await redis(redisUrl, (client) => client.ping())).toBe('PONG');
  });

  test('lets one of two simultaneous starts in, and tells the other who is there', async () => {
    const both = [spawnOwner(), spawnOwner()];
    const answers = await Promise.all(both.map((one) => one.ready));
    const [winner, loser] = answers[0].ok ? [both[0], answers[1]] : [both[1], answers[0]];
    expect(answers.map((answer) => answer.ok).sort()).toEqual([false, true]);
    expect(loser.reason).toBe('data-in-use');
    expect(await tryStart()).toMatchObject({ ok: false, reason: 'data-in-use' });
    expect(loser.detail).toContain(`is in use by process ${winner?.owner.pid}`);
  });

  test('waits for a predecessor that is stopping', async () => {
    const predecessor = spawnOwner();
    await predecessor.ready;
    const next = start({ lockWaitMs: 30_000 });
    predecessor.owner.kill('SIGTERM');
    expect(await query((await next).databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('tells commands beside a running server its addresses, and nothing when it is gone', async () => {
    const owner = spawnOwner();
    const { databaseUrl, redisUrl } = await owner.ready;
    expect(await findRunningStack(dataDir)).toEqual({ databaseUrl, redisUrl });
    await killOwner(owner);
    expect(await findRunningStack(dataDir)).toBeUndefined();
    expect(await tryStart({ redisServerPath: '/nowhere' })).toMatchObject({ ok: false });
    expect(await readdir(dataDir)).not.toContain('embedded.json');
  });

  test('redoes a first start that was killed half way', async () => {
    const doomed = spawnOwner();
    await vi.waitFor(async () => expect((await readdir(dataDir)).join()).toContain('postgres.new-'), {
      timeout: 20_000,
      interval: 5,
    });
    await killOwner(doomed);
    expect(await readdir(dataDir)).not.toContain('postgres');

    const next = await start();
    expect(await query(next.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect((await readdir(dataDir)).join()).not.toContain('postgres.new-');
  });

  test('never overwrites a folder that it did not make', async () => {
    await mkdir(join(dataDir, 'postgres'), { recursive: true });
    await writeFile(join(dataDir, 'postgres', 'precious'), 'x');
    expect(await tryStart()).toMatchObject({ ok: false, reason: 'foreign-data' });
    expect(await readdir(join(dataDir, 'postgres'))).toEqual(['precious']);
    expect(await processesOn(root)).toEqual([]);
  });

  test('refuses data of another major version', async () => {
    const stack = await start({ redis: false });
    await stack.stop();
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '17\n');
    expect(await tryStart({ redis: false })).toMatchObject({ ok: false, reason: 'wrong-version' });
  });

  test('tells what is missing, and leaves the data folder free', async () => {
    expect(await tryStart({ redisServerPath: '/nowhere/redis-server' })).toMatchObject({
      ok: false,
      reason: 'no-redis',
      detail: expect.stringContaining('REDIS_URL'),
    });
    await start();
  });

  test('reports a part that ends by itself, and none that was asked to', async () => {
    const ended: string[] = [];
    const stack = await start({ onExit: (part) => ended.push(part) });
    const pid = Number.parseInt(await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10);
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(ended).toEqual(['postgres']), 10_000);
    await stack.stop();
    expect(ended).toEqual(['postgres']);
  });

  test('does not take the owner of a reused process number for its predecessor', async () => {
    const stack = await start({ redis: false });
    await stack.stop();
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore', ...(isRoot && (await ownerOf('postgres'))) });
    onTestFinished(() => void stranger.kill('SIGKILL'));
    await once(stranger, 'spawn');
    await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), `${stranger.pid}\n`);
    await start({ redis: false });
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  });

  describe.runIf(isRoot)('as root', () => {
    test('runs both parts as an unprivileged user', async () => {
      await start();
      expect((await ownerOf('postgres')).uid).not.toBe(0);
      expect((await ownerOf('redis')).uid).not.toBe(0);
    });

    test('below a folder that only root may pass, keeps the data elsewhere and finds them again', async () => {
      await chmod(root, 0o700);
      systemDir = join(await mkdtemp(join(inject('databaseDir'), 'vireo-embedded-system-')), 'vireo');
      const parent = join(systemDir, '..');
      await chmod(parent, 0o711);
      onTestFinished(() => rm(parent, { recursive: true, force: true }));
      const first = await start();
      await query(first.databaseUrl, 'create table notes (body text)');
      await first.stop();
      expect(await readdir(dataDir)).not.toContain('postgres');

      const second = await start();
      expect(await query(second.databaseUrl, 'select count(*)::int as rows from notes')).toEqual([
        { rows: 0 },
      ]);
      await second.stop();

      const copy = join(root, 'copy');
      await mkdir(copy);
      await writeFile(join(copy, 'embedded-home'), await readFile(join(dataDir, 'embedded-home')));
      expect(await tryStart({ dataDir: copy })).toMatchObject({ ok: false, reason: 'data-elsewhere' });
      const moved = join(root, 'moved');
      expect(spawnSync('mv', [dataDir, moved]).status).toBe(0);
      const third = await start({ dataDir: moved });
      expect(await query(third.databaseUrl, 'select count(*)::int as rows from notes')).toEqual([
        { rows: 0 },
      ]);
      await third.stop();

      const [home = ''] = await readdir(systemDir);
      await rm(join(systemDir, home), { recursive: true });
      expect(await tryStart({ dataDir: moved })).toMatchObject({ ok: false, reason: 'data-elsewhere' });
    });

    test('started by another user runs as that user', async ({ skip }) => {
      const nobody = { uid: 65_534, gid: 65_534 };
      const readable = spawnSync(
        '/bin/sh',
        ['-c', '"$0" --version && cat "$1"', process.execPath, OWNER],
        nobody,
      );
      if (readable.status !== 0) skip('the sources are not readable for other users');
      await mkdir(dataDir);
      await chown(dataDir, nobody.uid, nobody.gid);
      const owner = spawnOwner(nobody);
      const { databaseUrl, ok } = await owner.ready;
      expect(ok).toBe(true);
      expect(await query(databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
      expect((await ownerOf('postgres')).uid).toBe(nobody.uid);
    });
  });

  async function readdirHas(folder: string, name: string): Promise<void> {
    expect(await readdir(join(dataDir, folder))).toContain(name);
  }

  async function ownerOf(folder: string): Promise<{ uid: number; gid: number }> {
    const { uid, gid } = await stat(join(dataDir, folder));
    return { uid, gid };
  }
});
