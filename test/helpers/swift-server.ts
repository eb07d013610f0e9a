import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { TestS3 } from './s3-server.ts';

const run = promisify(execFile);
const PARTS = ['account', 'container', 'object'] as const;
const PYTHON = '/usr/bin/python3';
const MEMCACHED = '/usr/bin/memcached';
const START_TIMEOUT_MS = 60_000;

/** Why Swift cannot be started on this machine, or null where it can. */
export const swiftRefusal: string | null = [MEMCACHED, ...[...PARTS, 'proxy'].map(programOf)].every(
  existsSync,
)
  ? null
  : 'OpenStack Swift is not installed (apt-get install swift-proxy swift-account swift-container swift-object memcached)';

/**
 * OpenStack Swift with its S3 face on loopback: an S3 server that shares no code with the other one, or with
 * the client. One device, one replica, everything in `directory`. Takes some seconds to answer.
 */
export async function startSwift(directory: string): Promise<Omit<TestS3, 'requests' | 'refusesRemovals'>> {
  await mkdir(join(directory, 'devices', 'd1'), { recursive: true });
  const [proxy, account, container, object, cache] = await freePorts(5);
  const ports = { account, container, object };
  await run(PYTHON, ['-c', RINGS, directory, ...PARTS.map((part) => String(ports[part]))]);
  await Promise.all([
    writeFile(join(directory, 'proxy.conf'), proxyConf(directory, proxy, cache)),
    ...PARTS.map((part) =>
      writeFile(join(directory, `${part}.conf`), partConf(directory, part, ports[part])),
    ),
  ]);
  const { username } = userInfo();
  const children = [
    start(MEMCACHED, '-l', '127.0.0.1', '-p', String(cache), '-U', '0', '-m', '16', '-u', username),
    ...[...PARTS, 'proxy'].map((part) => start(PYTHON, programOf(part), join(directory, `${part}.conf`))),
  ];
  const close = async () => {
    await Promise.all(children.map(end));
  };
  try {
    await answers(`http://127.0.0.1:${proxy}/healthcheck`, children);
    // A part that is not up yet makes the proxy answer 503 to everything.
    await Promise.all(PARTS.map((part) => answers(`http://127.0.0.1:${ports[part]}/healthcheck`, children)));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    endpoint: `http://127.0.0.1:${proxy}`,
    accessKey: 'test:tester',
    secretKey: 'testing',
    close,
  };
}

function programOf(part: string): string {
  return `/usr/bin/swift-${part}-server`;
}

function start(program: string, ...args: string[]): ChildProcess {
  return spawn(program, args, { stdio: 'ignore' });
}

/** The three rings in one Python: the program for it would be started nine times. */
const RINGS = `
import os, sys
from swift.common.ring import RingBuilder
for name, port in zip(('account', 'container', 'object'), sys.argv[2:]):
    builder = RingBuilder(4, 1, 0)
    builder.add_dev({'id': 0, 'region': 1, 'zone': 1, 'ip': '127.0.0.1', 'port': int(port),
      'replication_ip': '127.0.0.1', 'replication_port': int(port), 'device': 'd1', 'weight': 1, 'meta': ''})
    builder.rebalance()
    builder.get_ring().save(os.path.join(sys.argv[1], name + '.ring.gz'))
`;

const common = (directory: string, port: number) => `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
workers = 0
user = ${userInfo().username}
swift_dir = ${directory}
log_level = ERROR
`;

const partConf = (directory: string, part: string, port: number) => `${common(directory, port)}
devices = ${join(directory, 'devices')}
mount_check = false
disable_fallocate = true
[pipeline:main]
pipeline = healthcheck ${part}-server
[filter:healthcheck]
use = egg:swift#healthcheck
[app:${part}-server]
use = egg:swift#${part}
`;

const proxyConf = (directory: string, port: number, cachePort: number) => `${common(directory, port)}
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats s3api tempauth bulk copy slo dlo versioned_writes symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:${cachePort}
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
s3_acl = false
${[
  'catch_errors',
  'gatekeeper',
  'healthcheck',
  'listing_formats',
  'bulk',
  'copy',
  'slo',
  'dlo',
  'versioned_writes',
  'symlink',
]
  .map((name) => `[filter:${name}]\nuse = egg:swift#${name}\n`)
  .join('')}`;

async function answers(url: string, children: readonly ChildProcess[]): Promise<void> {
  for (const deadline = performance.now() + START_TIMEOUT_MS; ; ) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
    const dead = children.find((child) => child.exitCode !== null);
    if (dead) throw new Error(`${dead.spawnargs.join(' ')} ended with ${dead.exitCode}`);
    if (performance.now() > deadline) throw new Error(`${url} does not answer`);
    await pause(100);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await gone;
  clearTimeout(late);
}

/** All of them are held until the last is known, so that none is given twice. */
async function freePorts(count: 5): Promise<[number, number, number, number, number]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('A port has no number');
    return address.port;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports as [number, number, number, number, number];
}
