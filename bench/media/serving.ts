import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { mediaKey } from '../../media/keys.ts';
import { createFileStorage } from '../../media/storage/files.ts';
import { sha256 } from '../../src/lib/crypto.ts';
import { freePort } from '../../src/setup/demo/instance.ts';
import { type Part, startPart } from '../federation/part.ts';
import type { Bench, Measurement } from '../measurement.ts';
import { HOST, type Stack, serverEnv, withStack } from '../server.ts';
import { ensurePrograms, startNginx } from './nginx.ts';

const run = promisify(execFile);
const CONNECTIONS = 16;
/** Of each server, in turns: the machine is not the same from one moment to the next. */
const ROUNDS = 3;
const ROUND_SECONDS = 3;
const FILE_BYTES = 30 * 1024 * 1024;
const OWNER = '7';
/** Pieces of a rendition as players ask for them: two seconds of the higher rungs, and one fragment of a low one. */
const RANGES = { '500 kB': 500_000, '60 kB': 60_000 } as const;

interface Served {
  readonly url: string;
  cpuSeconds(): Promise<number>;
}

interface Totals {
  requests: number;
  wallSeconds: number;
  cpuSeconds: number;
}

/**
 * Byte ranges of a file that is asked for often, from a web process of Vireo as it runs in production, against
 * nginx with sendfile and one worker, on the same file and the same ranges; the load comes from wrk.
 */
export const mediaServing: Bench = async () => {
  const missing = await ensurePrograms(['nginx', 'wrk']);
  if (missing) throw new Error(`This benchmark needs nginx and wrk. ${missing}`);
  return withStack(async (stack) => {
    const { dir, databaseUrl } = stack;
    const running: { stop(): Promise<void> }[] = [];
    try {
      const [port, nginxPort] = [await freePort(HOST), await freePort(HOST)];
      const vireo = await startVireo(stack, port);
      running.push(vireo);
      const root = join(dir, 'server', 'media');
      const key = await addVideo(root, databaseUrl);
      const nginx = await startNginx(nginxPort, `root ${root};`, dir);
      running.push(nginx);
      return await compare(
        { url: `http://${HOST}:${port}/${key}`, cpuSeconds: async () => (await vireo.usage()).cpuSeconds },
        { url: `http://${HOST}:${nginxPort}/${key}`, cpuSeconds: () => nginx.cpuSeconds() },
        dir,
      );
    } finally {
      for (const part of running.reverse()) await part.stop();
    }
  });
};

async function compare(vireo: Served, nginx: Served, dir: string): Promise<Measurement[]> {
  const found: Measurement[] = [];
  for (const [name, bytes] of Object.entries(RANGES)) {
    const script = join(dir, `range-${bytes}.lua`);
    await writeFile(script, rangesScript(bytes));
    for (const server of [vireo, nginx]) await fire(server, script, 1);
    const ours = { requests: 0, wallSeconds: 0, cpuSeconds: 0 };
    const theirs = { ...ours };
    for (let round = 0; round < ROUNDS; round += 1) {
      add(ours, await fire(vireo, script, ROUND_SECONDS));
      add(theirs, await fire(nginx, script, ROUND_SECONDS));
    }
    found.push({
      ...{ metric: `ranges of ${name}`, unit: 'a second', goal: 0.8 },
      ...{ value: ours.requests / ours.wallSeconds, baseline: theirs.requests / theirs.wallSeconds },
    });
    const cost = ({ cpuSeconds, requests }: Totals) => (1_000 * cpuSeconds) / requests;
    found.push({
      ...{ metric: `1000 of ${name}`, unit: 'CPU-seconds', goal: 2, lessIsBetter: true },
      ...{ value: cost(ours), baseline: cost(theirs) },
    });
  }
  return found;
}

function add(sum: Totals, more: Totals): void {
  sum.requests += more.requests;
  sum.wallSeconds += more.wallSeconds;
  sum.cpuSeconds += more.cpuSeconds;
}

/** Other ranges in each request, the same ones for each server. */
function rangesScript(bytes: number): string {
  return `local at = 0
request = function()
  at = (at + 1234567) % ${FILE_BYTES - bytes}
  return wrk.format("GET", nil, { Range = "bytes=" .. at .. "-" .. (at + ${bytes - 1}) })
end
response = function(status) if status ~= 206 then os.exit(1) end end
done = function(summary)
  local e = summary.errors
  io.write("RESULT ", summary.requests, " ", summary.duration, " ", e.connect + e.read + e.write + e.status + e.timeout, " ", summary.bytes, "\\n")
end
`;
}

async function fire(server: Served, script: string, seconds: number): Promise<Totals> {
  const before = await server.cpuSeconds();
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '-s', script, server.url];
  const { stdout } = await run('wrk', args);
  const [, requests, microseconds, errors] = /^RESULT (\d+) (\d+) (\d+)/m.exec(stdout) ?? [];
  if (requests === undefined || errors !== '0') throw new Error(`wrk failed: ${stdout}`);
  return {
    requests: Number(requests),
    wallSeconds: Number(microseconds) / 1_000_000,
    cpuSeconds: (await server.cpuSeconds()) - before,
  };
}

async function startVireo(stack: Stack, port: number): Promise<Part> {
  await mkdir(join(stack.dir, 'server'));
  const vireo = await startPart('vireo.ts', serverEnv(stack, port));
  await vireo.ask('seed', { actors: [], publicKeyPem: '' });
  return vireo;
}

/** A public video with one large object; gives the key of that. */
async function addVideo(root: string, databaseUrl: string): Promise<string> {
  const bytes = randomBytes(FILE_BYTES);
  const key = mediaKey(OWNER, sha256(bytes).toString('hex'), '720-cmaf.mp4');
  await createFileStorage({ root }).putBytes(key, bytes, { contentType: 'video/mp4' });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `insert into videos (id, account_id, local, uri, url, state, visibility, media_state)
       select $1, id, true, 'bench', 'bench', 'published', 'public', 'ready' from accounts
        where domain = '' and username_key = 'owner'`,
      [OWNER],
    );
  } finally {
    await client.end();
  }
  return key;
}
