import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { inboxLimits } from '../config/limits.ts';
import { freePort } from '../src/setup/demo/instance.ts';
import { type Cost, costOf, fire, perCpuSecond, sumOf } from './federation/load.ts';
import { type Part, startPart } from './federation/part.ts';
import {
  ACTORS_PER_HOST,
  actorUri,
  addressOf,
  BLOCKED_HOST,
  createActivity,
  HOSTS,
  type Keys,
  makeKeys,
  plainHeaders,
  type Shot,
  signedShot,
} from './federation/people.ts';
import type { Bench, Measurement } from './measurement.ts';
import { HOST, type Stack, serverEnv, withStack } from './server.ts';

const ACCEPTS = 6_000;
const BASELINE_ACCEPTS = 500;
const JUNK = 20_000;
const JUNK_TURNS = 5;
const DELIVERIES = 2_000;
/** Servers that deliveries go to: loopback addresses, and how many are at each, told apart by their ports. */
const SINK_ADDRESSES = Array.from({ length: 16 }, (_, at) => `127.0.0.${10 + at}`);
const SINKS_PER_ADDRESS = 13;
/** Bodies of half a megabyte each are many bytes; fewer of them say as much. */
const LARGE = 600;

/** What runs while everything is measured. */
interface Rig {
  readonly keys: Keys;
  readonly web: Part;
  readonly worker: Part;
  readonly noop: Part;
  readonly fedify: Part;
  readonly sink: Part;
  readonly bare: Part;
  readonly ports: Readonly<Record<'web' | 'noop' | 'fedify', number>>;
  /** Hosts that deliveries go to. */
  readonly sinks: readonly string[];
}

/**
 * The federation side as it runs in production, with real PostgreSQL and Redis, against plain Fedify and
 * against the floor of what Express or a bare client do on this machine. Every figure is for one second of
 * the processor time of the measured process; the load comes from this one.
 */
export const federation: Bench = () =>
  withStack(async (stack) => {
    const parts: Part[] = [];
    try {
      const rig = await startRig(stack, parts);
      return [...(await inboxes(rig)), ...(await junk(rig)), ...(await deliveries(rig))];
    } finally {
      for (const part of parts) await part.stop();
    }
  });

async function startRig(stack: Stack, parts: Part[]): Promise<Rig> {
  const keys = makeKeys();
  const [web = 0, noop = 0, fedify = 0, ...sinkPorts] = await Promise.all(
    Array.from({ length: 3 + SINKS_PER_ADDRESS }, () => freePort(HOST)),
  );
  const ports = { web, noop, fedify };
  const sinks = SINK_ADDRESSES.flatMap((address) => sinkPorts.map((port) => `${address}:${port}`));
  const vireo = (role: string) => ({
    ...serverEnv(stack, ports.web),
    ROLE: role,
    // Fetching and transcoding what the posts name is the work of others.
    QUEUES: 'inbox,deliver',
    REMOTE_VIDEO: 'off',
    ALLOWED_PRIVATE_ADDRESSES: SINK_ADDRESSES.join(','),
  });
  await mkdir(join(stack.dir, 'server'));
  const begin = async (file: string, env: Record<string, string>) => {
    const part = await startPart(file, env);
    parts.unshift(part);
    return part;
  };
  const jwks = {
    privateKey: keys.privateKey.export({ format: 'jwk' }),
    publicKey: keys.publicKey.export({ format: 'jwk' }),
  };
  const rig = {
    ...{ keys, ports, sinks },
    noop: await begin('noop.ts', { PORT: String(ports.noop) }),
    sink: await begin('sink.ts', { PORTS: sinkPorts.join(',') }),
    bare: await begin('bare.ts', {
      PRIVATE_KEY_PEM: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    }),
    fedify: await begin('fedify.ts', {
      ...{ PORT: String(ports.fedify), DATABASE_URL: stack.databaseUrl },
      ...{ PUBLIC_KEY_PEM: keys.publicKeyPem, RSA_JWK_PAIR: JSON.stringify(jwks) },
    }),
    web: await begin('vireo.ts', vireo('web')),
    worker: await begin('vireo.ts', vireo('worker')),
  };
  const actors = Array.from({ length: HOSTS * ACTORS_PER_HOST }, (_, at) => actorUri(at));
  await rig.web.ask('seed', { actors, publicKeyPem: keys.publicKeyPem });
  const client = new pg.Client({ connectionString: stack.databaseUrl });
  await client.connect();
  await client.query('create table bench_notes (id text primary key, body text not null)');
  await client.end();
  return rig;
}

/** Honest activities: until they are stored for good, and until they have had their effect. */
async function inboxes({ keys, web, worker, fedify, ports }: Rig): Promise<Measurement[]> {
  const to = (port: number, count: number, run: string) =>
    Array.from({ length: count }, (_, at) => honestShot(keys, port, at, run));
  const origin = (port: number) => `http://${HOST}:${port}`;
  await fire(web, origin(ports.web), to(ports.web, 2_000, 'warm'), 202);
  await fire(fedify, origin(ports.fedify), to(ports.fedify, 200, 'warm'), 202);
  const accepted = await fire(web, origin(ports.web), to(ports.web, ACCEPTS, 'a'), 202);
  const stored = await web.ask<number>('stored');
  if (stored !== ACCEPTS + 2_000) throw new Error(`${stored} activities are stored.`);
  const plain = await fire(fedify, origin(ports.fedify), to(ports.fedify, BASELINE_ACCEPTS, 'a'), 202);
  await fedify.ask('keep', true);
  const kept = await fire(fedify, origin(ports.fedify), to(ports.fedify, BASELINE_ACCEPTS, 'b'), 202);
  const processed = await costOf(worker, stored, async () => {
    await worker.ask('work');
    await until(async () => (await web.ask<number>('queued')) === 0);
    // Part of the effect is what the events of an activity cause.
    await until(async () => (await web.ask<number>('busy')) === 0);
  });
  const applied = await web.ask<number>('applied');
  if (applied !== stored) throw new Error(`Of ${stored} activities ${applied} were applied.`);
  return [
    rate('inbox accepted', [accepted], [plain], 10),
    wall('inbox accepted, by the clock', accepted, plain, 10),
    rate('inbox processed', [accepted, processed], [kept], 4),
    wall('inbox processed, by the clock', processed, kept, 4),
    ...spent('inbox accepted', accepted, plain),
    ...spent('inbox processed', processed, kept),
  ];
}

/** What is refused, against Express answering the same bytes without looking. */
async function junk({ keys, web, noop, ports }: Rig): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  const blocked = `https://${BLOCKED_HOST}/users/m`;
  const large = Buffer.from(JSON.stringify({ padding: 'x'.repeat(2 * inboxLimits.maxBytes) }));
  const kinds: [string, number, number, (host: string, at: number) => Shot][] = [
    ['unsigned', 401, JUNK, (host, at) => unsignedShot(host, at)],
    [
      'blocked',
      403,
      JUNK,
      (host, at) =>
        signedShot(
          keys,
          host,
          blocked,
          createActivity(blocked, `blocked-${at}`),
          addressOf(50_000 + (at % 40)),
        ),
    ],
    [
      'oversize',
      413,
      LARGE,
      (host, at) => ({ headers: plainHeaders(host, addressOf(60_000 + (at % 40))), body: large }),
    ],
  ];
  for (const [name, status, count, make] of kinds) {
    const turn = async (part: Part, port: number, wanted: number) => {
      const shots = Array.from({ length: count / JUNK_TURNS }, (_, at) => make(`${HOST}:${port}`, at));
      return fire(part, `http://${HOST}:${port}`, shots, wanted);
    };
    const floor: Cost[] = [];
    const ours: Cost[] = [];
    // In turns, so that whatever else the machine does falls on both; the first only warms them up.
    for (let turns = 0; turns <= JUNK_TURNS; turns += 1) {
      floor.push(await turn(noop, ports.noop, 202));
      ours.push(await turn(web, ports.web, status));
    }
    measured.push(rate(`junk refused: ${name}`, [sumOf(ours.slice(1))], [sumOf(floor.slice(1))], 0.5));
  }
  const bombs = Array.from({ length: 100 }, (_, at) => bombShot(`${HOST}:${ports.web}`, at));
  const bombed = await fire(web, `http://${HOST}:${ports.web}`, bombs, 413);
  const milliseconds = (bombed.cpuSeconds * 1_000) / bombed.done;
  const unit = 'ms of processor time';
  measured.push(atMost('unsigned nested body of 1 MB', milliseconds, unit, 2));
  return measured;
}

async function deliveries(rig: Rig): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  for (const [name, keepAlive] of [
    ['kept connections', true],
    ['new connections', false],
  ] as const) {
    await rig.sink.ask('keepAlive', keepAlive);
    const inboxes = (run: string) =>
      Array.from(
        { length: DELIVERIES },
        (_, at) => `http://${rig.sinks[at % rig.sinks.length]}/${run}/${at}/inbox`,
      );
    const send = (part: Part, question: string, toData: (to: string[], serial: string) => unknown) =>
      deliver(rig, part, name, async (run) => {
        await part.ask(question, toData(inboxes(run), run));
      });
    const ours = await send(rig.worker, 'deliver', (to, serial) => ({ inboxes: to, serial }));
    const fedify = await send(rig.fedify, 'send', (to, serial) => ({ inboxes: to, serial }));
    const bare = await send(rig.bare, 'send', (to) => to);
    measured.push(
      rate(`deliveries, ${name}`, [ours], [fedify], 2),
      wall(`deliveries, ${name}, by the clock`, ours, fedify, 2),
      rate(`deliveries, ${name}, to bare sign and POST`, [ours], [bare], 0.3),
      ...spent(`deliveries, ${name}`, ours, fedify),
    );
  }
  return measured;
}

/** Twice, the first time to warm up; until the sink has all of them. */
async function deliver(
  { sink }: Rig,
  part: Part,
  name: string,
  send: (run: string) => Promise<unknown>,
): Promise<Cost> {
  let cost: Cost | undefined;
  for (const run of ['warm', 'measured']) {
    const before = await sink.ask<number>('received');
    cost = await costOf(part, DELIVERIES, async () => {
      await send(`${name.replaceAll(' ', '-')}-${run}`);
      await until(async () => (await sink.ask<number>('received')) >= before + DELIVERIES);
    });
  }
  if (!cost) throw new Error('Nothing was sent.');
  return cost;
}

function honestShot(keys: Keys, port: number, at: number, run: string): Shot {
  const actor = actorUri(at);
  const activity = createActivity(actor, `${run}-${at}`);
  return signedShot(keys, `${HOST}:${port}`, actor, activity, addressOf(at % HOSTS));
}

function unsignedShot(host: string, at: number): Shot {
  const activity = createActivity(actorUri(at), `unsigned-${at}`);
  const body = Buffer.from(JSON.stringify(activity));
  return { headers: plainHeaders(host, addressOf(40_000 + (at % 40))), body };
}

/** Brackets within brackets, as deep as a megabyte allows. */
function bombShot(host: string, at: number): Shot {
  const body = Buffer.from(`${'['.repeat(500_000)}${']'.repeat(500_000)}`);
  return { headers: plainHeaders(host, addressOf(70_000 + (at % 40))), body };
}

function rate(metric: string, ours: readonly Cost[], baseline: readonly Cost[], goal: number): Measurement {
  const unit = 'a CPU-second';
  return { metric, value: perCpuSecond(...ours), unit, baseline: perCpuSecond(...baseline), goal };
}

function wall(metric: string, ours: Cost, baseline: Cost, goal: number): Measurement {
  const perSecond = ({ done, wallSeconds }: Cost) => done / wallSeconds;
  return { metric, value: perSecond(ours), unit: 'a second', baseline: perSecond(baseline), goal };
}

/** Processor time and memory, where less is better. */
function spent(metric: string, ours: Cost, baseline: Cost): Measurement[] {
  const cpu = ({ done, cpuSeconds }: Cost) => (1_000 * cpuSeconds) / done;
  const mb = ({ rssBytes }: Cost) => rssBytes / 1024 ** 2;
  return [
    atMost(`${metric}: processor time for 1,000`, cpu(ours), 's', cpu(baseline)),
    atMost(`${metric}: memory`, mb(ours), 'MB', mb(baseline)),
  ];
}

function atMost(metric: string, value: number, unit: string, baseline: number): Measurement {
  return { metric, value, unit, baseline, goal: 1, lessIsBetter: true };
}

async function until(done: () => Promise<boolean>): Promise<void> {
  while (!(await done())) await pause(50);
}
