import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { preloadedContexts } from '@fedify/vocab-runtime';
import express, { type RequestHandler } from 'express';

/** JSON-LD as activitypub-express holds it: every value a list. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is the library's, which carries no types.
type Doc = any;

/** The parts of activitypub-express 4.4 that are used here. */
interface Apex extends RequestHandler {
  readonly consts: { readonly jsonldTypes: string[] };
  readonly net: Record<'actor' | 'webfinger', { get: RequestHandler[] }> & {
    inbox: { post: RequestHandler[] };
  };
  jsonldContextLoader(url: string): Promise<Doc>;
  createActor(username: string, name: string, summary: string): Promise<Doc>;
  buildActivity(type: string, actorId: string, to: unknown, more: object): Promise<Doc>;
  acceptFollow(actor: Doc, follow: Doc): Promise<unknown>;
  addToOutbox(actor: Doc, activity: Doc): Promise<void>;
}

const createApex: (settings: object) => Apex = createRequire(import.meta.url)('activitypub-express');

/** An independent ActivityPub server with one account, `bob`, who lets everybody follow. */
export interface ApexPeer {
  readonly origin: string;
  readonly bobId: string;
  /** Activities in one of bob's collections, by path, oldest first. */
  stream(path: '/inbox/bob' | '/followers/bob' | '/following/bob'): Doc[];
  /** Activities that like or share what an activity of bob's made. */
  reactions(kind: 'likes' | 'shares', activityId: string): Doc[];
  /** Sends an activity by bob; resolves with what was built. */
  send(type: string, to: readonly string[], more: object): Promise<Doc>;
  close(): Promise<void>;
}

/** Starts it on a loopback address. It keeps everything in memory and knows no context that is not bundled. */
export async function startApex(address: string): Promise<ApexPeer> {
  const app = express();
  const http = createServer(app);
  await new Promise<void>((resolve) => http.listen(0, address, resolve));
  const origin = `http://${address}:${(http.address() as AddressInfo).port}`;
  const { store, streams } = createStore();
  const silent = () => undefined;
  const apex = createApex({
    ...{ name: 'apex', version: '1', baseUrl: origin, domain: new URL(origin).host, store },
    ...{ actorParam: 'actor', objectParam: 'id', activityParam: 'id' },
    logger: { info: silent, warn: silent, error: silent },
    routes: {
      ...{ actor: '/u/:actor', object: '/o/:id', activity: '/s/:id', inbox: '/inbox/:actor' },
      ...{ outbox: '/outbox/:actor', followers: '/followers/:actor', following: '/following/:actor' },
      ...{ liked: '/liked/:actor', shares: '/s/:id/shares', likes: '/s/:id/likes', nodeinfo: '/nodeinfo' },
      ...{ collections: '/u/:actor/c/:id', blocked: '/u/:actor/blocked' },
      ...{ rejections: '/u/:actor/rejections', rejected: '/u/:actor/rejected' },
    },
  });
  apex.jsonldContextLoader = async (documentUrl) => {
    const document = preloadedContexts[documentUrl];
    if (!document) throw new Error(`The context ${documentUrl} is not bundled.`);
    return { contextUrl: null, documentUrl, document };
  };
  app.use(express.json({ type: apex.consts.jsonldTypes }), apex);
  app.get('/.well-known/webfinger', ...apex.net.webfinger.get);
  app.get('/u/:actor', ...apex.net.actor.get);
  app.post('/inbox/:actor', ...apex.net.inbox.post);
  const events: NodeJS.EventEmitter = app;
  events.on('apex-inbox', async ({ actor, activity, recipient }: Record<string, Doc>) => {
    if (activity.type !== 'Follow') return;
    const accept = await apex.buildActivity('Accept', recipient.id, actor.id, { object: activity.id });
    await apex.acceptFollow(recipient, activity);
    await apex.addToOutbox(recipient, accept);
  });
  const bob = await apex.createActor('bob', 'Bob', 'An independent account');
  await store.saveObject(bob);
  return {
    origin,
    bobId: bob.id,
    reactions: (kind, activityId) =>
      streams().filter(({ _meta }) => _meta?.collection?.includes(`${activityId}/${kind}`)),
    stream: (path) => streams().filter(({ _meta }) => _meta?.collection?.includes(origin + path)),
    async send(type, to, more) {
      const activity = await apex.buildActivity(type, bob.id, to, more);
      await apex.addToOutbox(await store.getObject(bob.id, true), activity);
      return activity;
    },
    async close() {
      http.closeAllConnections();
      await new Promise((done) => http.close(done));
    },
  };
}

function idOf(value: Doc): string | undefined {
  return typeof value === 'string' ? value : value?.id;
}

/** What activitypub-express asks of its database, in memory. `_meta` holds private keys and stays inside. */
function createStore() {
  const objects = new Map<string, Doc>();
  const activities = new Map<string, Doc>();
  const queue: Doc[] = [];
  let serial = 0;
  const read = (found: Doc, withMeta?: boolean) => {
    if (!found) return null;
    const { _meta, ...open } = structuredClone(found);
    return withMeta ? { ...open, _meta } : open;
  };
  const add = (map: Map<string, Doc>, doc: Doc) => {
    if (map.has(doc.id)) return undefined;
    map.set(doc.id, structuredClone(doc));
    return true;
  };
  const createOf = (id: string) =>
    [...activities.values()].find(({ type, object }) => type === 'Create' && idOf(object?.[0]) === id);
  const inCollection = (name: string) =>
    [...activities.values()].filter(({ _meta }) => _meta?.collection?.includes(name));
  const store = {
    setup: async () => undefined,
    getObject: async (id: string, withMeta?: boolean) => read(objects.get(id), withMeta),
    saveObject: async (doc: Doc) => add(objects, doc),
    updateObject: async (doc: Doc) => {
      objects.set(doc.id, { ...objects.get(doc.id), ...structuredClone(doc) });
      return doc;
    },
    // A Like is of an activity here, as it is of the post everywhere else: a post stands for its Create.
    getActivity: async (id: string, withMeta?: boolean) => read(activities.get(id) ?? createOf(id), withMeta),
    saveActivity: async (doc: Doc) => add(activities, doc),
    removeActivity: async ({ id }: Doc) => activities.delete(id),
    updateActivity: async (doc: Doc) => {
      activities.set(doc.id, { ...activities.get(doc.id), ...structuredClone(doc) });
      return doc;
    },
    updateActivityMeta: async ({ id }: Doc, key: string, value: string, remove?: boolean) => {
      const found = activities.get(id);
      if (!found) throw new Error(`There is no activity ${id}.`);
      const others = (found._meta?.[key] ?? []).filter((one: string) => one !== value);
      found._meta = { ...found._meta, [key]: remove ? others : [...others, value] };
      return read(found, true);
    },
    findActivityByCollectionAndObjectId: async (name: string, id: string) =>
      read(inCollection(name).find(({ object }) => object?.[0] === id)),
    findActivityByCollectionAndActorId: async (name: string, id: string) =>
      read(inCollection(name).find(({ actor }) => actor?.[0] === id)),
    getStream: async (name: string) =>
      inCollection(name).map((found) => ({ ...read(found), actor: [read(objects.get(found.actor[0]))] })),
    getStreamCount: async (name: string) => inCollection(name).length,
    getUserCount: async () => 1,
    getContext: async () => null,
    saveContext: async () => undefined,
    generateId: () => String(++serial),
    deliveryEnqueue: async (actorId: string, body: string, addresses: string[], signingKey: string) => {
      for (const address of addresses) queue.push({ actorId, body, address, signingKey, attempt: 0 });
      return true;
    },
    deliveryDequeue: async () => queue.shift() ?? null,
    // Nothing is sent twice: a refused delivery shall be seen as one.
    deliveryRequeue: async () => true,
  };
  return { store, streams: () => [...activities.values()] };
}
