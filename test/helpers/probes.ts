import { spawnSync } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';

const isLinux = process.platform === 'linux';

/** Rows of one statement, on a connection of its own. */
export async function query(url: string | undefined, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** What `use` finds in a Redis. */
export async function redis<T>(url: string | undefined, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url ?? '', { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}

/** Command lines of all running processes that mention a path or work in it. */
export async function processesOn(path: string): Promise<string[]> {
  if (!isLinux) {
    const lines = spawnSync('ps', ['-axo', 'command='], { encoding: 'utf8' }).stdout.split('\n');
    return lines.filter((line) => line.includes(path));
  }
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    if (line !== '' && (line.includes(path) || cwd.startsWith(path))) found.push(line.replaceAll('\0', ' '));
  }
  return found;
}

/** Program and arguments of the process that was told about a folder. */
export async function programOn(folder: string): Promise<string[]> {
  const pidFile = folder.endsWith('redis') ? 'redis.pid' : 'postmaster.pid';
  const pid = Number.parseInt(await readFile(join(folder, pidFile), 'utf8'), 10);
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1);
}

/** Kills without warning what works in a folder, whose program matches and which was told about `task`; says how many there were. */
export async function killProcesses(folder: string, program: RegExp, task = ''): Promise<number> {
  let killed = 0;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [command = '', ...args] = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split(
      '\0',
    );
    if (!program.test(command)) continue;
    if (![folder, task].every((word) => args.some((arg) => arg.includes(word)))) continue;
    try {
      process.kill(Number(pid), 'SIGKILL');
      killed += 1;
    } catch {
      // It has just ended by itself.
    }
  }
  return killed;
}
