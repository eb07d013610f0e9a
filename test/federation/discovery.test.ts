import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, signIn, signUp, until } from '../../src/setup/demo/client.ts';
import { startInstance } from '../../src/setup/demo/instance.ts';
import { clip } from '../helpers/media-samples.ts';
import { query } from '../helpers/probes.ts';
import { HONEST } from '../helpers/remote-http.ts';
import { closeSite, type Site, startSite } from '../helpers/sites.ts';

const PASSWORD = 'a long password';
/** As promised of a new server; here it is how long is waited at most. */
const FIVE_MINUTES_MS = 300_000;
const SLOW_MS = 600_000;
const VIDEOS = 62;

let directory: string;
let peer: Site;
let fresh: Site;
let owner: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-discovery-'));
  [peer, fresh] = await Promise.all([
    startSite(directory, 'peer', HONEST),
    startSite(directory, 'fresh', '127.0.0.1'),
  ]);
  const people: Client[] = [];
  for (let one = 0; one < 4; one += 1)
    people.push(await signUp(peer.running.origin, `person${one}`, PASSWORD));
  const files = await Promise.all(
    [0, 1, 2, 3].map((one) =>
      clip(directory, `${one}.mp4`, { seconds: 1, size: one % 2 === 0 ? '90x160' : '120x160' }),
    ),
  );
  const ids: [Client, string][] = [];
  for (let one = 0; one < VIDEOS; one += 1) {
    const who = people[one % people.length] as Client;
    const about = { filename: 'clip.mp4', caption: `Clip ${one} #${one % 3 === 0 ? 'Sea' : 'birds'}` };
    ids.push([who, await who.upload(files[one % files.length] as string, about)]);
  }
  for (const [who, id] of ids)
    await until('it is published', async () => (await who.processing(id)).state === 'published', SLOW_MS);
  owner = (await signIn(fresh.running.origin, 'owner', 'owner-password')).token;
}, 2 * SLOW_MS);
afterAll(async () => {
  await Promise.all([peer, fresh].map(closeSite));
  await rm(directory, { recursive: true, force: true });
});

interface Pack {
  readonly id: string;
  readonly state: string;
  readonly waiting: number;
  readonly found: number;
  readonly playable: number;
  readonly refused: readonly { readonly reason: string; readonly count: number }[];
}
async function call<T = unknown>(path: string, body?: object): Promise<T> {
  const response = await fetch(new URL(path, fresh.running.origin), {
    method: body ? 'POST' : 'GET',
    headers: { Authorization: `Bearer ${owner}`, 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}
const pack = async (): Promise<Pack> => {
  const [newest] = await call<Pack[]>('/api/v1/admin/discovery');
  if (!newest) throw new Error('There is no pack.');
  return newest;
};

describe('a server that begins with two topics and one peer', { timeout: 2 * SLOW_MS }, () => {
  test('stops when it is told to, and goes on after it was killed', async () => {
    const host = new URL(peer.running.origin).host;
    await call('/api/v1/admin/discovery', { topics: ['#Birds', 'sea'], hosts: [host] });
    await until('something is found', async () => (await pack()).found > 0, SLOW_MS);
    await call(`/api/v1/admin/discovery/${(await pack()).id}/stop`, {});
    const stopped = await until(
      'nothing is looked at any more',
      async () => {
        const before = await pack();
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        return (await pack()).waiting === before.waiting ? before : null;
      },
      SLOW_MS,
    );
    expect(stopped.state).toBe('stopped');
    expect(stopped.waiting).toBeGreaterThan(0);
    await call(`/api/v1/admin/discovery/${stopped.id}/resume`, {});
    await fresh.running.kill();
    fresh.running = await startInstance(fresh);
  });

  test('has a feed of fifty videos that can be played within five minutes, none of them twice', async () => {
    const begun = Date.now();
    const filled = await until(
      'fifty can be played',
      async () => {
        const now = await pack();
        return now.playable >= 50 ? now : null;
      },
      FIVE_MINUTES_MS,
    );
    process.stdout.write(`${filled.playable} videos after ${Math.round((Date.now() - begun) / 1_000)} s\n`);
    const shown = new Map<string, string>();
    let next: string | null = '/api/v1/timelines/for_you?limit=20';
    while (next !== null && shown.size < 50) {
      const answer: Response = await fetch(new URL(next, fresh.running.origin));
      expect(answer.status).toBe(200);
      const page = (await answer.json()) as { uri: string; media_attachments: { url: string }[] }[];
      for (const { uri, media_attachments: media } of page) shown.set(uri, media[0]?.url ?? '');
      next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1] ?? null;
      if (page.length === 0) next = null;
    }
    expect(shown.size).toBeGreaterThanOrEqual(50);
    for (const url of [...shown.values()].slice(0, 10)) {
      expect(new URL(url).origin).toBe(fresh.running.origin);
      expect((await fetch(url)).headers.get('content-type')).toBe('video/mp4');
    }
  });

  test('ends by itself, within its caps', async () => {
    const done = await until(
      'it is done',
      async () => {
        const now = await pack();
        return now.state === 'done' ? now : null;
      },
      SLOW_MS,
    );
    expect(done).toMatchObject({ waiting: 0, refused: [], found: VIDEOS });
    const rows = await query(
      fresh.database,
      `select count(*)::int as most from videos where not local group by account_id order by 1 desc limit 1`,
    );
    expect(rows).toMatchObject([{ most: expect.any(Number) }]);
    expect((rows[0] as { most: number }).most).toBeLessThanOrEqual(20);
  });
});
