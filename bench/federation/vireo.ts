import { readConfig } from '../../config/config.ts';
import { wakePumps } from '../../federation/outbox/deliveries.ts';
import { createContext } from '../../src/context.ts';
import { createEnqueue } from '../../src/jobs/enqueue.ts';
import { sha256 } from '../../src/lib/crypto.ts';
import { type Running, startWeb, startWorker } from '../../src/server.ts';
import { servePart } from './part.ts';
import { BLOCKED_HOST } from './people.ts';

/** One process of Vireo as `src/main.ts` runs it, whose worker starts when the benchmark says so. */
const read = readConfig(process.env);
if (!read.ok) throw new Error(JSON.stringify(read.problems));
const created = await createContext(read.config);
if (!created.ok) throw new Error(created.detail);
const { context } = created;
const { db, ids, inTx, auth, config } = context;
const running: Running[] = [];
if (config.role === 'web') running.push(await startWeb(context));

/** Everybody whose posts come in is known, has a known key, and is followed by the owner. */
async function seed({ actors, publicKeyPem }: { actors: string[]; publicKeyPem: string }): Promise<void> {
  const form = await auth.prepareSignUp({ username: 'owner', password: 'a long password' });
  const owner = await inTx((tx) => auth.createUser(tx, form, { role: 'owner', pending: false }));
  if (!owner.ok) throw new Error(owner.detail);
  const { id: ownerId } = (await auth.owner()) ?? {};
  await inTx(async (tx) => {
    await context.instances.setPolicy(tx, BLOCKED_HOST, { severity: 'suspend' });
    for (const uri of actors) {
      const id = ids.next<'account'>();
      const name = uri.split('/').at(-1) ?? '';
      const account = { id, username: name, username_key: name, domain: new URL(uri).host, actor_uri: uri };
      const inbox = { inbox_uri: `${uri}/inbox`, fetched_at: tx.fn.now() };
      await tx('accounts').insert({ ...account, ...inbox, actor_type: 'Person' });
      await tx('remote_keys').insert({
        ...{ key_uri: `${uri}#main-key`, actor_uri: uri, public_key_pem: publicKeyPem },
        checked_at: tx.fn.now(),
      });
      const pair = { follower_id: ownerId, target_id: id };
      await tx('follows').insert({ ...pair, id: ids.next(), uri: `${uri}/follow`, state: 'accepted' });
    }
  });
}

async function countOf(table: string, where: Record<string, string>): Promise<number> {
  const row = await db(table).where(where).count('* as count').first();
  return Number(row?.count ?? 0);
}

/** Puts one activity of the owner on its way, as a fan-out leaves it: a row per inbox, a job per host. */
async function deliver({ inboxes, serial }: { inboxes: string[]; serial: string }): Promise<void> {
  const owner = await auth.owner();
  const uri = `${config.origin}/bench/${serial}`;
  const hosts = [...new Set(inboxes.map((inbox) => new URL(inbox).host))].sort();
  await inTx(async (tx) => {
    const id = ids.next<'activity'>();
    const body = JSON.stringify({ id: uri, type: 'Create', padding: 'x'.repeat(2_000) });
    const digest = sha256(body).toString('base64');
    const account = owner?.id ?? null;
    const activity = { id, uri, account_id: account, type: 'Create', object_uri: uri, body, digest };
    const [stored] = await tx('activities').insert(activity).returning<{ position: string }[]>('position');
    await tx.raw(
      `insert into deliveries (activity_id, position, account_id, inbox_uri, host, queued_at)
       select ?, ?, ?, uri, split_part(uri, '/', 3), now() from unnest(?::text[]) as uri`,
      [id, stored?.position ?? null, account, inboxes],
    );
    await tx.raw(
      `insert into delivery_lanes (host, account_id, next_at)
       select host, ?, now() from unnest(?::text[]) as host on conflict do nothing`,
      [account, hosts],
    );
    await wakePumps(createEnqueue(ids), tx, hosts);
  });
}

servePart(
  {
    seed,
    deliver,
    work: async () => {
      running.push(await startWorker(context));
    },
    stored: () => countOf('inbox_activities', {}),
    applied: () => countOf('inbox_activities', { state: 'applied' }),
    queued: () => countOf('inbox_activities', { state: 'queued' }),
    busy: async () =>
      (await countOf('jobs', { state: 'pending', queue: 'inbox' })) + (await countOf('events', {})),
  },
  async () => {
    for (const part of running.reverse()) await part.stop();
    await context.close();
  },
);
