import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { proxyLimits } from '../../config/media-limits.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { definitions } from '../../src/modules/settings/registry.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { infringing } from '../helpers/claims.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { jobRun } from '../helpers/job-run.ts';
import { forgetLimits } from '../helpers/limits.ts';
import { clip, decodeRaw } from '../helpers/media-samples.ts';
import { type SearchEngineDouble, startSearchEngine } from '../helpers/opensearch.ts';
import {
  type Client,
  clientOf,
  createPeople,
  PASSWORD,
  type People,
  type Person,
} from '../helpers/people.ts';
import { refuseIn, storedFiles } from '../helpers/regional.ts';
import { serveFiles } from '../helpers/remote-files.ts';
import { HONEST, startRemote } from '../helpers/remote-http.ts';
import { setUpSecondFactor } from '../helpers/second-factor.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { heardIn } from '../helpers/sounds.ts';

/** What each setting does, seen from outside before it is changed, while it is, and after it is back. */
let server: TestServer;
let client: Client;
let people: People;
let boss: Person;
let engine: SearchEngineDouble;
let folder: string;
let made = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vireo-settings-'));
  engine = await startSearchEngine();
  server = await startTestServer({
    variables: { REGISTRATIONS: '', MINIMUM_AGE: '', STAFF_SECOND_FACTOR: '', SEARCH_URL: engine.url },
  });
  client = clientOf(server.origin);
  people = createPeople(server);
  boss = await people.signedIn('boss', 'owner');
  await setUpSecondFactor(server, boss);
});
beforeEach(() => forgetLimits(server));
afterAll(async () => {
  await server?.close();
  await engine?.close();
  await rm(folder, { recursive: true });
});

const db = () => server.context.db;
const somebody = (role: 'user' | 'owner' = 'user') => people.signedIn(`person${++made}`, role);
const body = async (path: string) => (await client.get(path)).body;
const code = ({ body: said }: { body: { code?: string } }) => said.code ?? null;

async function set(name: string, value: string | null): Promise<void> {
  const answer = await client.patch('/api/v1/admin/settings', {
    as: boss,
    body: { settings: { [name]: value }, reason: 'To see what it does.' },
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
}

/** Announces an upload of so many megabytes; gives the status. */
async function upload(megabytes: number): Promise<number> {
  const person = await somebody();
  const answer = await client.post('/api/v1/uploads', {
    as: person,
    headers: {
      ...{ 'Tus-Resumable': '1.0.0', 'Upload-Length': String(megabytes * 1024 * 1024) },
      'Upload-Metadata': `filename ${Buffer.from('a.mp4').toString('base64')}`,
    },
  });
  return answer.status;
}

async function signUp(more: object = {}): Promise<string | null> {
  const form = {
    username: `new${++made}`,
    password: PASSWORD,
    reason: 'I film birds.',
    age: 30,
    agreement: true,
  };
  return code(await client.post('/api/v1/accounts', { body: { ...form, ...more } }));
}

/** What becomes of a real clip of three seconds. */
async function processed(): Promise<string | null> {
  const file = await clip(folder, `${++made}.mp4`, { seconds: 3 });
  const person = await somebody();
  const form = new FormData();
  form.set('file', new Blob([await readFile(file)], { type: 'video/mp4' }), 'clip.mp4');
  const headers = { authorization: `Bearer ${person.token}` };
  const sent = await fetch(`${server.origin}/api/v2/media`, { method: 'POST', headers, body: form });
  const { id } = (await sent.json()) as { id: string };
  const finish = await server.context.handlers['media.process']({ videoId: id as VideoId }, jobRun());
  if (finish) await server.context.inTx(finish);
  return (await db()('videos').where({ id }).first('media_reason')).media_reason;
}

/** How long an archive that is made now can be fetched, in days; and whether another one may follow it. */
async function archived(): Promise<{ days: number; again: number }> {
  const person = await somebody();
  const ask = () => client.post('/api/v1/exports/archive', { as: person });
  await ask();
  const job = await db()('jobs').where({ name: 'accounts.archive' }).orderBy('id', 'desc').first();
  const finish = await server.context.handlers['accounts.archive'](job.payload, jobRun());
  if (finish) await server.context.inTx(finish);
  await db()('jobs').where({ id: job.id }).delete();
  const { created_at, expires_at } = await db()('archives').where({ account_id: person.id }).first();
  const days = Math.round((expires_at - created_at) / (24 * 3_600_000));
  return { days, again: (await ask()).status };
}

/** Whether a file of so many bytes of another server is passed on. */
async function passesOn(bytes: number): Promise<boolean> {
  const file = Buffer.alloc(bytes);
  file.write('\0\0\0\x18ftypisom', 'latin1');
  const path = `/${++made}.mp4`;
  const remote = await startRemote(HONEST, serveFiles(new Map([[path, file]])));
  try {
    const found = await server.context.proxiedFiles.file(remote.url(path), AbortSignal.timeout(20_000));
    return found.ok;
  } finally {
    await remote.close();
  }
}

/** Copies of two videos that say to take so much, and were watched so long ago: how many stay after upkeep. */
async function copiesKept({ gigabytes, days }: { gigabytes: number; days: number }): Promise<number> {
  const author = await people.remote(`author${++made}`);
  const videos = createVideoFactory(server.context);
  const ids = [
    await videos.video(author, { assets: ['mp4'] }),
    await videos.video(author, { assets: ['mp4'] }),
  ];
  const ago = new Date(Date.now() - days * 24 * 3_600_000);
  await db()('videos')
    .whereIn('id', ids)
    .update({ last_watched_at: ago, created_at: ago, source_url: 'https://a.test/a.mp4' });
  await db()('video_assets')
    .whereIn('video_id', ids)
    .update({ bytes: gigabytes * 2 ** 30 });
  await server.context.videos.storageUse.keepWithinCap(AbortSignal.timeout(20_000));
  const [row] = await db()('videos').whereIn('id', ids).where({ media_state: 'ready' }).count('* as count');
  await db()('videos').whereIn('id', ids).delete();
  return Number(row?.count);
}

/** After how many days a warning stops to count that is given now; null: never. */
async function strikeDays(): Promise<number | null> {
  const { account } = await somebody();
  const target = { kind: 'account', id: account.id } as const;
  const { measures, inTx } = server.context;
  const taken = await inTx((tx) => measures.take(tx, operator, { measure: 'warn', target, facts: 'Rude.' }));
  expect(taken.ok).toBe(true);
  const { created_at, expires_at } = await db()('measures').where({ target_id: account.id }).first();
  return expires_at && Math.round((expires_at - created_at) / DAY_MS);
}

/** How long after its answer a server is asked next what trends there. */
/** How the file of a video is answered whose sound is refused in Germany. */
async function regional(headers: Record<string, string>): Promise<number> {
  const author = await somebody();
  const id = await createVideoFactory(server.context).video(author.account, {
    assets: [],
    state: 'published',
  });
  await storedFiles(server.context, id);
  const soundId = await heardIn(server.context, id);
  await refuseIn(server.context, soundId, { countries: ['DE'], except: false });
  const { playback_urls: urls } = (await client.get(`/api/v1/videos/${id}`)).body;
  return (await fetch(urls.mp4, { headers })).status;
}

async function secondsBetweenAsking(): Promise<number> {
  const peer = await startRemote(HONEST, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('[]');
  });
  const { exchange, handlers, inTx } = server.context;
  try {
    const added = await inTx((tx) => exchange.peers.add(tx, operator, { address: peer.host }));
    expect(added.ok).toBe(true);
    const { id } = await db()('exchange_peers').where({ host: peer.host }).first('id');
    const finish = await handlers['exchange.ask']({ peerId: id }, jobRun());
    if (finish) await inTx(finish);
    const row = await db()('exchange_peers').where({ id }).first('fetched_at', 'next_at');
    return Math.round((row.next_at - row.fetched_at) / 1_000);
  } finally {
    await peer.close();
  }
}

const DAY_MS = 24 * 3_600_000;

/** Whether the uploaded file of a video that was published so many days ago stays. */
async function originalStays(days: number): Promise<boolean> {
  const { account } = await somebody();
  const id = await createVideoFactory(server.context).video(account);
  const published_at = new Date(Date.now() - days * DAY_MS);
  await db()('videos')
    .where({ id })
    .update({ published_at, original_key: `originals/${id}/source` });
  await db()('retention_runs')
    .insert({ class: 'originals', counts_from: new Date(0) })
    .onConflict('class')
    .merge();
  await server.context.retention.run('originals');
  return (await db()('videos').where({ id }).first()).original_key !== null;
}

/** Posters of two videos that were not copied, of so many GB and days: how many stay after they were looked at. */
async function postersKept({ gigabytes, days }: { gigabytes: number; days: number }): Promise<number> {
  const author = await people.remote(`author${++made}`);
  const videos = createVideoFactory(server.context);
  const ids = [
    await videos.video(author, { assets: ['poster'] }),
    await videos.video(author, { assets: ['poster'] }),
  ];
  const facts = {
    media_state: 'waiting',
    media_reason: 'on-demand',
    source_poster_url: 'https://a.test/p.jpg',
  };
  await db()('videos')
    .whereIn('id', ids)
    .update({ ...facts, created_at: new Date(Date.now() - days * DAY_MS) });
  await db()('video_assets')
    .whereIn('video_id', ids)
    .update({ bytes: gigabytes * 2 ** 30 });
  await server.context.retention.run('remote-posters');
  const left = await db()('video_assets').whereIn('video_id', ids).count('* as count').first();
  await db()('videos').whereIn('id', ids).delete();
  return Number(left?.count);
}

/** What becomes of a question to a classifier that answers after so long. */
async function asked(afterMs: number): Promise<string> {
  const service = await startRemote(HONEST, (_request, response) => {
    setTimeout(() => response.end('{"labels":[]}'), afterMs);
  });
  try {
    await set('CLASSIFIER_URL', service.url('/'));
    const answer = await server.context.classifier.tryOut();
    return answer.ok ? 'answered' : answer.reason;
  } finally {
    await set('CLASSIFIER_URL', null);
    await service.close();
  }
}

/** The state of a video whose question nobody will answer. */
async function unanswered(): Promise<string> {
  const { account } = await somebody();
  const id = await createVideoFactory(server.context).video(account, { state: 'held' });
  await db()('videos').where({ id }).update({ hold: true });
  await db()('classifier_verdicts').insert({ id: ++made, video_id: id, asked_at: new Date(0) });
  await server.context.inTx((tx) => server.context.videos.endAbandonedQuestions(tx));
  return (await db()('videos').where({ id }).first()).state;
}

async function embedStatus(): Promise<number> {
  const { account } = await somebody();
  const id = await createVideoFactory(server.context).video(account);
  return (await client.get(`/embed/${id}`)).status;
}

interface Proof {
  readonly value: string;
  readonly seen: () => Promise<unknown>;
  readonly before: unknown;
  readonly after: unknown;
}

/** Whether a search engine is told of videos; the address is in the environment. */
async function toldTo(): Promise<string> {
  const before = engine.asked.length;
  await server.context.search.followEngine();
  return engine.asked.length > before ? 'the engine' : 'nobody';
}

const proofs: Readonly<Record<string, Proof>> = {
  INSTANCE_NAME: {
    ...{ value: 'Bird Films', before: 'Vireo', after: 'Bird Films' },
    seen: async () => /<title>(.*?)<\/title>/.exec((await client.get('/')).text)?.[1],
  },
  INSTANCE_DESCRIPTION: {
    ...{ value: 'Birds, mostly.', before: false, after: true },
    seen: async () => (await client.get('/')).text.includes('Birds, mostly.'),
  },
  INSTANCE_ABOUT: {
    value: '# Who we are\n\n<script>alert(1)</script> **Birders**.',
    seen: async () => (await body('/api/v1/instance/extended_description')).content,
    before: expect.stringContaining('A short-video server'),
    after: '<h2>Who we are</h2>\n<p>&lt;script&gt;alert(1)&lt;/script&gt; <strong>Birders</strong>.</p>',
  },
  INSTANCE_EMAIL: {
    ...{ value: 'staff@video.example', before: '', after: 'staff@video.example' },
    seen: async () => (await body('/api/v2/instance')).contact.email,
  },
  INSTANCE_SOURCE_URL: {
    ...{ value: 'https://code.example/vireo', before: false, after: true },
    seen: async () => (await body('/api/v2/instance')).source_url === 'https://code.example/vireo',
  },
  INSTANCE_RULES: {
    ...{ value: 'Be kind.\nNo spam.', before: [], after: ['Be kind.', 'No spam.'] },
    seen: async () => (await body('/api/v1/instance/rules')).map(({ text }: { text: string }) => text),
  },
  INSTANCE_PRIVACY_POLICY: {
    ...{ value: 'We keep *little*.', before: undefined, after: '<p>We keep <em>little</em>.</p>' },
    seen: async () => (await body('/api/v1/instance/privacy_policy')).content,
  },
  SEARCH_DRIVER: { value: 'opensearch', before: 'nobody', after: 'the engine', seen: toldTo },
  TRANSPARENCY_REPORT: {
    ...{ value: 'public', before: 404, after: 200 },
    seen: async () => (await client.get('/api/v1/instance/transparency')).status,
  },
  ACCENT_COLOR: {
    ...{ value: '#7a3cc2', before: false, after: true },
    seen: async () => (await client.get('/about/page.css')).text.includes('--accent:light-dark(#7a3cc2,'),
  },
  THEME_TOKENS: {
    ...{
      value: 'surface-1: #ffffff #101010\nradius-m: 6\nfont: serif',
      before: [],
      after: [true, true, true],
    },
    seen: async () => {
      const { text } = await client.get('/about/page.css');
      const [, theme] = text.split('--surface-1:light-dark(#ffffff,#101010)');
      return theme === undefined
        ? []
        : [theme.includes('--radius-m:6px'), theme.includes('--font:ui-serif'), theme.includes('--back:')];
    },
  },
  APP_COLOR: {
    ...{ value: '#ff0000', before: false, after: true },
    seen: async () => {
      const colours = new Set((await iconPixels()).map((pixel) => pixel.join()));
      return colours.has('255,0,0');
    },
  },
  APP_BACKGROUND_COLOR: {
    ...{ value: '#123456', before: '#0c0d0f', after: '#123456' },
    seen: async () => (await client.get('/manifest.webmanifest')).body.background_color,
  },
  EMBEDDING: { value: 'off', before: 200, after: 404, seen: embedStatus },
  MAX_UPLOAD_MB: { value: '1', before: 201, after: 413, seen: () => upload(2) },
  MAX_DURATION_SECONDS: { value: '1', before: null, after: 'too-long', seen: processed },
  STORAGE_BY_ROLE_MB: { value: 'owner 7\nuser 1', before: 201, after: 413, seen: () => upload(2) },
  MAX_STORAGE_PER_ACCOUNT_MB: { value: '1', before: 201, after: 413, seen: () => upload(2) },
  REGISTRATIONS: { value: 'closed', before: null, after: 'registrations-closed', seen: () => signUp() },
  TRENDS_FOR: {
    ...{ value: 'members', before: 200, after: 401 },
    seen: async () => (await client.get('/api/v1/trends/statuses')).status,
  },
  COUNTRY_HEADER: {
    value: 'X-Country',
    before: 200,
    after: 451,
    seen: () => regional({ 'x-country': 'DE' }),
  },
  COUNTRY_UNKNOWN: { value: 'withheld', before: 200, after: 451, seen: () => regional({}) },
  EXCHANGE_SECONDS: { value: '60', before: 300, after: 60, seen: secondsBetweenAsking },
  INVITES: {
    ...{ value: 'everyone', before: 403, after: 200 },
    seen: async () => (await client.post('/api/v1/invites', { as: await somebody(), body: {} })).status,
  },
  STAFF_SECOND_FACTOR: {
    ...{ value: 'optional', before: 'staff-second-factor', after: null },
    seen: async () => code(await client.get('/api/v1/admin/audit_log', { as: await somebody('owner') })),
  },
  STRIKES_EXPIRE_DAYS: { value: '10', before: 365, after: 10, seen: strikeDays },
  CLASSIFIER_URL: {
    ...{ value: 'http://127.0.0.2:9/', before: 'off', after: 'unavailable' },
    seen: async () => {
      const answer = await server.context.classifier.tryOut();
      return answer.ok ? 'answered' : answer.reason;
    },
  },
  CLASSIFIER_TIMEOUT_SECONDS: {
    ...{ value: '1', before: 'answered', after: 'unavailable' },
    seen: () => asked(1_500),
  },
  CLASSIFIER_WHEN_DOWN: { value: 'publish', before: 'held', after: 'published', seen: unanswered },
  ORIGINALS_KEPT_DAYS: { value: '60', before: false, after: true, seen: () => originalStays(40) },
  REMOTE_POSTERS_MAX_GB: {
    ...{ value: '7', before: 1, after: 2 },
    seen: () => postersKept({ gigabytes: 3, days: 1 }),
  },
  REMOTE_POSTERS_MAX_AGE_DAYS: {
    ...{ value: '10', before: 0, after: 2 },
    seen: () => postersKept({ gigabytes: 1, days: 8 }),
  },
  MINIMUM_AGE: { value: '40', before: null, after: 'too-young', seen: () => signUp() },
  CLAIM_WAITING_DAYS: { value: '14', before: 10, after: 14, seen: async () => (await infringed(1)).waiting },
  CLAIM_REPEAT_LIMIT: {
    value: '1',
    before: false,
    after: true,
    seen: async () => (await infringed(1)).atLimit,
  },
  CLAIM_REPEAT_DAYS: { value: '1', before: 1, after: 0, seen: async () => (await infringed(1, 2)).counts },
  CLAIM_REPEAT_ACTION: {
    ...{ value: 'suspend', before: 'active', after: 'suspended' },
    seen: async () => (await infringed(3)).state,
  },
  ARCHIVE_DAYS_BETWEEN: { value: '0', before: 429, after: 200, seen: async () => (await archived()).again },
  ARCHIVE_DAYS_KEPT: { value: '3', before: 7, after: 3, seen: async () => (await archived()).days },
  REMOTE_VIDEO: {
    ...{ value: 'off', before: ['replicate'], after: ['off'] },
    seen: () => server.context.instances.mediaModesOf(['somewhere.test']),
  },
  REMOTE_VIDEO_MAX_MB: {
    ...{ value: '1', before: true, after: false },
    seen: () => passesOn(1024 * 1024 + proxyLimits.chunkBytes),
  },
  REMOTE_CACHE_MAX_GB: {
    ...{ value: '5', before: 2, after: 1 },
    seen: () => copiesKept({ gigabytes: 3, days: 1 }),
  },
  REMOTE_CACHE_MAX_AGE_DAYS: {
    ...{ value: '10', before: 2, after: 0 },
    seen: () => copiesKept({ gigabytes: 1, days: 20 }),
  },
};

/** Somebody against whom so many claims were upheld, so many days ago. */
const infringed = async (claims: number, daysAgo = 0) =>
  infringing(server.context, (await somebody()).account, { claims, daysAgo });

/** The pixels of an icon of the page, by way of ffmpeg. */
async function iconPixels(): Promise<number[][]> {
  const { icons } = (await client.get('/manifest.webmanifest')).body;
  const path = new URL(icons[0].src, server.origin);
  const png = Buffer.from(await (await fetch(path)).arrayBuffer());
  const file = join(folder, `${++made}.png`);
  await writeFile(file, png);
  const raw = await decodeRaw('-i', file, '-f', 'rawvideo', '-pix_fmt', 'rgb24');
  return Array.from({ length: raw.length / 3 }, (_, at) => [...raw.subarray(at * 3, at * 3 + 3)]);
}

describe('every setting', () => {
  test('has a proof here', () => {
    expect(Object.keys(proofs).sort()).toEqual(definitions.map(({ name }) => name).sort());
  });

  test.each(Object.entries(proofs))(
    '%s changes what the server does, at once and back',
    async (name, proof) => {
      expect(await proof.seen()).toEqual(proof.before);
      await set(name, proof.value);
      expect(await proof.seen()).toEqual(proof.after);
      await set(name, null);
      expect(await proof.seen()).toEqual(proof.before);
    },
  );
});
