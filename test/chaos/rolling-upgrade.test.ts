import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrationNames } from '../../src/db/migrate.ts';
import { type Client, signIn, signUp, until } from '../../src/setup/demo/client.ts';
import { type Instance, startInstance } from '../../src/setup/demo/instance.ts';
import { eventually, IN_THIS_DATABASE } from '../helpers/chaos.ts';
import { clip } from '../helpers/media-samples.ts';
import { query } from '../helpers/probes.ts';
import { testVariables } from '../helpers/server.ts';
import { createTestDatabase, dropTestDatabase, testPort } from '../helpers/stack.ts';

const SLOW_MS = 240_000;
const HOST = '127.0.0.2';
const root = fileURLToPath(new URL('../../', import.meta.url));

/** The version before this one. To be set to the tag of the last release whenever one is made (docs/upgrading.md). */
const PREVIOUS = 'a08d9116f3b23872fa2645d7ddbbe553b115ff3d';
/** A clone without history has no older version to try. */
const isThere = (() => {
  try {
    execFileSync('git', ['cat-file', '-e', `${PREVIOUS}^{commit}`], { cwd: root, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

let directory: string;
let databaseUrl: string;
let variables: Record<string, string>;
const instances: Instance[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-upgrade-'));
  databaseUrl = await createTestDatabase({ name: 'empty', prepare: async () => undefined });
});

afterAll(async () => {
  for (const instance of instances) await instance.kill();
  await dropTestDatabase(databaseUrl);
  await rm(directory, { recursive: true, force: true });
});

/** The sources of the version before, with the packages of this one. */
async function previousVersion(): Promise<string> {
  const folder = join(directory, 'previous');
  await mkdir(folder);
  const tar = join(directory, 'previous.tar');
  const wanted = ['src', 'config', 'federation', 'media', 'migrations', 'package.json'];
  await promisify(execFile)('git', ['archive', '-o', tar, PREVIOUS, ...wanted], { cwd: root });
  await promisify(execFile)('tar', ['xf', tar, '-C', folder]);
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, 'src/main.ts');
}

async function start(name: string, options: { port?: number; program?: string } = {}): Promise<Instance> {
  const port = options.port ?? (await testPort(HOST));
  const instance = await startInstance({
    ...{
      host: HOST,
      port,
      variables: { ...variables, PORT: String(port) },
      dataDir: join(directory, 'data'),
    },
    ...{ logFile: join(directory, `${name}.log`), ...(options.program && { program: options.program }) },
  });
  instances.push(instance);
  return instance;
}

/** People who read and write at one process; what went wrong is noted. */
function startLoad(origin: string, people: readonly Client[], videoId: string, authorId: string) {
  const failures: string[] = [];
  let [done, stopping] = [0, false];
  const ask = async (one: Client, method: 'GET' | 'POST', path: string, body?: object) => {
    const answer = await fetch(new URL(path, origin), {
      method,
      headers: { Authorization: `Bearer ${one.token}`, 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    }).catch((error) => ({ ok: false, status: 0, text: async () => String(error) }));
    const text = await answer.text();
    // Told to slow down is no error.
    if (answer.ok) done += 1;
    else if (answer.status !== 429)
      failures.push(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
  };
  const live = async (one: Client) => {
    for (let round = 0; !stopping; round += 1) {
      await ask(one, 'POST', '/api/v1/statuses', { status: `Round ${round}`, in_reply_to_id: videoId });
      await ask(one, 'POST', `/api/v1/statuses/${videoId}/${round % 2 ? 'unfavourite' : 'favourite'}`);
      await ask(one, 'POST', `/api/v1/accounts/${authorId}/${round % 2 ? 'unfollow' : 'follow'}`);
      for (const path of [
        'timelines/home',
        `statuses/${videoId}/context`,
        'notifications',
        `accounts/${authorId}`,
      ])
        await ask(one, 'GET', `/api/v1/${path}`);
      await ask(one, 'GET', '/api/v2/search?q=alice');
      await ask(one, 'GET', '/health');
    }
  };
  const running = Promise.all(people.map(live));
  return {
    failures,
    done: () => done,
    async stop() {
      stopping = true;
      await running;
    },
  };
}

async function published(client: Client, path: string): Promise<string> {
  const id = await client.upload(path, { filename: 'clip.mp4', caption: 'A clip' });
  await until(
    'the clip is published',
    async () => (await client.processing(id)).state === 'published',
    SLOW_MS,
  );
  return id;
}

/** What a process had to say, for whoever looks for what went wrong. */
const logOf = async (name: string) => (await readFile(join(directory, `${name}.log`), 'utf8')).slice(-5_000);

const applied = async () =>
  (await query(databaseUrl, 'select name from migrations order by id')).map(
    (row) => (row as { name: string }).name,
  );

test.skipIf(!isThere)(
  'OP8 the version before and this one serve together on the new schema, also where its migrations were cut off',
  { timeout: 2 * SLOW_MS },
  async () => {
    const port = await testPort(HOST);
    variables = {
      ...(await testVariables(HOST, port)),
      DATABASE_URL: databaseUrl,
      ROLE: 'all',
      LOG_LEVEL: 'error',
    };
    const program = await previousVersion();
    const before = await start('previous', { port, program });
    const known = await applied();
    const added = (await migrationNames()).filter((name) => !known.includes(name));
    expect(added.length, 'this version has migrations of its own').toBeGreaterThan(0);
    const people: Client[] = [];
    for (const name of ['alice', 'bob', 'carol'])
      people.push(await signUp(before.origin, name, 'a long password'));
    const [alice, ...readers] = people as [Client, ...Client[]];
    const small = await clip(directory, 'small.mp4', { seconds: 1, size: '180x320' });
    const videoId = await published(alice, small);
    const old = startLoad(before.origin, readers, videoId, alice.account.id);

    // The new version is killed in the middle of a migration.
    const holder = new pg.Client({ connectionString: databaseUrl });
    await holder.connect();
    await holder.query('begin');
    await holder.query('lock table migrations in share mode');
    const killed = spawn(process.execPath, [join(root, 'src/main.ts')], {
      stdio: 'ignore',
      env: {
        PATH: process.env.PATH,
        ...variables,
        PORT: String(await testPort(HOST)),
        DATA_DIR: join(directory, 'data'),
      },
    });
    const gone = once(killed, 'exit');
    await eventually('it is at its first migration', async () => {
      const waiting = await query(
        databaseUrl,
        `select 1 from pg_locks where relation = 'migrations'::regclass and not granted and ${IN_THIS_DATABASE}`,
      );
      return waiting.length > 0;
    });
    killed.kill('SIGKILL');
    await gone;
    await holder.query('commit');
    await holder.end();

    const after = await start('this');
    expect((await applied()).filter((name) => !known.includes(name))).toEqual(added);
    const fresh = startLoad(after.origin, readers, videoId, alice.account.id);
    const [oldDone, newDone] = [old.done(), fresh.done()];
    await eventually('both serve', () => old.done() > oldDone + 150 && fresh.done() > newDone + 150, SLOW_MS);
    // What is uploaded to the one, a worker of either makes ready.
    await published(alice, small);
    await published(await signIn(after.origin, 'alice', 'a long password'), small);
    await old.stop();
    await fresh.stop();
    expect(old.failures, await logOf('previous')).toEqual([]);
    expect(fresh.failures, await logOf('this')).toEqual([]);
    expect(await query(databaseUrl, `select name, last_error from jobs where state = 'dead'`)).toEqual([]);
  },
);
