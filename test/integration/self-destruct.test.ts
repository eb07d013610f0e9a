import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readConfig } from '../../config/config.ts';
import { vireo } from '../../src/cli/program.ts';
import { type Context, createContext } from '../../src/context.ts';
import { createLogger } from '../../src/lib/log.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { startInstance } from '../../src/setup/demo/instance.ts';
import { eventually, holdWrites } from '../helpers/chaos.ts';
import { jobRun } from '../helpers/job-run.ts';
import { type Peer, type PeerActor, startPeer } from '../helpers/peer.ts';
import { createPeople, PASSWORD, type People } from '../helpers/people.ts';
import { EVIL, HONEST } from '../helpers/remote-http.ts';
import { closeSite, type Site, startSite } from '../helpers/sites.ts';

/** The whole server goes: with a process that is killed in the middle, and another server that hears of everybody. */
const SLOW_MS = 120_000;
/** More than three portions. */
const PEOPLE = 65;

let directory: string;
let site: Site;
let context: Context;
let people: People;
let peer: Peer;
let carol: PeerActor;
let env: Record<string, string>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-closing-'));
  [site, peer] = await Promise.all([startSite(directory, 'site', HONEST), startPeer(EVIL)]);
  carol = await peer.actor('carol');
  const { host, port, dataDir } = site;
  const place = { HOST: host, PORT: String(port), ORIGIN: `http://${host}:${port}`, DATA_DIR: dataDir };
  env = { ...site.variables, ...place };
  const read = readConfig(env);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const created = await createContext(read.config, { log: createLogger('silent') });
  if (!created.ok) throw new Error(created.detail);
  context = created.context;
  people = createPeople({ context });
}, SLOW_MS);
afterEach(async () => {
  await context?.close();
  await Promise.all([closeSite(site), peer.close()]);
  await rm(directory, { recursive: true, force: true });
});

async function cli(...words: readonly string[]) {
  const out: string[] = [];
  const stdout = { write: (text: string) => out.push(text) > 0 };
  const code = await vireo(['--json', 'self-destruct', ...words], {
    ...{ env, stdout, stderr: { write: () => true } },
  });
  return { code, ...JSON.parse(out.join('')) };
}

/** The same, with somebody at a terminal who types this when asked. */
async function cliTyping(answer: string, ...words: readonly string[]) {
  const terminal = Object.assign(new PassThrough(), { isTTY: true });
  const stdin = vi.spyOn(process, 'stdin', 'get').mockReturnValue(terminal as never);
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  try {
    terminal.write(`${answer}\n`);
    return await cli(...words);
  } finally {
    stdin.mockRestore();
    stderr.mockRestore();
  }
}

/** Somebody of the peer follows all of them. */
async function followAll(all: readonly Account[]): Promise<void> {
  const { inTx, accounts, db, ids } = context;
  const follower = await inTx((tx) =>
    accounts.upsertRemote(tx, {
      ...{ actorUri: carol.id, actorType: 'Person', username: 'carol', domain: peer.host, displayName: '' },
      ...{ bioHtml: '', url: carol.id, inboxUri: carol.inbox, sharedInboxUri: peer.url('/inbox') },
      ...{ locked: false, discoverable: true, indexable: true, followersUri: null, outboxUri: null },
      ...{ featuredUri: null, alsoKnownAs: [], fields: [], avatarUrl: null, headerUrl: null },
    }),
  );
  const follows = all.map(({ id }) => ({
    ...{ id: ids.next(), follower_id: follower.id, target_id: id, uri: `${carol.id}/follows/${id}` },
    state: 'accepted',
  }));
  await db('follows').insert(follows);
}

const signUp = () =>
  fetch(`${site.running.origin}/api/v1/accounts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: site.running.origin },
    body: JSON.stringify({ username: 'latecomer', password: PASSWORD, reason: 'To see.' }),
  });
const restart = async () => {
  site.running = await startInstance(site);
};
const statusOf = async (uri: string) =>
  (await fetch(uri, { headers: { accept: 'application/activity+json' } })).status;

test('every account ends and every server hears of it, though the server is killed meanwhile', {
  timeout: SLOW_MS,
}, async () => {
  const { db, urls } = context;
  const all: Account[] = [];
  for (let n = 0; n < PEOPLE; n += 1) all.push(await people.local(`person_${n}`));
  await people.local('waits', { pending: true });
  await followAll(all);

  // With the owner, whom the server made.
  const counted = { accounts: PEOPLE + 2, servers: 1 };
  expect(await cli('--dry-run')).toMatchObject({ code: 0, rows: [counted] });
  expect(await cli('status')).toMatchObject({ code: 0, message: expect.stringContaining('does not close') });
  expect(await cli()).toMatchObject({ code: 2, reason: 'usage' });
  expect(await cli('--domain', 'other.example')).toMatchObject({ code: 2, reason: 'usage' });
  expect(await db('server_closing')).toEqual([]);

  const middle = all[45];
  const hold = await holdWrites(context.databaseUrl, {
    ...{ table: 'accounts', on: 'update', condition: `new.id = ${middle?.id} and new.state = 'deleted'` },
  });
  expect(await cli('--domain', urls.domain, '--reason', 'We are tired.')).toMatchObject({ code: 0 });
  await hold.reached();
  await site.running.kill();
  await hold.cut();
  const left = Number((await db('users').count('* as count').first())?.count);
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(PEOPLE);
  expect((await cli('status')).rows[0]).toMatchObject({ accounts: left });

  // It starts without its owner, and makes no other one.
  await restart();
  expect(await cliTyping('yes')).toMatchObject({ code: 2, reason: 'usage' });
  expect(await cliTyping(urls.domain)).toMatchObject({
    ...{ code: 0, message: expect.stringContaining('goes on') },
  });
  const refused = await signUp();
  expect([refused.status, (await refused.json()).code]).toEqual([403, 'registrations-closed']);
  const told = await fetch(`${site.running.origin}/api/v2/instance`);
  expect((await told.json()).registrations.enabled).toBe(false);
  await expect(people.local('latecomer')).rejects.toThrow('closes for good');
  await eventually(
    'all is done',
    async () => (await cli('status')).message.startsWith('All is done'),
    SLOW_MS,
  );

  const deleted = peer.received.filter(({ activity }) => activity.type === 'Delete');
  expect(new Set(deleted.map(({ activity }) => activity.object))).toEqual(
    new Set(all.map(({ actorUri }) => actorUri)),
  );
  expect(deleted.every(({ request }) => request.headers.signature !== undefined)).toBe(true);
  for (const account of [all[0], middle, all.at(-1)])
    expect(await statusOf(account?.actorUri ?? '')).toBe(410);
  // What signs in the name of the server stays.
  expect(await statusOf(urls.instanceActor)).toBe(200);
  expect(
    await db('accounts').where({ domain: '', owner_id: null }).whereNot({ state: 'deleted' }),
  ).toHaveLength(1);
  expect(await db('audit_log').where({ action: 'maintenance.self-destruct' })).toMatchObject([
    { actor_kind: 'operator', reason: 'We are tired.' },
  ]);
});

test('is refused while no worker would do it, and its job does nothing by itself', {
  timeout: SLOW_MS,
}, async () => {
  const { inTx, serverLock, closing, db, urls } = context;
  const somebody = await people.local('somebody');
  await closing.endAll(jobRun());
  expect((await context.accounts.byId(somebody.id))?.state).toBe('active');
  await inTx((tx) => serverLock.lock(tx, { kind: 'operator' }, { reason: '' }));
  expect(await cli('--domain', urls.domain)).toMatchObject({ code: 1, reason: 'conflict' });
  expect(await db('server_closing')).toEqual([]);
});
