import { type ChildProcess, fork } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaspId } from '../../src/lib/ids.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { jobRun } from './job-run.ts';
import type { TestServer } from './server.ts';

/** What the process of a provider is told when it starts. */
export interface ProviderFacts {
  readonly address: string;
  /** 0: any. */
  readonly port: number;
  readonly baseUrl: string;
  /** PEM. */
  readonly privateKey: string;
  readonly faspId: string;
  /** By which the server signs, its key (DER in base64), and where it listens to providers. */
  readonly serverId: string;
  readonly serverKey: string;
  readonly ownUrl: string;
  /** File of what it got, a line for each request. */
  readonly log: string;
  /** Bodies by path; others are 204. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** From which request for this path on it does not answer. */
  readonly hang?: { readonly path: string; readonly from: number };
  readonly calls?: boolean;
}

const HEAD = Buffer.from('302a300506032b6570032100', 'hex');
const SERVER_ID = 'b2ks6vm8p23w';

/** An accepted provider that runs as a process of its own: killed, it is gone in the middle of whatever it did; it starts again as the same one. */
export async function startKillableFasp(
  server: TestServer,
  {
    address,
    directory,
    capabilities,
  }: { readonly address: string; readonly directory: string; readonly capabilities: readonly string[] },
) {
  const { context, origin } = server;
  const pair = generateKeyPairSync('ed25519');
  const log = join(directory, 'provider.jsonl');
  const info = {
    name: 'Finder',
    privacyPolicy: [],
    capabilities: capabilities.map((id) => ({ id, version: '0.1' })),
  };
  let facts: ProviderFacts = {
    ...{ address, port: 0, baseUrl: '', faspId: '', serverId: SERVER_ID, serverKey: '', log },
    privateKey: String(pair.privateKey.export({ format: 'pem', type: 'pkcs8' })),
    ownUrl: `${origin}/fasp`,
    answers: { '/provider_info': info },
  };
  let child: ChildProcess | null = null;

  async function start(more: Partial<Pick<ProviderFacts, 'hang' | 'calls' | 'answers'>> = {}): Promise<void> {
    const told = { ...facts, ...more, answers: { ...facts.answers, ...more.answers } };
    child = fork(new URL('./fasp-process.ts', import.meta.url), {
      env: { ...process.env, FASP: JSON.stringify(told), NODE_OPTIONS: '' },
      execArgv: [],
    });
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    facts = { ...facts, port, baseUrl: `http://${address}:${port}` };
  }
  async function kill(): Promise<void> {
    if (!child) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    child = null;
  }
  async function run(name: 'fasp.sync' | 'fasp.tell' | 'fasp.trends'): Promise<Date | null> {
    const finish = await context.handlers[name]({ providerId: facts.faspId as FaspId }, jobRun());
    return finish ? context.inTx(finish) : null;
  }

  // Its address is known once it listens, and the key of the server once it has registered: then it starts as what it is.
  await start();
  const publicKey = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
  const registered = await fetch(`${origin}/fasp/registration`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Finder', baseUrl: facts.baseUrl, serverId: SERVER_ID, publicKey }),
  });
  if (registered.status !== 201) throw new Error(`Its registration was answered by ${registered.status}.`);
  const keys = (await registered.json()) as { faspId: string; publicKey: string };
  const serverKey = Buffer.concat([HEAD, Buffer.from(keys.publicKey, 'base64')]).toString('base64');
  facts = { ...facts, faspId: keys.faspId, serverKey };
  await kill();
  await start();
  const id = keys.faspId as FaspId;
  const { providers } = context.fasp;
  const accepted = await context.inTx((tx) => providers.accept(tx, operator, id));
  if (!accepted.ok) throw new Error(accepted.detail);
  await run('fasp.sync');
  for (const capability of capabilities)
    await context.inTx((tx) => providers.setCapability(tx, operator, id, { capability, isEnabled: true }));
  await run('fasp.sync');

  return {
    ...{ id, start, kill, run },
    /** Once it does not answer any more what it was asked. */
    hangs: async (): Promise<void> => {
      if (child) await once(child, 'message');
    },
    /** What it got, as it stands on its disk; with why that proved nothing. */
    async got(path: string): Promise<{ why: string | null; json: unknown }[]> {
      const lines = (await readFile(log, 'utf8')).trim().split('\n');
      return lines.map((line) => JSON.parse(line)).filter((one) => one.path === path);
    },
  };
}
