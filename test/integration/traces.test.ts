import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isTracing, traceparent } from '../../src/lib/tracing.ts';
import { signIn } from '../../src/setup/demo/client.ts';
import { followOf, outcomeOf, publish, quiet, type Rig, startRig } from '../helpers/activities.ts';
import { eventually } from '../helpers/chaos.ts';
import { clip } from '../helpers/media-samples.ts';
import { createPeople, PASSWORD } from '../helpers/people.ts';
import { startTestServer } from '../helpers/server.ts';
import { type SentSpan, startTraceCollector } from '../helpers/trace-collector.ts';

const SLOW_MS = 120_000;
const CANARY = 'a caption that nobody may see';

let collector: Awaited<ReturnType<typeof startTraceCollector>>;
let rig: Rig;

beforeAll(async () => {
  collector = await startTraceCollector();
  rig = await startRig({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-team=clips',
    OTEL_SERVICE_NAME: 'clips',
  });
});
afterAll(async () => {
  await rig?.close();
  await collector?.close();
});

const named = (name: string | RegExp) =>
  collector.spans.filter((span) => (typeof name === 'string' ? span.name === name : name.test(span.name)));

const sent = (name: string | RegExp, fits: (span: SentSpan) => boolean = () => true) =>
  eventually(`a span ${name}`, () => named(name).find(fits));

/** Those above a span, the nearest first. */
function above(span: SentSpan): string[] {
  const parent = collector.spans.find(({ spanId }) => spanId === span.parentSpanId);
  return parent ? [parent.name, ...above(parent)] : [];
}

test('a request, what it caused and what that caused are one trace', { timeout: SLOW_MS }, async () => {
  const { server, carol, alice, a } = rig;
  await createPeople(server).signedIn('uploader');
  const uploader = await signIn(server.origin, 'uploader', PASSWORD);
  await uploader.upload(await clip(server.dataDir, 'clip.mp4', { seconds: 1 }), {
    filename: 'clip.mp4',
    caption: CANARY,
  });
  await quiet(server);
  const ffmpeg = await sent('ffmpeg', (span) => above(span).includes('job media.process'));
  const [job, request] = above(ffmpeg);
  expect([job, request]).toEqual(['job media.process', expect.stringMatching(/^(?:PATCH|POST) upload$/)]);
  expect(ffmpeg).toMatchObject({ service: 'clips', facts: { outcome: 'ok' }, failed: false });

  expect(await outcomeOf(server, carol, followOf(carol, alice.account.uri))).toBe('applied');
  await sent('inbox apply');
  await sent('POST inbox', ({ facts }) => Number(facts['http.response.status_code']) === 202);
  await publish(rig);
  await quiet(server);
  const delivery = await sent('deliver', ({ facts }) => facts['server.address'] === a.host);
  expect(delivery.facts.verdict).toBe('delivered');
  expect(above(delivery)[0]).toBe('job deliver.host');
  await sent(/^fetch /, (span) => above(span)[0] === 'deliver');
  expect(collector.faults).toEqual([]);
  expect(collector.headers.every((headers) => headers['x-team'] === 'clips')).toBe(true);
});

test('says nothing of what people write or keep secret', async () => {
  const told = JSON.stringify(collector.spans);
  for (const secret of [CANARY, PASSWORD, 'Bearer', 'PRIVATE KEY', '?']) expect(told).not.toContain(secret);
});

test('a job that fails is marked, without its message', { timeout: SLOW_MS }, async () => {
  const { inTx, db, ids } = rig.server.context;
  const id = ids.next();
  await inTx((tx) => tx('jobs').insert({ id, name: 'media.process', queue: 'media', payload: '{}' }));
  const failed = await sent('job media.process', (span) => span.facts['job.id'] === id && span.failed);
  expect(failed.facts['error.type']).toBe('PermanentJobError');
  expect(failed.parentSpanId).toBeNull();
  await db('jobs').where({ id }).delete();
});

/** What of OpenTelemetry a process loads that begins with this configuration. */
async function loadedWith(tracing: object | null): Promise<string[]> {
  const probe = `
    import { registerHooks } from 'node:module';
    const asked = [];
    registerHooks({ resolve(name, at, next) { if (name.startsWith('@opentelemetry/')) asked.push(name); return next(name, at); } });
    const { beginTracing } = await import('./src/operations/index.ts');
    const config = { role: 'all', tracing: ${JSON.stringify(tracing)} };
    if (config.tracing) config.tracing.headers = { reveal: () => '{}' };
    await (await beginTracing(config, '1', console)).stop();
    console.log(JSON.stringify(asked));
  `;
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const output = await new Promise<string>((resolve, reject) => {
    const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', probe];
    execFile(process.execPath, args, { cwd: root }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
  });
  return JSON.parse(output);
}

test('without a collector nothing of OpenTelemetry is loaded', { timeout: SLOW_MS }, async () => {
  expect(await loadedWith(null)).toEqual([]);
  const on = { endpoint: 'http://127.0.0.1:1', serviceName: 'x', ratio: 1 };
  expect(await loadedWith(on)).toContain('@opentelemetry/sdk-trace');
});

test('are off again once the server has stopped', async () => {
  const other = await startTestServer({
    role: 'none',
    variables: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
  });
  expect(isTracing()).toBe(true);
  await other.close();
  expect([isTracing(), traceparent()]).toEqual([false, null]);
});
