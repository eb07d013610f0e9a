import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PROGRAMS = { nginx: 'nginx-light', wrk: 'wrk' } as const;
/** Times of processes come in these, whatever the machine (proc(5)). */
const TICKS_A_SECOND = 100;

/**
 * Makes sure that these programs are there: Debian's packages of them, where this process may install any.
 * Null, or why they are not there.
 */
export async function ensurePrograms(names: readonly (keyof typeof PROGRAMS)[]): Promise<string | null> {
  const missing = [];
  for (const name of names) if (!(await isThere(name))) missing.push(PROGRAMS[name]);
  if (missing.length === 0) return null;
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0) return `Run: sudo ${command}`;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const [program = '', ...args] = `${command} -o DPkg::Lock::Timeout=300`.split(' ');
  try {
    await run('apt-get', ['update', '-qq'], { env });
    await run(program, args, { env });
    return null;
  } catch (error) {
    return `${command} failed: ${error instanceof Error ? error.message.slice(-500) : error}`;
  }
}

async function isThere(name: string): Promise<boolean> {
  return run('sh', ['-c', `command -v ${name} || test -x /usr/sbin/${name}`]).then(
    () => true,
    () => false,
  );
}

export interface Nginx {
  /** Of its one worker, so far. */
  cpuSeconds(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts nginx on loopback with one worker and `server` as the inside of its only server block. */
export async function startNginx(port: number, server: string, directory: string): Promise<Nginx> {
  const own = await mkdtemp(join(directory, 'nginx-'));
  const config = join(own, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${own}/${name};`,
  );
  await writeFile(
    config,
    `daemon off; worker_processes 1; pid ${own}/nginx.pid; error_log ${own}/error.log;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 512; }
http {
  ${temporary.join(' ')}
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
  types { video/mp4 mp4; image/jpeg jpg; application/vnd.apple.mpegurl m3u8; }
  server { listen 127.0.0.1:${port}; ${server} }
}
`,
  );
  const child = spawn('nginx', ['-c', config, '-p', own], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
  });
  const exited = once(child, 'exit');
  while (!(await answers(port))) {
    if (child.exitCode !== null)
      throw new Error(`nginx did not start: ${await readFile(join(own, 'error.log'), 'utf8')}`);
    await pause(20);
  }
  return {
    async cpuSeconds() {
      const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
      const fields = (await readFile(`/proc/${children.trim().split(' ')[0]}/stat`, 'utf8'))
        .split(') ')[1]
        ?.split(' ');
      return (Number(fields?.[11]) + Number(fields?.[12])) / TICKS_A_SECOND;
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
      await rm(own, { recursive: true, force: true });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/', agent: false }, (response) => {
      response.resume();
      resolve(true);
    }).on('error', () => resolve(false));
  });
}
