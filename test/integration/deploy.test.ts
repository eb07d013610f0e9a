import { execFile, spawn } from 'node:child_process';
import { chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parseAllDocuments, parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { ensurePrograms, type Nginx, startNginx } from '../../bench/media/nginx.ts';
import { variables } from '../../config/env.ts';
import { queueNames } from '../../src/jobs/registry.ts';
import { serverFlags } from '../../src/setup/server-flags.mjs';
import { followOf, outcomeOf, type Rig, startRig } from '../helpers/activities.ts';
import { eventually } from '../helpers/chaos.ts';
import { send, signedPost } from '../helpers/peer.ts';
import { createPeople } from '../helpers/people.ts';
import { findPromtool } from '../helpers/promtool.ts';
import { testVariables } from '../helpers/server.ts';
import { dropTestDatabase, testPort } from '../helpers/stack.ts';

const SLOW_MS = 120_000;
const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFile(join(root, path), 'utf8');
/** By exact version; `vireo` is built from this folder, or comes from the admin's own registry. */
const image = z
  .string()
  .regex(/^(?:[\w.-]+\/)*[\w.-]+:(?:v?\d+\.\d+(?:\.\d+)?(?:-[\w-]+)?|RELEASE\.[\dTZ-]+|local)$/);
/** Of the containers beside ours, and of compose itself. */
const NOT_OURS =
  /^(?:DOMAIN|POSTGRES_|MINIO_|OPENSEARCH_|DISABLE_(?:SECURITY_PLUGIN|INSTALL_DEMO_CONFIG)$|discovery\.type$)/;

function expectKnown(names: Iterable<string>): void {
  const unknown = [...names].filter((name) => !(name in variables) && !NOT_OURS.test(name));
  expect(unknown).toEqual([]);
}

const strings = z.array(z.string());
const service = z.strictObject({
  ...{
    image: image.optional(),
    build: z.string().optional(),
    restart: z.literal('unless-stopped').optional(),
  },
  ...{ read_only: z.literal(true).optional(), cap_drop: z.tuple([z.literal('ALL')]).optional() },
  ...{
    security_opt: strings.optional(),
    tmpfs: strings.optional(),
    stop_grace_period: z.string().optional(),
  },
  ...{ env_file: z.string().optional(), environment: z.record(z.string(), z.string()).optional() },
  ...{ volumes: strings.optional(), ports: strings.optional(), profiles: strings.optional() },
  ...{ command: strings.optional(), entrypoint: strings.optional() },
  mem_limit: z
    .string()
    .regex(/^\d+[mg]$/)
    .optional(),
  depends_on: z.union([strings, z.record(z.string(), z.object({ condition: z.string() }))]).optional(),
  healthcheck: z.object({ test: strings, interval: z.string(), retries: z.number() }).optional(),
  deploy: z
    .object({ replicas: z.number().int().min(2), resources: z.object({}).loose().optional() })
    .optional(),
});
const compose = z.object({
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.null()).optional(),
});

describe('the compose files', () => {
  test('have known parts, pinned images, and variables that exist', async () => {
    const one = compose.parse(parseYaml(await read('docker-compose.yml'), { merge: true }));
    expect(Object.keys(one.services).sort()).toEqual(
      [
        'caddy',
        'media-worker',
        'minio',
        'postgres',
        'opensearch',
        'redis',
        'seaweedfs',
        'web',
        'worker',
      ].sort(),
    );
    for (const [name, of] of Object.entries(one.services)) {
      const { image: pinned, mem_limit: memory, volumes = [], environment = {} } = of;
      expect(pinned, name).toBeDefined();
      // What one part loses control of takes no other with it.
      expect(memory, `the memory limit of ${name}`).toBeDefined();
      for (const volume of volumes) {
        const [from = ''] = volume.split(':');
        if (!from.startsWith('.')) expect(one.volumes, volume).toHaveProperty(from);
        else await expect(read(from), volume).resolves.not.toBe('');
      }
      expectKnown(Object.keys(environment));
    }
    for (const name of ['web', 'worker', 'media-worker']) {
      expect(one.services[name]).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        tmpfs: expect.anything(),
      });
    }
    const scaled = compose.parse(parseYaml(await read('deploy/compose.scale.yml')));
    for (const name of Object.keys(scaled.services)) expect(one.services).toHaveProperty([name]);
  });

  test('need what the example names, and every queue has a worker', async () => {
    const text = await read('docker-compose.yml');
    const asked = [...text.matchAll(/\$\{(\w+):\?/g)].map(([, name = '']) => name);
    const named = [...(await read('.env.example')).matchAll(/^(\w+)=/gm)].map(([, name = '']) => name);
    expect(named).toEqual(expect.arrayContaining([...new Set(asked)]));
    expectKnown(named);
    const { services } = compose.parse(parseYaml(text, { merge: true }));
    const served = Object.values(services).flatMap(
      ({ environment }) => environment?.QUEUES?.split(',') ?? [],
    );
    const all = [
      'classify',
      'default',
      'deliver',
      'inbox',
      'mail',
      'media',
      'push',
      'replicate',
      'transcribe',
    ];
    expect(served.sort()).toEqual(all);
  });
});

const probe = z.object({
  httpGet: z.object({ path: z.enum(['/live', '/ready', '/health']), port: z.string() }),
});
const named = z.object({ name: z.string() });
const podTemplate = z
  .object({
    spec: z
      .object({
        automountServiceAccountToken: z.literal(false),
        securityContext: z.object({ runAsNonRoot: z.literal(true), runAsUser: z.number().min(1) }).loose(),
        containers: z.tuple([
          z
            .object({
              image,
              envFrom: z.array(z.union([z.object({ configMapRef: named }), z.object({ secretRef: named })])),
              env: z.array(named.extend({ value: z.string() })),
              ports: z.array(named.extend({ containerPort: z.number() })),
              securityContext: z.object({
                readOnlyRootFilesystem: z.literal(true),
                allowPrivilegeEscalation: z.literal(false),
                capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }),
              }),
              ...{ startupProbe: probe, livenessProbe: probe, readinessProbe: probe },
              resources: z.object({
                requests: z.object({}).loose(),
                limits: z.object({ memory: z.string() }),
              }),
              volumeMounts: z.array(named.extend({ mountPath: z.string() })),
            })
            .loose(),
        ]),
        volumes: z.array(named.loose()),
      })
      .loose(),
  })
  .loose();
const meta = { metadata: named.loose() };
const resource = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ConfigMap'),
    apiVersion: z.literal('v1'),
    ...meta,
    data: z.record(z.string(), z.string()),
  }),
  z
    .object({
      kind: z.literal('Secret'),
      apiVersion: z.literal('v1'),
      ...meta,
      stringData: z.record(z.string(), z.string()),
    })
    .loose(),
  z.object({
    kind: z.literal('Service'),
    apiVersion: z.literal('v1'),
    ...meta,
    spec: z.object({ selector: z.object({}).loose(), ports: z.array(z.object({}).loose()) }),
  }),
  z.object({
    kind: z.literal('Deployment'),
    apiVersion: z.literal('apps/v1'),
    ...meta,
    spec: z.object({
      replicas: z.number(),
      selector: z.object({ matchLabels: z.object({}).loose() }),
      template: podTemplate,
    }),
  }),
  z.object({
    kind: z.literal('PodDisruptionBudget'),
    apiVersion: z.literal('policy/v1'),
    ...meta,
    spec: z.object({ minAvailable: z.number(), selector: z.object({}).loose() }),
  }),
]);

test('the Kubernetes manifests hold together', async () => {
  const texts = await Promise.all(
    ['vireo', 'workloads'].map((name) => read(`deploy/kubernetes/${name}.yaml`)),
  );
  const all = texts.flatMap((text) => parseAllDocuments(text).map((doc) => resource.parse(doc.toJS())));
  const kinds = all.map(({ kind }) => kind);
  expect(new Set(kinds)).toEqual(
    new Set(['ConfigMap', 'Secret', 'Service', 'Deployment', 'PodDisruptionBudget']),
  );
  const served: string[] = [];
  for (const one of all) {
    if (one.kind === 'ConfigMap') expectKnown(Object.keys(one.data));
    if (one.kind === 'Secret') expectKnown(Object.keys(one.stringData));
    if (one.kind !== 'Deployment') continue;
    const { containers, volumes } = one.spec.template.spec;
    const [{ env, ports, volumeMounts, ...container }] = containers;
    expectKnown(env.map(({ name }) => name));
    served.push(...(env.find(({ name }) => name === 'QUEUES')?.value.split(',') ?? []));
    const open = ports.map(({ name }) => name);
    for (const asked of [container.startupProbe, container.livenessProbe, container.readinessProbe]) {
      expect(open).toContain(asked.httpGet.port);
    }
    expect(volumeMounts.map(({ name }) => name).sort()).toEqual(volumes.map(({ name }) => name).sort());
  }
  expect(served.sort()).toEqual([...queueNames].sort());
});

test('the Dockerfile pins its images, is nobody of power, and sets variables that exist', async () => {
  const text = await read('Dockerfile');
  for (const [, from = ''] of text.matchAll(/^FROM (\S+)/gm))
    expect(image.safeParse(from).success, from).toBe(true);
  expect(text).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
  const set = [...(/^ENV (.*)$/m.exec(text)?.[1] ?? '').matchAll(/(\w+)=/g)].map(([, name = '']) => name);
  expectKnown(set.filter((name) => name !== 'NODE_ENV'));
});

test('Node.js is started alike everywhere', async () => {
  const command = ['node', ...serverFlags, 'src/main.ts'];
  const [, told = ''] = /^CMD (.*)$/m.exec(await read('Dockerfile')) ?? [];
  expect(JSON.parse(told)).toEqual(command);
  for (const part of ['web', 'worker']) {
    const unit = await read(`deploy/systemd/vireo-${part}.service`);
    expect(unit).toContain(`ExecStart=/usr/bin/${command.join(' ')}\n`);
  }
});

const isThere = async (program: string) =>
  promisify(execFile)(program, ['--version']).then(
    () => true,
    () => false,
  );
const noSystemd = !(await isThere('systemd-analyze'));

test.skipIf(noSystemd)('systemd takes the units, and they are closed', { timeout: SLOW_MS }, async () => {
  for (const part of ['web', 'worker']) {
    const unit = join(root, `deploy/systemd/vireo-${part}.service`);
    const said = await promisify(execFile)('systemd-analyze', ['verify', '--man=no', unit]).catch(
      (error) => error,
    );
    const faults = String(said.stderr)
      .split('\n')
      .filter((line) => line.includes('vireo-') && !/not executable/.test(line));
    expect(faults).toEqual([]);
    const level = await promisify(execFile)('systemd-analyze', ['security', '--offline=true', unit]);
    const [, exposure] = /Overall exposure level.*: (\d+\.\d)/.exec(level.stdout) ?? [];
    expect(Number(exposure)).toBeLessThan(4);
    expectKnown(
      [...(await readFile(unit, 'utf8')).matchAll(/^Environment=(.*)$/gm)].flatMap(([, line = '']) =>
        [...line.matchAll(/(\w+)=/g)].map(([, name = '']) => name).filter((name) => name !== 'NODE_ENV'),
      ),
    );
  }
});

/** Those of section 6 of the promises of operations: a disk at 80 and at 90 percent are two. */
const ALERTS = [
  ...['NoWorker', 'OldestJob', 'DeadLettersGrow', 'ErrorRate', 'DiskFills', 'DiskNearlyFull', 'BackupLate'],
  ...['CleanUpLate', 'CertificateEnds', 'DatabaseConnections', 'CircuitsOpen', 'SignInFailures'],
  ...['ReportWaits', 'SecurityRelease'],
];

const promtool = await findPromtool();

test.skipIf(promtool === null)(
  'OP5 OP9 the alerts begin when they should, as Prometheus itself reads them',
  async () => {
    const promised = join(root, 'deploy/prometheus');
    const tool = (...args: string[]) => promisify(execFile)(promtool ?? '', args, { cwd: promised });
    expect((await tool('check', 'rules', 'alerts.yml')).stdout).toContain(`SUCCESS: ${ALERTS.length} rules`);
    expect((await tool('test', 'rules', 'alerts.test.yml')).stdout).toContain('SUCCESS');
  },
);

describe('the figures', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({ METRICS_LISTEN: `127.0.0.1:${await testPort('127.0.0.1')}` });
  });
  afterAll(() => rig?.close());

  test('that alerts and the board name are on the page', { timeout: SLOW_MS }, async () => {
    const { server, carol, alice } = rig;
    expect(await outcomeOf(server, carol, followOf(carol, alice.account.uri))).toBe('applied');
    const { body } = await server.context.metrics.page();
    const types = new Map(
      [...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]),
    );
    const rules = z
      .object({
        groups: z.tuple([
          z.object({
            name: z.string(),
            rules: z.array(
              z.object({
                ...{ alert: z.string(), expr: z.string(), for: z.string() },
                labels: z.object({ severity: z.enum(['warning', 'critical']) }),
                annotations: z.object({ summary: z.string(), description: z.string() }),
              }),
            ),
          }),
        ]),
      })
      .parse(parseYaml(await read('deploy/prometheus/alerts.yml')));
    expect(rules.groups[0].rules.map(({ alert }) => alert)).toEqual(ALERTS);
    const board = z
      .object({
        panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })),
      })
      .parse(JSON.parse(await read('deploy/grafana/vireo.json')));
    const asked = [
      ...rules.groups[0].rules.map(({ expr }) => expr),
      ...board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ];
    for (const expr of asked) {
      expect([...expr].filter((c) => c === '(').length).toBe([...expr].filter((c) => c === ')').length);
      const names = [...expr.matchAll(/\b(?:vireo|process|nodejs)_\w+/g)].map(([name]) => name);
      expect(names.length, expr).toBeGreaterThan(0);
      for (const name of names) {
        const base = types.get(name) ? name : name.replace(/_(?:count|sum|bucket)$/, '');
        expect(types.has(base), `${name} in ${expr}`).toBe(true);
        if (base !== name) expect(types.get(base), name).toBe('histogram');
      }
      // What asks for a label that nothing has would never fire.
      for (const [, name = '', label = '', values = ''] of expr.matchAll(/(\w+)\{(\w+)=~?"([^"]*)"\}/g)) {
        if (types.get(name) !== 'gauge') continue;
        for (const value of values.split('|')) {
          expect(body).toMatch(new RegExp(`^${name}\\{(?:.*,)?${label}="${value}"[,}]`, 'm'));
        }
      }
    }
    expect(body).not.toMatch(/vireo_figures_failed\{.*\} 1/);
  });
});

const noNginx = await ensurePrograms(['nginx']);

describe.skipIf(noNginx)(`behind nginx (${noNginx ?? 'as deploy/proxy says'})`, () => {
  let rig: Rig;
  let nginx: Nginx;
  let port: number;
  let behind: number;
  let dir: string;
  beforeAll(async () => {
    [port, behind] = [await testPort('127.0.0.1'), await testPort('127.0.0.1')];
    const snippet = (await read('deploy/proxy/nginx.conf')).replace('127.0.0.1:3000', `127.0.0.1:${behind}`);
    dir = await mkdtemp(join(tmpdir(), 'vireo-nginx-'));
    // The map belongs outside of the server block; here nothing is upgraded.
    nginx = await startNginx(port, `set $connection_upgrade ''; ${snippet}`, dir);
    rig = await startRig({ ORIGIN: `http://127.0.0.1:${port}`, PORT: String(behind) });
  }, SLOW_MS);
  afterAll(async () => {
    await rig?.close();
    await nginx?.stop();
    if (dir) await rm(dir, { recursive: true, force: true });
  });

  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET', body?: Buffer) =>
    new Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (answer) => {
        buffer(answer).then(
          (all) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: all }),
          reject,
        );
      }).on('error', reject);
      sent.end(body);
    });

  test('signatures fit, and Accept decides', { timeout: SLOW_MS }, async () => {
    const { server, carol, alice } = rig;
    const signed = signedPost(carol, `${server.origin}/inbox`, followOf(carol, alice.account.uri));
    expect((await send(server.origin, signed)).status).toBe(202);
    const page = await ask(`/@${alice.account.username}`, { accept: 'application/activity+json' });
    expect([page.status, page.headers.location]).toEqual([302, alice.account.uri]);
    const actor = await ask(new URL(alice.account.uri).pathname, { accept: 'application/activity+json' });
    expect(JSON.parse(actor.body.toString()).id).toBe(alice.account.uri);
  });

  test('bodies of an upload pass, larger ones do not', async () => {
    const passed = await ask('/api/v1/uploads/none', {}, 'PATCH', Buffer.alloc(5 * 1024 * 1024));
    expect(passed.status).not.toBe(413);
    const refused = await ask('/api/v2/media', { 'content-length': String(300 * 1024 * 1024) }, 'POST').catch(
      () => ({ status: 413 }),
    );
    expect(refused.status).toBe(413);
  });

  test('parts of media can be asked for', async () => {
    const { storage, db } = rig.server.context;
    const [{ mediaKey }, { sha256 }, { createVideoFactory }] = await Promise.all([
      import('../../media/keys.ts'),
      import('../../src/lib/crypto.ts'),
      import('../helpers/factories.ts'),
    ]);
    const owner = await createPeople(rig.server).local('owner_of_clip');
    const id = await createVideoFactory(rig.server.context).video(owner, { assets: [] });
    const key = mediaKey(id, sha256(Buffer.from('0123456789')).toString('hex'), '720.mp4');
    await storage.putBytes(key, Buffer.from('0123456789'), { contentType: 'video/mp4' });
    const part = await ask(`/${key}`, { range: 'bytes=2-4' });
    expect([part.status, part.body.toString(), part.headers['content-range']]).toEqual([
      206,
      '234',
      'bytes 2-4/10',
    ]);
    await db('videos').where({ id }).delete();
  });
});

test.skipIf(process.getuid?.() !== 0)(
  'starts as nobody, on code that it cannot write',
  { timeout: SLOW_MS },
  async () => {
    const NOBODY = 65_534;
    const dataDir = await mkdtemp(join(tmpdir(), 'vireo-nobody-'));
    await chown(dataDir, NOBODY, NOBODY);
    const [port, metrics] = [await testPort('127.0.0.1'), await testPort('127.0.0.1')];
    const given = await testVariables('127.0.0.1', port);
    const [, command = ''] = /^CMD (\[.*\])$/m.exec(await read('Dockerfile')) ?? [];
    const [, ...args] = z.array(z.string()).parse(JSON.parse(command));
    const said: Buffer[] = [];
    const child = spawn(process.execPath, args, {
      ...{ cwd: root, uid: NOBODY, gid: NOBODY, stdio: ['ignore', 'pipe', 'pipe'] },
      env: {
        ...{ PATH: process.env.PATH, ...given, DATA_DIR: dataDir, METRICS_LISTEN: `127.0.0.1:${metrics}` },
        ...{ LOG_LEVEL: 'info', NODE_ENV: 'production' },
      },
    });
    child.stdout?.on('data', (part: Buffer) => said.push(part));
    child.stderr?.on('data', (part: Buffer) => said.push(part));
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await exited;
      await dropTestDatabase(given.DATABASE_URL ?? '');
      await rm(dataDir, { recursive: true, force: true });
    });
    const status = (at: number, path: string) =>
      fetch(`http://127.0.0.1:${at}${path}`).then(
        ({ status }) => status,
        () => 0,
      );
    await eventually(
      `it is ready: ${Buffer.concat(said)}`,
      async () => child.exitCode !== null || (await status(metrics, '/ready')) === 200,
      SLOW_MS,
    );
    expect(child.exitCode, Buffer.concat(said).toString()).toBeNull();
    expect([
      await status(port, '/health'),
      await status(metrics, '/live'),
      await status(port, '/metrics'),
    ]).not.toContain(0);
    expect((await readdir(dataDir)).length).toBeGreaterThan(0);
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  },
);
