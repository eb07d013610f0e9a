import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deliver } from '../../federation/outbox/deliveries.ts';
import type { SentName } from '../../federation/translate/outgoing.ts';
import { createEnqueue } from '../../src/jobs/enqueue.ts';
import type { AccountId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { forgetOthers } from './emptying.ts';
import { jobRun } from './job-run.ts';
import { createPeople } from './people.ts';
import { startTestServer, type TestServer } from './server.ts';

/** What a receiver does with a POST: a status with headers, nothing for ever, or breaks the connection. */
type Answer =
  | number
  | { readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | 'hang'
  | 'hang-up';

/** A POST as it came in. */
export interface Arrival {
  readonly host: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly id: string;
  readonly actor: string;
  /** Milliseconds of the monotonic clock. */
  readonly at: number;
}

/** Another server, as deliveries see it: inboxes, and nothing else. */
export interface Receiver {
  readonly host: string;
  readonly arrivals: Arrival[];
  /** Most requests that were under way at once, and connections that were opened. */
  readonly most: () => number;
  readonly connections: () => number;
  /** Ends it; from then on connections are refused. */
  close(): Promise<void>;
  /** Listens again, at the same address. */
  open(): Promise<void>;
}

/** Starts a receiver. `decide` says what becomes of each POST; without it, all are taken. */
export async function startReceiver(
  address: string,
  decide: (arrival: Arrival) => Answer | Promise<Answer> = () => 202,
): Promise<Receiver> {
  const arrivals: Arrival[] = [];
  const counts = { now: 0, most: 0, connections: 0 };
  let server: Server | null = null;
  let port = 0;
  const host = () => `${address}:${port}`;
  const receive = (path: string, headers: IncomingHttpHeaders, body: string, response: ServerResponse) => {
    const { id, actor } = JSON.parse(body) as { id: string; actor: string };
    const arrival = { host: host(), path, headers, id, actor, at: performance.now() };
    arrivals.push(arrival);
    Promise.resolve(decide(arrival)).then((answer) => {
      if (answer === 'hang') return;
      if (answer === 'hang-up') response.destroy();
      else if (typeof answer === 'number') response.writeHead(answer).end();
      else response.writeHead(answer.status, answer.headers).end();
    });
  };
  const open = async () => {
    const listening = createServer((request, response) => {
      counts.now += 1;
      counts.most = Math.max(counts.most, counts.now);
      response.on('close', () => {
        counts.now -= 1;
      });
      let body = '';
      request.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      request.on('end', () => receive(request.url ?? '', request.headers, body, response));
    });
    listening.on('connection', () => {
      counts.connections += 1;
    });
    await new Promise<void>((resolve, reject) => {
      listening.once('error', reject);
      listening.listen(port, address, resolve);
    });
    port = (listening.address() as AddressInfo).port;
    server = listening;
  };
  await open();
  return {
    ...{ host: host(), arrivals, open },
    most: () => counts.most,
    connections: () => counts.connections,
    async close() {
      const closing = server;
      server = null;
      if (!closing) return;
      closing.closeAllConnections();
      await new Promise((done) => closing.close(done));
    },
  };
}

/** A server of ours without relay and worker, whose pumps the test runs itself, on a clock of its own. */
export interface DeliveryRig {
  readonly server: TestServer;
  /** Its clock, in milliseconds since 1970. It stands still unless the test moves it. */
  now: number;
  /** Makes a local account. */
  sender(name: string): Promise<Account>;
  /** Lets somebody at an inbox of another server follow a local account. */
  addFollower(target: Account, inboxUri: string, sharedInboxUri?: string): Promise<AccountId>;
  /** Stores an activity of an account for all its followers, as the bridge does; returns its id. */
  post(sender: Account, type?: string): Promise<string>;
  /** Runs the pump of a host once, with the end of its job. Returns when it wants to run again. */
  pump(host: string): Promise<Date | null>;
  /** Runs it again and again, and moves the clock to each time it asks for, until `until` or nothing is left. */
  pumpOn(host: string, until?: number): Promise<void>;
  /** Forgets all activities, what follows from them, and accounts of other servers. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the rig; it may reach the usual loopback addresses. */
export async function startDeliveryRig(): Promise<DeliveryRig> {
  const time = { now: Date.now() };
  const server = await startTestServer({ role: 'none', overrides: { clock: { now: () => time.now } } });
  const { context } = server;
  const { db, inTx, ids } = context;
  const people = createPeople(server);
  const enqueue = createEnqueue(ids);
  let serial = 0;

  async function pump(host: string): Promise<Date | null> {
    const { signal } = new AbortController();
    const finish = await context.federation.pump(host, jobRun({ signal }));
    return inTx(finish);
  }

  return Object.assign(time, {
    ...{ server, pump, sender: (name: string) => people.local(name) },
    async addFollower(target: Account, inboxUri: string, sharedInboxUri?: string) {
      serial += 1;
      const domain = new URL(inboxUri).host;
      const actorUri = `${new URL(inboxUri).origin}/users/follower-${serial}`;
      const account = await inTx((tx) =>
        context.accounts.upsertRemote(tx, {
          ...{ actorUri, actorType: 'Person', username: `follower-${serial}`, domain, displayName: '' },
          ...{ bioHtml: '', url: actorUri, inboxUri, sharedInboxUri: sharedInboxUri ?? null },
          ...{ locked: false, discoverable: true, indexable: true },
          ...{ followersUri: null, outboxUri: null, featuredUri: null, alsoKnownAs: [] },
          ...{ fields: [], avatarUrl: null, headerUrl: null },
        }),
      );
      const follow = { follower_id: account.id, target_id: target.id, uri: `${actorUri}/follow` };
      await db('follows').insert({ id: ids.next(), ...follow, state: 'accepted' });
      return account.id;
    },
    async post(sender: Account, type: SentName = 'Create') {
      serial += 1;
      const id = `${sender.actorUri}/activities/${serial}`;
      const activity = { id, type, actor: sender.actorUri };
      const audience = { kind: 'followers', of: sender.id } as const;
      await inTx((tx) =>
        deliver({ ...context, enqueue }, tx, { senderId: sender.id, activity, objectUri: id, audience }),
      );
      return id;
    },
    async pumpOn(host: string, until = Number.POSITIVE_INFINITY) {
      for (let next = await pump(host); next !== null && Number(next) <= until; next = await pump(host)) {
        time.now = Math.max(time.now, Number(next));
      }
    },
    async clear() {
      const tables = ['activities', 'delivery_lanes', 'delivery_hosts', 'jobs', 'follows'];
      for (const table of tables) await db(table).delete();
      await forgetOthers(server);
    },
    close: () => server.close(),
  });
}
