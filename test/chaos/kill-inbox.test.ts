import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { signUp } from '../../src/setup/demo/client.ts';
import { type Instance, startInstance } from '../../src/setup/demo/instance.ts';
import { activityOf } from '../helpers/activities.ts';
import { type Peer, type PeerActor, send, signedPost, startPeer } from '../helpers/peer.ts';
import { HONEST } from '../helpers/remote-http.ts';
import { testVariables } from '../helpers/server.ts';
import { dropTestDatabase, testPort } from '../helpers/stack.ts';

const SLOW_MS = 120_000;
const HOST = '127.0.0.1';
const SENDERS = 16;
/** The server dies once this many were taken. */
const TAKEN_BEFORE = [1, 40, 150];

let dataDir: string;
let variables: Record<string, string>;
let port: number;
let web: Instance;
let db: Db;
let peer: Peer;
let carol: PeerActor;
let alice: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'vireo-kill-inbox-'));
  port = await testPort(HOST);
  variables = { ...(await testVariables(HOST, port)), ROLE: 'web' };
  db = openDatabase(variables.DATABASE_URL ?? '');
  peer = await startPeer(HONEST);
  carol = await peer.actor('carol');
  web = await start();
  alice = (await signUp(web.origin, 'alice', 'a long password')).account.uri;
}, SLOW_MS);

afterAll(async () => {
  await web?.kill();
  await peer.close();
  await db.destroy();
  await dropTestDatabase(variables.DATABASE_URL ?? '');
  await rm(dataDir, { recursive: true, force: true });
});

const start = () =>
  startInstance({ host: HOST, port, dataDir, logFile: join(dataDir, 'web.log'), variables });

test.for(TAKEN_BEFORE)(
  'what was taken is there when the server is killed after %i of many',
  { timeout: SLOW_MS },
  async (before) => {
    const taken: string[] = [];
    let dead: Promise<void> | undefined;
    const sender = async () => {
      while (!dead) {
        const activity = activityOf('Like', carol, alice);
        const request = signedPost(carol, `${web.origin}/inbox`, activity);
        const answer = await send(web.origin, request).catch(() => null);
        if (answer?.status === 202) taken.push(activity.id);
        else expect(answer).toBeNull();
        if (taken.length >= before) dead ??= web.kill();
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, sender));
    await dead;
    const stored = new Set(await db('inbox_activities').pluck('activity_uri'));
    expect(taken.length).toBeGreaterThanOrEqual(before);
    expect(taken.filter((id) => !stored.has(id))).toEqual([]);
    expect(await db('jobs').where({ name: 'inbox.drain', state: 'pending' })).toHaveLength(1);
    web = await start();
  },
);
