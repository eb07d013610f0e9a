import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, signIn, signUp, until } from '../../src/setup/demo/client.ts';
import { noteOf } from '../helpers/activities.ts';
import { clip } from '../helpers/media-samples.ts';
import { type Peer, type PeerActor, startPeer } from '../helpers/peer.ts';
import { query } from '../helpers/probes.ts';
import { EVIL, HONEST } from '../helpers/remote-http.ts';
import { closeSite, type Site, startSite } from '../helpers/sites.ts';

const PASSWORD = 'a long password';
const SLOW_MS = 180_000;

/** Three servers of ours, each a process with a database of its own, and nobody on them who follows anybody of another. */
let directory: string;
let a: Site;
let b: Site;
let c: Site;
/** A server that somebody named, and lies. */
let liar: Peer;
/** One that nobody named. */
let stranger: Peer;
let mallory: PeerActor;
let alice: Client;
let bob: Client;
let small: string;

const EVERY = { EXCHANGE_SECONDS: '5', TRENDS_FOR: 'signed' };

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-exchange-'));
  [a, b, c] = await Promise.all([
    startSite(directory, 'a', '127.0.0.1', EVERY),
    startSite(directory, 'b', HONEST, EVERY),
    startSite(directory, 'c', EVIL, EVERY),
  ]);
  [liar, stranger] = await Promise.all([startPeer(EVIL), startPeer(HONEST)]);
  mallory = await liar.actor('mallory', { discoverable: true });
  [alice, bob] = await Promise.all([
    signUp(a.running.origin, 'alice', PASSWORD),
    signUp(b.running.origin, 'bob', PASSWORD),
  ]);
  small = await clip(directory, 'small.mp4', { seconds: 1, size: '180x320' });
}, SLOW_MS);
afterAll(async () => {
  await Promise.all([a, b, c].map(closeSite));
  await Promise.all([liar.close(), stranger.close()]);
  await rm(directory, { recursive: true, force: true });
});

interface Shown {
  readonly id: string;
  readonly uri: string;
}

async function call<T = unknown>(site: Site, path: string, token?: string, body?: object): Promise<T> {
  const response = await fetch(new URL(path, site.running.origin), {
    method: body ? 'POST' : 'GET',
    headers: {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body && { 'Content-Type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

async function published(site: Site, who: Client, caption: string, visibility = 'public'): Promise<Shown> {
  const id = await who.upload(small, { filename: 'clip.mp4', caption, visibility });
  await until(
    `"${caption}" is published`,
    async () => (await who.processing(id)).state === 'published',
    SLOW_MS,
  );
  const { uri } = await call<Shown>(site, `/api/v1/statuses/${id}`, who.token);
  return { id, uri };
}

/** So many people of a server like a video of it, which trends there then. */
async function like(site: Site, id: string, fans: readonly Client[]): Promise<void> {
  for (const fan of fans) await call(site, `/api/v1/statuses/${id}/favourite`, fan.token, {});
  const trends = async () => {
    const own = await call<Shown[]>(site, '/api/v1/trends/statuses?limit=40&own=true', await ownerOf(site));
    return own.some((one) => one.id === id);
  };
  await until('it trends at home', trends, SLOW_MS);
}

const peopleOf = async (site: Site, count: number, of = 'fan'): Promise<Client[]> => {
  const made: Client[] = [];
  for (let one = 0; one < count; one += 1)
    made.push(await signUp(site.running.origin, `${of}${one}`, PASSWORD));
  return made;
};

const owners = new Map<Site, string>();
async function ownerOf(site: Site): Promise<string> {
  const known = owners.get(site) ?? (await signIn(site.running.origin, 'owner', 'owner-password')).token;
  owners.set(site, known);
  return known;
}
const name = async (site: Site, host: string) =>
  call(site, '/api/v1/admin/exchange', await ownerOf(site), { host });

interface Told {
  readonly host: string;
  readonly waiting: number;
  readonly counting: number;
  readonly succeeded_at: string | null;
  readonly failure: string | null;
  readonly refused: readonly { readonly reason: string; readonly count: number }[];
}
const told = async (site: Site, host: string): Promise<Told> => {
  const peers = await call<Told[]>(site, '/api/v1/admin/exchange', await ownerOf(site));
  const one = peers.find((peer) => peer.host === host);
  if (!one) throw new Error(`${host} is not asked.`);
  return one;
};
const trending = async (site: Site) =>
  (await call<Shown[]>(site, '/api/v1/trends/statuses?limit=40', await ownerOf(site))).map(({ uri }) => uri);

describe('servers that ask each other what trends', { timeout: 3 * SLOW_MS }, () => {
  let hit: Shown;
  let hidden: Shown;
  let ofB: Shown[];

  test('a video that goes viral on one is in the trends of the others, with a copy of their own', async () => {
    hit = await published(a, alice, 'A hit #birds');
    hidden = await published(a, alice, 'For few', 'private');
    await like(a, hit.id, await peopleOf(a, 6));
    await until('it trends on A', async () => (await trending(a)).includes(hit.uri), SLOW_MS);
    await Promise.all([name(b, new URL(a.running.origin).host), name(c, new URL(a.running.origin).host)]);
    for (const site of [b, c]) {
      await until('it trends elsewhere', async () => (await trending(site)).includes(hit.uri), 600_000);
      const shown = await call<(Shown & { media_attachments: { url: string }[] })[]>(
        site,
        '/api/v1/trends/statuses',
        await ownerOf(site),
      );
      const file = shown.find(({ uri }) => uri === hit.uri)?.media_attachments[0]?.url ?? '';
      expect(new URL(file).origin).toBe(site.running.origin);
      expect((await fetch(file)).status).toBe(200);
      // Nobody there follows or likes anything of A: it is there by the exchange alone.
      const [counts] = await query(
        site.database,
        'select (select count(*) from follows) as follows, (select count(*) from likes) as likes',
      );
      expect(counts).toEqual({ follows: '0', likes: '0' });
    }
  });

  test('who may read them is up to each server: signed requests of servers, and not just anybody', async () => {
    const asked = (more: HeadersInit = {}) =>
      fetch(`${a.running.origin}/api/v1/trends/statuses`, { headers: more }).then(({ status }) => status);
    expect(await asked()).toBe(401);
    expect(await asked({ signature: 'keyId="https://nobody.example/actor#main-key",signature="abc"' })).toBe(
      401,
    );
    expect(await told(b, new URL(a.running.origin).host)).toMatchObject({ failure: null });
  });

  test('what is only told is not told on', async () => {
    const list = await call<Shown[]>(b, '/api/v1/trends/statuses?own=true', await ownerOf(b));
    expect(list.map(({ uri }) => uri)).not.toContain(hit.uri);
    expect(await trending(b)).toContain(hit.uri);
  });

  test('a liar that was named gets nothing in that is not there, is not public, or is too much of its own', async () => {
    const people = await peopleOf(b, 6);
    ofB = [];
    for (let one = 0; one < 3; one += 1) {
      const video = await published(b, bob, `Of B ${one}`);
      await like(b, video.id, people.slice(one));
      ofB.push(video);
    }
    await until(
      'videos of B trend there',
      async () => {
        const shown = await trending(b);
        return ofB.every(({ uri }) => shown.includes(uri));
      },
      SLOW_MS,
    );
    const spam = Array.from({ length: 8 }, (_, one) => noteOf(mallory, { content: `<p>Buy ${one}</p>` }));
    for (const note of spam) liar.page(new URL(note.id).pathname, note);
    const listed = (uri: string) => ({ uri, media_attachments: [{ type: 'video' }] });
    liar.page('/api/v1/trends/statuses?limit=40&own=true', [
      ...spam.map(({ id }) => listed(id)),
      listed(`${a.running.origin}/ap/videos/123456789`),
      listed(hidden.uri),
      listed(`${b.running.origin}/ap/videos/123456789`),
      listed('not an address'),
    ]);
    await name(b, liar.host);
    const outcome = await until(
      'all of it was looked at',
      async () => {
        const one = await told(b, liar.host);
        return one.succeeded_at !== null && one.waiting === 0 ? one : null;
      },
      SLOW_MS,
    );
    const reasons = Object.fromEntries(outcome.refused.map(({ reason, count }) => [reason, count]));
    expect(reasons).toEqual({ 'too-many-of-author': 5, 'our-own': 1, 'object-not-found': 2 });
    const uris = await trending(b);
    expect(uris).not.toContain(hidden.uri);
    expect(uris).not.toContain(`${a.running.origin}/ap/videos/123456789`);
    const [known] = await query(
      b.database,
      `select count(*) from videos where uri = '${hidden.uri}' or uri like '%123456789'`,
    );
    expect(known).toEqual({ count: '0' });
    // Its three that are left are no videos that can be played: none is counted.
    expect(uris.filter((uri) => uri.startsWith(liar.origin))).toEqual([]);
    expect(uris.slice(0, 3).toSorted()).toEqual(ofB.map(({ uri }) => uri).toSorted());
  });

  test('one that nobody named is never asked, and what it says for others counts for nothing', async () => {
    const before = await trending(c);
    stranger.page('/api/v1/trends/statuses?limit=40&own=true', [
      { uri: ofB[0]?.uri, media_attachments: [{ type: 'video' }] },
    ]);
    await until(
      'C has asked A again',
      async () => {
        const [row] = await query(
          c.database,
          `select count(*) as asked from exchange_peers where fetched_at > now() - interval '4 seconds'`,
        );
        return (row as { asked: string }).asked === '1';
      },
      SLOW_MS,
    );
    expect(stranger.asked()).toEqual([]);
    expect(await trending(c)).toEqual(before);
    expect(before).not.toContain(ofB[0]?.uri);
  });
});
