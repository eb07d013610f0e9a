import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Db } from '../../src/db/database.ts';
import { emitter } from '../../src/db/outbox.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import type { NewRemix } from '../../src/modules/remixes/index.ts';
import { type VideoDetails, videoEvents } from '../../src/modules/videos/index.ts';
import { type Client, signUp } from '../../src/setup/demo/client.ts';
import { type Canary, startCanary } from './canary.ts';
import { type Peer, type PeerActor, type SignatureChanges, send, signedPost, startPeer } from './peer.ts';
import { EVIL, HONEST } from './remote-http.ts';
import { startTestServer, type TestServer } from './server.ts';

/** Who everybody is in ActivityStreams. */
export const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
const CONTEXT = 'https://www.w3.org/ns/activitystreams';

/** Our server among others: A is honest, E is evil, and nobody may ever connect to the canary. */
export interface Rig {
  readonly server: TestServer;
  readonly canary: Canary;
  readonly a: Peer;
  readonly e: Peer;
  /** Of A. */
  readonly carol: PeerActor;
  /** Of E. */
  readonly mallory: PeerActor;
  /** Of our server. */
  readonly alice: Client;
  /** How far the clock of our server is ahead, in milliseconds. */
  ahead: number;
  close(): Promise<void>;
}

/** Starts all of them. Our server may reach A and E and nothing else of this machine. */
export async function startRig(variables: Readonly<Record<string, string>> = {}): Promise<Rig> {
  const canary = await startCanary();
  const time = { ahead: 0 };
  const server = await startTestServer({
    role: 'all',
    variables: { ALLOWED_PRIVATE_ADDRESSES: `${HONEST},${EVIL}`, REMOTE_VIDEO: 'off', ...variables },
    overrides: { clock: { now: () => Date.now() + time.ahead } },
  });
  const [a, e] = await Promise.all([startPeer(HONEST), startPeer(EVIL)]);
  const [carol, mallory] = await Promise.all([a.actor('carol'), e.actor('mallory')]);
  const alice = await signUp(server.origin, 'alice', 'a long password');
  return Object.assign(time, {
    ...{ server, canary, a, e, carol, mallory, alice },
    async close() {
      await server.close();
      await Promise.all([a.close(), e.close(), canary.close()]);
      if (canary.hits.length > 0) throw new Error(`The canary was reached: ${canary.hits.join(', ')}`);
    },
  });
}

/** Lets alice follow an actor of a peer, who accepts. Returns the Follow as the peer got it. */
export async function letFollow(
  { server, alice }: Rig,
  peer: Peer,
  actor: PeerActor,
): Promise<{ id: string }> {
  const found = await alice.find(actor.handle);
  if (!found) throw new Error(`${actor.handle} is not found.`);
  await alice.follow(found.id);
  const { activity } = await eventually('the Follow arrives', () =>
    peer.received.findLast((one) => one.activity.type === 'Follow' && one.activity.object === actor.id),
  );
  const outcome = await outcomeOf(server, actor, activityOf('Accept', actor, activity));
  if (outcome !== 'applied') throw new Error(`The Accept was ${outcome}.`);
  return activity;
}

/** Publishes a video of alice as its last step does, without files behind it, and lets the news go out. */
export async function publish(
  { server: { context }, alice }: Pick<Rig, 'server' | 'alice'>,
  about: Partial<VideoDetails> = {},
  remix?: Omit<NewRemix, 'account' | 'videoId'>,
): Promise<{ id: VideoId; uri: string }> {
  const account = await context.accounts.byActorUri(alice.account.uri);
  if (!account) throw new Error('There is no alice.');
  const details = {
    ...{ caption: 'A clip #first', contentWarning: '', altText: '', language: null },
    mentions: new Map(),
  } as const;
  return context.inTx(async (tx) => {
    const uploadId = randomUUID();
    const file = { filename: 'clip.mp4', bytes: 1 };
    const begun = await context.videos.beginUpload(tx, {
      ...{ account, uploadId, ...file },
      details: { ...details, visibility: 'public', sensitive: false, ...about },
    });
    if (!begun.ok) throw new Error(begun.detail);
    const { videoId } = begun;
    await tx('uploads').where({ id: uploadId }).delete();
    const attached = remix && (await context.remixes.attach(tx, { ...remix, account, videoId }));
    if (attached && !attached.ok) throw new Error(attached.reason);
    const waits = attached?.ok === true && attached.asks;
    const ready = {
      ...(waits ? { state: 'held', unannounced: true } : { state: 'published', published_at: tx.fn.now() }),
      media_state: 'ready',
      duration_seconds: 2,
    };
    await tx('videos').where({ id: videoId }).update(ready);
    await tx('video_assets').insert(
      (['mp4', 'poster'] as const).map((role) => ({
        ...{ key: `media/${videoId}/${role}`, video_id: videoId, role, bytes: 1, sha256: 'ab'.repeat(32) },
        content_type: role === 'mp4' ? 'video/mp4' : 'image/jpeg',
        ...{ width: 720, height: 1280 },
      })),
    );
    await emitter(videoEvents, context.ids)(tx, waits ? 'video.awaits-consent' : 'video.published', {
      videoId,
    });
    return { id: videoId, uri: context.urls.video(videoId) };
  });
}

type Author = Pick<PeerActor, 'id' | 'followers'>;

let serial = 0;

/** A Follow with an id of its own. */
export function followOf(actor: Author, target: string, more: object = {}) {
  serial += 1;
  return {
    '@context': CONTEXT,
    id: `${actor.id}/follows/${serial}`,
    type: 'Follow',
    actor: actor.id,
    object: target,
    ...more,
  };
}

/** Any activity about an object, which is embedded or named as given. */
export function activityOf(type: string, actor: Author, object: unknown, more: object = {}) {
  serial += 1;
  const id = `${actor.id}/activities/${serial}`;
  return { '@context': CONTEXT, id, type, actor: actor.id, object, ...more };
}

/** A public Note with one video, and an id of its own on the author's server. */
export function noteOf(author: Author, more: object = {}) {
  serial += 1;
  const id = `${author.id}/notes/${serial}`;
  return {
    id,
    type: 'Note',
    attributedTo: author.id,
    url: id,
    content: '<p>A clip</p>',
    published: new Date().toISOString(),
    to: [PUBLIC],
    cc: [author.followers],
    attachment: [{ type: 'Document', mediaType: 'video/mp4', url: `${author.id}/clip.mp4` }],
    ...more,
  };
}

/** The Create of a Note, addressed as the Note is. */
export function createOf(
  author: Author,
  note: { id: string; to?: unknown; cc?: unknown },
  more: object = {},
) {
  return activityOf('Create', author, note, { to: note.to, cc: note.cc, ...more });
}

/** Sends an activity to the shared inbox of a server of ours, signed by its actor. */
export function post(
  server: Pick<TestServer, 'origin'>,
  actor: PeerActor,
  activity: object | Buffer,
  changes: SignatureChanges = {},
): Promise<{ status: number; body: string }> {
  return send(server.origin, signedPost(actor, `${server.origin}/inbox`, activity, changes));
}

const POLL_MS = 15;
const PATIENCE_MS = 20_000;

/** Asks again and again until the answer is neither null, undefined nor false. Throws with the name of the wait. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false> | T | null | undefined | false,
): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`Waited in vain: ${what}.`);
    await pause(POLL_MS);
  }
}

/** Waits until everything that was received, and all that follows from it, is done or put off. */
export async function quiet({ context: { db } }: TestServer): Promise<void> {
  // Not now(): that is told before the rows are looked at, and what came in between would seem put off.
  await eventually('the server has nothing left to do', async () => {
    const { rows } = await db.raw<{ rows: { busy: boolean }[] }>(
      // Not now(): that is read before the rows are, and work that was added in between would lie ahead of it.
      `select exists (select from events where not_before <= clock_timestamp())
           or exists (select from jobs
                       where state = 'pending' and (run_at <= clock_timestamp() or lease_owner is not null))
           as busy`,
    );
    return rows[0]?.busy === false;
  });
}

/** Resolves once what was counted so far is part of the sums, which the server sees to every few seconds. */
export async function summed({ context: { analytics, watching, db } }: TestServer): Promise<void> {
  await eventually('all that was counted is added up', async () => {
    await Promise.all([analytics.fold(), watching.addTallies()]);
    const left = await Promise.all([db('analytics_tallies').first('id'), db('view_tallies').first('id')]);
    return left.every((row) => row === undefined);
  });
}

/** Makes all upkeep due, as if a month had gone by: a server that starts does it first thing. */
export const UPKEEP_DUE = `update upkeep_runs set started_at = started_at - interval '30 days'`;

/** Makes everything that waits for another try due now, as if the pause were over. Each on its own: the worker takes them in another order. */
export const DUE_NOW = `
  begin; update delivery_lanes set next_at = now(); commit;
  begin; update delivery_hosts set open_until = now() where open_until is not null; commit;
  update jobs set run = run + 1, run_at = now() where state = 'pending' and name = 'deliver.host';
  select pg_notify('vireo_work', '')`;

/** Sends an activity that the gate must take, and returns what became of it: `applied`, or state and reason. */
export async function outcomeOf(
  server: TestServer,
  actor: PeerActor,
  activity: { id: string },
): Promise<string> {
  const { status, body } = await post(server, actor, activity);
  if (status !== 202) return `${status} ${body}`;
  await quiet(server);
  const [row] = await server.context.federation.explain(activity.id);
  return row === undefined
    ? 'not stored'
    : [row.state, row.reason].filter((part) => part !== null).join(': ');
}

/** What `contentOf` says of a table without rows. */
const NO_ROWS = `0 rows, ${createHash('md5').digest('hex')}`;

/** The content of every table, as one checksum each; tables in `except` are left out. Of hundreds of tables only those are read that have a file with something in it. */
export async function contentOf(db: Db, except: readonly string[] = []): Promise<Record<string, string>> {
  const { rows: tables } = await db.raw<{ rows: { name: string; filled: boolean }[] }>(
    `select relname as name, relkind = 'p' or pg_relation_size(oid) > 0 as filled from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`,
  );
  const wanted = tables.filter(({ name }) => !except.includes(name));
  const sums = wanted
    .filter(({ filled }) => filled)
    .map(
      ({ name }) =>
        `select '${name}' as name, count(*) || ' rows, ' || md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from "${name}" as t`,
    );
  const { rows } = await db.raw<{ rows: { name: string; sum: string }[] }>(sums.join(' union all '));
  const found = Object.fromEntries(rows.map(({ name, sum }) => [name, sum]));
  return Object.fromEntries(wanted.map(({ name }) => [name, found[name] ?? NO_ROWS]));
}

/** Jobs by which the server reads others, at its own time: their retries have nothing to do with a request. */
const OWN_WORK = ['instances.inspect', 'outbox.backfill'];

/**
 * What upkeep writes at its own time; of `instance_refusals`, how much of servers that are known was refused: no request adds a
 * server to it (security.md R6).
 */
export const OWN_TABLES = [
  'instances',
  'jobs',
  'upkeep_runs',
  'workers',
  'backup_runs',
  'backup_objects',
  'backup_asks',
  'retention_runs',
  'storage_scan',
  'storage_findings',
  'storage_state',
  'storage_use',
  'instance_refusals',
  // What a request adds to figures is a tally first, and tallies count here. Upkeep folds them, and forgets minutes that are old.
  'analytics_accounts',
  'analytics_videos',
  'announcements',
  'transparency_notes',
  'transparency_months',
  'search_changes',
  'search_documents',
  'search_engine',
  'search_engine_changes',
  'search_forgotten',
  'search_common_tags',
  'search_terms',
];

/** What a refused request may still cause. Nothing is allowed that is not named. */
interface Allowed {
  /** Paths that peers may be asked for, for the key of the signature. */
  readonly asked?: readonly string[];
  /** A fetched key, or that there is none, may be remembered. */
  readonly remembersKey?: boolean;
}

/**
 * Runs a request that must have no effect, and checks that it had none: no row of any table changed, no job
 * left in Redis, no peer asked for anything but what is allowed. Returns what the request gave.
 */
export async function withoutEffect<T>(
  server: TestServer,
  peers: readonly Peer[],
  request: () => Promise<T>,
  allowed: Allowed = {},
): Promise<T> {
  const { db, queues } = server.context;
  await quiet(server);
  await summed(server);
  // Servers that are known are inspected when it is time, whatever else comes; that none is added counts.
  const hosts = (): Promise<string[]> => db('instances').orderBy('host').pluck('host');
  const except = [...OWN_TABLES, ...(allowed.remembersKey ? ['remote_keys'] : [])];
  // What waits for its time lies in Redis, too. What the server asks others by itself is in a queue of its own.
  const tickets = async (): Promise<number> => {
    const { default: _ofItself, ...others } = queues;
    const counts = await Promise.all(Object.values(others).map((queue) => queue.getJobCountByTypes()));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const jobs = async (): Promise<string> =>
    JSON.stringify(
      await db('jobs')
        .whereNotIn('name', OWN_WORK)
        .orderBy('id')
        .select('id', 'name', 'payload', 'run', 'state'),
    );
  const [before, known, waiting] = [await contentOf(db, except), await hosts(), await tickets()];
  const jobsBefore = await jobs();
  const askedBefore = peers.map((peer) => peer.seen.length);
  const given = await request();
  await quiet(server);
  const asked = peers
    .flatMap((peer, at) => peer.seen.slice(askedBefore[at]).map(({ path }) => path))
    .filter((path) => path !== '/.well-known/nodeinfo');
  const after = await contentOf(db, except);
  const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
  if ((await hosts()).join() !== known.join()) changed.push('instances');
  const jobsAfter = await jobs();
  if (jobsAfter !== jobsBefore) changed.push(`jobs: ${jobsBefore} became ${jobsAfter}`);
  const effects = { changed, asked, jobs: Math.max(0, (await tickets()) - waiting) };
  const expected = { changed: [], asked: [...(allowed.asked ?? [])], jobs: 0 };
  if (JSON.stringify(effects) !== JSON.stringify(expected)) {
    throw new Error(`A refused request had effects: ${JSON.stringify(effects)}`);
  }
  return given;
}
