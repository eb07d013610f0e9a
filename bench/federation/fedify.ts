import {
  createFederation,
  type Federation,
  generateCryptoKeyPair,
  InProcessMessageQueue,
  MemoryKvStore,
} from '@fedify/fedify';
import { Create, Endpoints, Note, Person } from '@fedify/vocab';
import express, { type Request as ExpressRequest, type Response as ExpressResponse } from 'express';
import pg from 'pg';
import { createFedifyLoaders } from '../../federation/net/fedify-loaders.ts';
import { servePart } from './part.ts';
import { actorDocument } from './people.ts';

/**
 * Plain Fedify behind Express 5: keys and actors cached, state in memory. Its listener does nothing, or
 * writes the activity to the same PostgreSQL; what it sends goes through its queue in the process.
 */
const { PORT, DATABASE_URL, PUBLIC_KEY_PEM = '', RSA_JWK_PAIR = '' } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
let keep = false;

const loaders = createFedifyLoaders(async (url) => {
  const text = JSON.stringify(actorDocument(url.split('#')[0] ?? url, PUBLIC_KEY_PEM));
  const document = JSON.parse(text);
  return { ok: true, url, document, contentType: 'application/activity+json', bytes: text.length };
});

const receiving = createFederation<null>({ kv: new MemoryKvStore(), ...loaders });
receiving.setInboxListeners('/users/{identifier}/inbox', '/inbox').on(Create, async (context, create) => {
  if (!keep) return;
  const note = await create.getObject(context);
  await pool.query('insert into bench_notes (id, body) values ($1, $2) on conflict do nothing', [
    note?.id?.href,
    String(note?.content ?? ''),
  ]);
});

const pair = await readPair();
const sending = createFederation<null>({
  kv: new MemoryKvStore(),
  queue: new InProcessMessageQueue({ pollInterval: { milliseconds: 10 } }),
  allowPrivateAddress: true,
  firstKnock: 'draft-cavage-http-signatures-12',
});
for (const federation of [receiving, sending]) serveActor(federation);
const stopping = new AbortController();
const queue = sending.startQueue(null, { signal: stopping.signal });

function serveActor(federation: Federation<null>): void {
  federation
    .setActorDispatcher('/users/{identifier}', (context, identifier) => {
      const id = context.getActorUri(identifier);
      return new Person({ id, preferredUsername: identifier, inbox: context.getInboxUri(identifier) });
    })
    .setKeyPairsDispatcher(() => [pair]);
}

/** RSA with 2048 bits, as Vireo has: Fedify itself would make 4096, which sign six times as slowly. */
async function readPair(): Promise<CryptoKeyPair> {
  if (RSA_JWK_PAIR === '') return generateCryptoKeyPair('RSASSA-PKCS1-v1_5');
  const { privateKey, publicKey } = JSON.parse(RSA_JWK_PAIR);
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  return {
    privateKey: await crypto.subtle.importKey('jwk', privateKey, algorithm, true, ['sign']),
    publicKey: await crypto.subtle.importKey('jwk', publicKey, algorithm, true, ['verify']),
  };
}

async function answer(req: ExpressRequest, res: ExpressResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) headers.set(name, String(value));
  const request = new Request(`http://${req.headers.host}${req.originalUrl}`, {
    method: 'POST',
    headers,
    body: Buffer.concat(chunks),
  });
  const response = await receiving.fetch(request, { contextData: null });
  res.status(response.status);
  for (const [name, value] of response.headers) res.append(name, value);
  res.end(Buffer.from(await response.arrayBuffer()));
}

const app = express();
app.post('/inbox', (req, res, next) => {
  answer(req, res).catch(next);
});
const server = app.listen(Number(PORT), '127.0.0.1');

servePart(
  {
    keep: (on: boolean) => {
      keep = on;
    },
    send: async ({ inboxes, serial }: { inboxes: string[]; serial: string }) => {
      const context = sending.createContext(new URL(`http://127.0.0.1:${PORT}/`), null);
      const actor = context.getActorUri('alice');
      const note = new Note({
        id: new URL(`http://127.0.0.1:${PORT}/notes/${serial}`),
        attribution: actor,
        content: `<p>${'A clip of a walk by the sea. '.repeat(40)}</p>`,
      });
      const create = new Create({ id: new URL(`${note.id?.href}#create`), actor, object: note });
      const recipients = inboxes.map((inbox) => ({
        id: new URL(inbox.replace(/\/inbox$/, '')),
        inboxId: new URL(inbox),
        endpoints: new Endpoints({}),
      }));
      await context.sendActivity({ identifier: 'alice' }, recipients, create);
    },
  },
  async () => {
    stopping.abort();
    await queue.catch(() => undefined);
    server.closeAllConnections();
    server.close();
    await pool.end();
  },
);
