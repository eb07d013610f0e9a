import { createHash, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { type Remote, type SeenRequest, startRemote } from './remote-http.ts';

const generate = promisify(generateKeyPair);

/** What a path of a peer answers to GET: a document, a status, or a redirect; or what becomes one once it is asked for. */
type Page = object | number | { readonly redirect: string } | (() => Promise<object | number>);

/** What a peer's inbox answers to one POST. `hang-up` breaks the connection, `hang` leaves it without an answer. */
type InboxAnswer =
  | number
  | { readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | 'hang-up'
  | 'hang';

/** An activity that reached an inbox of a peer. */
export interface Received {
  readonly path: string;
  readonly request: SeenRequest;
  // biome-ignore lint/suspicious/noExplicitAny: whatever our server sent; tests look into it.
  readonly activity: any;
}

/** An actor of a peer, with the private key only the test has. */
export interface PeerActor {
  readonly id: string;
  readonly keyId: string;
  readonly handle: string;
  readonly inbox: string;
  readonly followers: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly document: object;
}

/** Another server of the fediverse that the test plays: ActivityPub documents, WebFinger, inboxes. */
export interface Peer extends Remote {
  /** Makes an actor and serves it. `changes` replaces parts of its document. */
  actor(name: string, changes?: object): Promise<PeerActor>;
  /** From now on this is what GET of the path answers. */
  page(path: string, page: Page): void;
  /** What came in, oldest first. */
  readonly received: readonly Received[];
  /** Answers of the inboxes for the next POSTs, in order. After them, and without any: 202. */
  script(...answers: readonly InboxAnswer[]): void;
  /** Paths that were asked for by GET, oldest first. */
  asked(): string[];
}

/** Starts a peer on a loopback address. Nothing it does comes from the code under test. */
export async function startPeer(address: string): Promise<Peer> {
  const pages = new Map<string, Page>();
  const received: Received[] = [];
  const answers: InboxAnswer[] = [];
  const remote = await startRemote(address, async (request, response) => {
    if (request.method === 'GET') {
      const page = pages.get(request.path) ?? 404;
      answerGet(response, typeof page === 'function' ? await page() : page);
      return;
    }
    received.push({ path: request.path, request, activity: JSON.parse(request.body.toString('utf8')) });
    answerPost(response, answers.shift() ?? 202);
  });
  return {
    ...remote,
    received,
    page: (path, page) => void pages.set(path, page),
    script: (...more) => void answers.push(...more),
    asked: () => remote.seen.filter(({ method }) => method === 'GET').map(({ path }) => path),
    async actor(name, changes = {}) {
      const keys = await generate('rsa', { modulusLength: 2048 });
      const id = remote.url(`/users/${name}`);
      const keyId = `${id}#main-key`;
      const publicKeyPem = keys.publicKey.export({ type: 'spki', format: 'pem' });
      const document = {
        '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
        id,
        type: 'Person',
        preferredUsername: name,
        name: `${name} of ${remote.host}`,
        inbox: `${id}/inbox`,
        outbox: `${id}/outbox`,
        followers: `${id}/followers`,
        endpoints: { sharedInbox: remote.url('/inbox') },
        publicKey: { id: keyId, owner: id, publicKeyPem },
        ...changes,
      };
      pages.set(`/users/${name}`, document);
      const subject = `acct:${name}@${remote.host}`;
      pages.set(`/.well-known/webfinger?resource=${encodeURIComponent(subject)}`, {
        subject,
        links: [{ rel: 'self', type: 'application/activity+json', href: id }],
      });
      const own = { id, keyId, document, inbox: `${id}/inbox`, followers: `${id}/followers` };
      return { ...own, ...keys, handle: `@${name}@${remote.host}` };
    },
  };
}

function answerGet(response: ServerResponse, page: Page): void {
  if (typeof page === 'number') response.writeHead(page).end();
  else if ('redirect' in page) response.writeHead(302, { location: String(page.redirect) }).end();
  else {
    const type = 'subject' in page ? 'application/jrd+json' : 'application/activity+json';
    response.writeHead(200, { 'content-type': type }).end(JSON.stringify(page));
  }
}

function answerPost(response: ServerResponse, answer: InboxAnswer): void {
  if (answer === 'hang') return;
  if (answer === 'hang-up') response.destroy();
  else if (typeof answer === 'number') response.writeHead(answer).end();
  else response.writeHead(answer.status, answer.headers).end();
}

/** A request as it goes over the wire; a POST unless it says otherwise. A header may come twice. */
export interface WireRequest {
  readonly method?: 'GET';
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** What differs from an honest signature. */
export interface SignatureChanges {
  /** Time of the signature in milliseconds. */
  readonly now?: number;
  readonly keyId?: string;
  readonly key?: KeyObject;
  /** Makes the signature in another way than RSA with SHA-256. */
  readonly signer?: (text: string) => Buffer;
  readonly algorithm?: string;
  readonly covered?: readonly string[];
  /** Path and host that are signed, and sent unless the test re-aims the request. */
  readonly path?: string;
  readonly host?: string;
  /** Set, or with null left out. They are signed only when covered. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

/**
 * A POST of an activity to an inbox, signed here by draft-cavage-http-signatures-12 from nothing but
 * node:crypto. `activity` may be the very bytes.
 */
export function signedPost(
  actor: PeerActor,
  inbox: string,
  activity: object | Buffer,
  changes: SignatureChanges = {},
): WireRequest {
  const url = new URL(inbox);
  const body = Buffer.isBuffer(activity) ? activity : Buffer.from(JSON.stringify(activity));
  const path = changes.path ?? url.pathname + url.search;
  const usual: Record<string, string | null> = {
    host: changes.host ?? url.host,
    date: new Date(changes.now ?? Date.now()).toUTCString(),
    digest: `SHA-256=${createHash('sha256').update(body).digest('base64')}`,
    'content-type': 'application/activity+json',
    ...changes.headers,
  };
  const covered = changes.covered ?? ['(request-target)', 'host', 'date', 'digest'];
  const text = covered
    .map((name) => (name === '(request-target)' ? `${name}: post ${path}` : `${name}: ${usual[name] ?? ''}`))
    .join('\n');
  const signer =
    changes.signer ?? ((input) => sign('sha256', Buffer.from(input), changes.key ?? actor.privateKey));
  const parameters = [
    `keyId="${changes.keyId ?? actor.keyId}"`,
    `algorithm="${changes.algorithm ?? 'rsa-sha256'}"`,
    `headers="${covered.join(' ')}"`,
    `signature="${signer(text).toString('base64')}"`,
  ];
  const headers = Object.entries({ ...usual, signature: parameters.join(',') });
  return { path, body, headers: headers.flatMap(([name, value]) => (value === null ? [] : [[name, value]])) };
}

/** A GET of a document, signed as `signedPost` signs. */
export function signedGet(actor: PeerActor, address: string, changes: SignatureChanges = {}): WireRequest {
  const url = new URL(address);
  const path = changes.path ?? url.pathname + url.search;
  const usual: Record<string, string | null> = {
    host: changes.host ?? url.host,
    date: new Date(changes.now ?? Date.now()).toUTCString(),
    accept: 'application/activity+json',
    ...changes.headers,
  };
  const covered = changes.covered ?? ['(request-target)', 'host', 'date'];
  const text = covered
    .map((name) => (name === '(request-target)' ? `${name}: get ${path}` : `${name}: ${usual[name] ?? ''}`))
    .join('\n');
  const signature = sign('sha256', Buffer.from(text), changes.key ?? actor.privateKey).toString('base64');
  const parameters = [
    `keyId="${changes.keyId ?? actor.keyId}"`,
    `algorithm="${changes.algorithm ?? 'rsa-sha256'}"`,
    `headers="${covered.join(' ')}"`,
    `signature="${signature}"`,
  ];
  const headers = Object.entries({ ...usual, signature: parameters.join(',') });
  return {
    ...{ method: 'GET', path, body: Buffer.alloc(0) },
    headers: headers.flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  };
}

/** Writes a request to a server byte by byte as given, and reads the answer. */
export function send(
  origin: string,
  request: WireRequest,
): Promise<{ status: number; body: string; head: string }> {
  const { hostname, port } = new URL(origin);
  const head = [
    `${request.method ?? 'POST'} ${request.path} HTTP/1.1`,
    ...request.headers.map(([name, value]) => `${name}: ${value}`),
    ...(request.headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name))
      ? []
      : [`content-length: ${request.body.length}`]),
    'connection: close',
  ];
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    // Whatever is left to be sent, nobody reads it.
    socket.on('end', () => socket.destroy());
    // A server that has refused a large body may close before all of it is read.
    socket.on('error', (error) => (chunks.length > 0 ? socket.destroy() : reject(error)));
    socket.on('close', () => {
      const [answer = '', body = ''] = Buffer.concat(chunks).toString('utf8').split('\r\n\r\n', 2);
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
      if (Number.isNaN(status)) reject(new Error('The server closed the connection without an answer.'));
      else resolve({ status, body, head: answer });
    });
    socket.write(`${head.join('\r\n')}\r\n\r\n`, 'latin1');
    socket.write(request.body);
  });
}
