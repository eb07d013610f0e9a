import type { AuditId } from '../../src/lib/ids.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { noteOf, type Rig, startRig } from './activities.ts';
import { empty } from './emptying.ts';
import { jobRun } from './job-run.ts';
import type { PeerActor } from './peer.ts';
import { EVIL, type Remote, startRemote } from './remote-http.ts';

/** The ETag of the list, until a test answers something else. */
export const LIST_ETAG = '"the same"';

/** What a server that was named answers once, in place of its list. */
export interface Told {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One post of the list of a server, as the Mastodon API has it. */
export const listed = (uri: unknown, type = 'video') => ({ uri, media_attachments: [{ type }] });

export type ExchangeRig = Awaited<ReturnType<typeof startExchangeRig>>;

/**
 * A server, and one that its staff names, which tells what it is made to tell. No worker takes the jobs of the exchange: each is run by hand, one
 * after another.
 */
export async function startExchangeRig() {
  const rig: Rig = await startRig({ QUEUES: 'mail' });
  /** What is told, what is answered before that, and what happens before an answer goes out. */
  const says: { list: unknown[]; answers: Told[]; before: () => Promise<unknown> } = {
    ...{ list: [], answers: [], before: async () => undefined },
  };
  const peer: Remote = await startRemote(EVIL, async (request, response) => {
    await says.before();
    const next: Told = says.answers.shift() ?? {
      ...(request.headers['if-none-match'] === LIST_ETAG
        ? { status: 304, headers: { etag: LIST_ETAG } }
        : { status: 200, headers: { etag: LIST_ETAG }, body: says.list }),
    };
    response.writeHead(next.status, { 'content-type': 'application/json', ...next.headers });
    response.end(next.body === undefined ? undefined : JSON.stringify(next.body));
  });
  const served = new Map<string, object>();
  const dana = await rig.a.actor('dana', { discoverable: true });
  const { db, inTx, exchange, handlers } = rig.server.context;
  const row = () => db('exchange_peers').first();

  async function run(name: 'exchange.ask' | 'exchange.look', payload: never): Promise<void> {
    const finish = await handlers[name](payload, jobRun());
    if (finish) await inTx(finish);
  }

  return {
    ...{ rig, peer, says, row, run },
    /** Whoever publishes elsewhere, and may be found. */
    dana,

    /** The staff names the server. */
    async named(): Promise<{ id: string; auditId: AuditId }> {
      const address = `https://${peer.host}/`;
      const added = await inTx((tx) => exchange.peers.add(tx, operator, { address }));
      if (!added.ok) throw new Error(added.detail);
      const { id } = await row();
      return { id, auditId: added.auditId };
    },

    pause: (isPaused: boolean) => inTx((tx) => exchange.peers.pause(tx, operator, peer.host, { isPaused })),
    ask: async () => run('exchange.ask', { peerId: (await row()).id } as never),
    look: (host = rig.a.host) => run('exchange.look', { host } as never),
    told: (): Promise<{ uri: string; state: string; reason: string | null }[]> =>
      db('told_posts').orderBy('rank', 'desc').select('uri', 'state', 'reason'),

    /** A post that its own server serves; gives its address. */
    served(author: PeerActor, more: object = {}): string {
      const note = noteOf(author, more);
      served.set(note.id, note);
      rig.a.page(new URL(note.id).pathname, note);
      return note.id;
    },

    /** What happens once a post is asked for at its own server, before that answers. */
    whileAsked(uri: string, happens: () => Promise<unknown>): void {
      const { pathname } = new URL(uri);
      const note = served.get(uri);
      if (note)
        rig.a.page(pathname, async () => {
          await happens();
          return note;
        });
    },

    /** As before anybody was named. */
    async clear(): Promise<void> {
      Object.assign(says, { list: [], answers: [], before: async () => undefined });
      peer.seen.length = 0;
      await empty(rig.server, 'told_posts', 'exchange_peers', 'domain_policies', 'videos');
    },

    async close(): Promise<void> {
      await peer.close();
      await rig.close();
    },
  };
}
