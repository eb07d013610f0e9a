import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createFederation,
  type Federation,
  generateCryptoKeyPair,
  InProcessMessageQueue,
  MemoryKvStore,
} from '@fedify/fedify';
import {
  Accept,
  Activity,
  Announce,
  Create,
  Delete,
  Document,
  Endpoints,
  Follow,
  Like,
  Note,
  Person,
  PUBLIC_COLLECTION,
  Tombstone,
  Undo,
  Update,
} from '@fedify/vocab';
import { Temporal as Polyfill } from '@js-temporal/polyfill';
import express from 'express';

/** Another program of the fediverse, as anybody would write it with Fedify: Express, one account, `fay`. */
export interface FedifyApp {
  readonly origin: string;
  readonly fayId: string;
  readonly handle: string;
  /** What came to its inboxes and was found good, oldest first, as JSON-LD. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever our server sent; tests look into it.
  readonly received: readonly any[];
  /** Sends an activity of fay to an actor. */
  send(recipient: { readonly id: string; readonly inbox: string }, activity: Activity): Promise<void>;
  /** Asks for an object as fay’s server, signed. */
  lookup(id: string): Promise<unknown>;
  /** Addresses for objects of its own. */
  uri(path: string): URL;
  close(): Promise<void>;
}

type Spec = 'draft-cavage-http-signatures-12' | 'rfc9421';

const NAME = 'fay';

/** Starts it on a loopback address. It keeps everything in memory, and may talk to this machine. */
export async function startFedifyApp(address: string, firstKnock: Spec): Promise<FedifyApp> {
  const app = express();
  const http = createServer(app);
  await new Promise<void>((resolve) => http.listen(0, address, resolve));
  const origin = `http://${address}:${(http.address() as AddressInfo).port}`;
  const stop = new AbortController();
  const federation = createFederation<null>({
    ...{ kv: new MemoryKvStore(), queue: new InProcessMessageQueue(), manuallyStartQueue: true },
    ...{ allowPrivateAddress: true, firstKnock, origin },
  });
  const received: unknown[] = [];
  const published = new Map<string, Note>();
  await serve(federation, published);
  receive(federation, received);
  app.use(answerWith(federation, origin));
  void federation.startQueue(null, { signal: stop.signal });
  const context = federation.createContext(new URL(origin), null);
  return {
    origin,
    fayId: context.getActorUri(NAME).href,
    handle: `@${NAME}@${new URL(origin).host}`,
    received,
    async send({ id, inbox }, activity) {
      const note =
        activity instanceof Create || activity instanceof Update ? await activity.getObject() : null;
      if (note instanceof Note && note.id) published.set(note.id.href, note);
      const recipient = { id: new URL(id), inboxId: new URL(inbox), endpoints: null };
      await context.sendActivity({ identifier: NAME }, recipient, activity);
    },
    lookup: (id) => context.lookupObject(id),
    uri: (path) => new URL(path, origin),
    async close() {
      stop.abort();
      http.closeAllConnections();
      await new Promise((done) => http.close(done));
    },
  };
}

async function serve(federation: Federation<null>, published: ReadonlyMap<string, Note>): Promise<void> {
  const keys = await generateCryptoKeyPair('RSASSA-PKCS1-v1_5');
  federation
    .setActorDispatcher('/users/{identifier}', async (context, identifier) => {
      if (identifier !== NAME) return null;
      const [pair] = await context.getActorKeyPairs(identifier);
      return new Person({
        id: context.getActorUri(identifier),
        ...{ preferredUsername: identifier, name: 'Fay of Fedify' },
        ...{ inbox: context.getInboxUri(identifier), followers: context.getFollowersUri(identifier) },
        endpoints: new Endpoints({ sharedInbox: context.getInboxUri() }),
        ...(pair ? { publicKey: pair.cryptographicKey } : {}),
      });
    })
    .setKeyPairsDispatcher(async (_context, identifier) => (identifier === NAME ? [keys] : []));
  federation.setFollowersDispatcher('/users/{identifier}/followers', async () => ({ items: [] }));
  federation.setObjectDispatcher(Note, '/notes/{id}', async (context, { id }) => {
    return published.get(context.getObjectUri(Note, { id }).href) ?? null;
  });
}

/** Everything is written down; a Follow is accepted. */
function receive(federation: Federation<null>, received: unknown[]): void {
  const listeners = federation.setInboxListeners('/users/{identifier}/inbox', '/inbox');
  listeners.on(Activity, async (context, activity) => {
    received.push(await activity.toJsonLd({ contextLoader: context.contextLoader }));
    const follower = activity instanceof Follow ? await activity.getActor(context) : null;
    if (!(activity instanceof Follow) || !follower?.inboxId) return;
    const accept = new Accept({
      ...{ id: new URL(`/accepts/${received.length}`, context.origin), object: activity },
      actor: context.getActorUri(NAME),
    });
    await context.sendActivity({ identifier: NAME }, follower, accept);
  });
}

/** The dozen lines between Express and what Fedify takes and gives. */
function answerWith(federation: Federation<null>, origin: string): express.RequestHandler {
  return async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    const headers = new Headers();
    for (let at = 0; at < req.rawHeaders.length; at += 2) {
      headers.append(req.rawHeaders[at] ?? '', req.rawHeaders[at + 1] ?? '');
    }
    const body = req.method === 'POST' ? { body: Buffer.concat(chunks) } : {};
    const request = new Request(new URL(req.originalUrl, origin), { method: req.method, headers, ...body });
    const response = await federation.fetch(request, { contextData: null });
    res.status(response.status);
    for (const [name, value] of response.headers) res.append(name, value);
    res.send(Buffer.from(await response.arrayBuffer()));
  };
}

/** What fay can write. */
export function writer(app: FedifyApp) {
  let serial = 0;
  const id = (kind: string) => {
    serial += 1;
    return app.uri(`/${kind}/${serial}`);
  };
  const now = () => Polyfill.Now.instant() as unknown as Temporal.Instant;
  const fay = new URL(app.fayId);
  const toAll = { tos: [PUBLIC_COLLECTION], ccs: [new URL(`${app.fayId}/followers`)] };
  return {
    note: (content: string, more: ConstructorParameters<typeof Note>[0] = {}) =>
      new Note({ id: id('notes'), attribution: fay, content, published: now(), ...toAll, ...more }),
    clip: () => new Document({ mediaType: 'video/mp4', url: app.uri('/clip.mp4'), name: 'Waves' }),
    edited: (note: Note, content: string) => note.clone({ content, updated: now() }),
    create: (object: Note) => new Create({ id: id('creates'), actor: fay, object, ...toAll }),
    update: (object: Note) => new Update({ id: id('updates'), actor: fay, object, ...toAll }),
    remove: (object: Note) =>
      new Delete({ id: id('deletes'), actor: fay, object: new Tombstone({ id: object.id }), ...toAll }),
    follow: (object: string) => new Follow({ id: id('follows'), actor: fay, object: new URL(object) }),
    like: (object: string) => new Like({ id: id('likes'), actor: fay, object: new URL(object) }),
    announce: (object: string) =>
      new Announce({ id: id('shares'), actor: fay, object: new URL(object), ...toAll }),
    undo: (object: Activity) => new Undo({ id: id('undos'), actor: fay, object }),
  };
}
