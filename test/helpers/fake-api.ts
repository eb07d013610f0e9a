import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Relationship, Status } from '../../web/src/api/types.ts';
import { answerComments } from './fake-comments.ts';
import { answerDiscover } from './fake-discover.ts';
import { answerEdit } from './fake-edits.ts';
import { fakeAccount, fakeCredentials, fakeRelationship } from './fake-entities.ts';
import { feedOf, react } from './fake-feed.ts';
import { answerStream, fakeInboxRoutes } from './fake-inbox.ts';
import { fakeInstance } from './fake-instance.ts';
import { answerRemixes, everybodyMay } from './fake-remixes.ts';
import type { FakeState } from './fake-state.ts';
import { sendFile } from './send-file.ts';

/** What the page must live with; helmet sends the same on the real server. */
const CSP =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
  "media-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:";

export interface FakeApi {
  readonly origin: string;
  readonly state: FakeState;
  /** Back to a server that is open to everybody and knows nobody. */
  reset(): void;
  close(): Promise<void>;
}

function emptyState(): FakeState {
  return {
    instance: fakeInstance(),
    me: null,
    accounts: [],
    statuses: [],
    code: null,
    relationships: new Map(),
    unwanted: new Set(),
    mayRemix: everybodyMay,
    pending: [],
    processing: [],
    refusals: new Map(),
    gate: null,
    uploads: new Map(),
    files: new Map(),
    down: false,
    calls: [],
    told: [],
  };
}

/** Serves a built page, a directory of media and the API of the contract, from memory, on loopback. */
export async function startFakeApi(dist: string, media: string): Promise<FakeApi> {
  const state = emptyState();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    const sent = state.files.get(url.pathname);
    if (sent) return void response.writeHead(200, { 'content-type': sent.type }).end(sent.bytes);
    if (url.pathname.startsWith('/media/')) {
      return sendFile(request, response, join(media, normalize(url.pathname.slice(7))));
    }
    if (/^\/api\/v1\/videos\/\d+\/events$/.test(url.pathname)) return sendProgress(state, response);
    if (answerStream(response, url.pathname)) return;
    if (answerComments(request, response, url.pathname)) return;
    if (url.pathname.startsWith('/api/')) return answerApi(state, request, response, url);
    const file = join(dist, normalize(url.pathname));
    const found = extname(file) !== '' && statSync(file, { throwIfNoEntry: false })?.isFile();
    response.setHeader('content-security-policy', CSP);
    return sendFile(request, response, found ? file : join(dist, 'index.html'));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The fake server has no port.');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    state,
    reset: () => Object.assign(state, emptyState()),
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Tells of `state.processing` at once and whenever a test changes it, until it is over. */
function sendProgress(state: FakeState, response: ServerResponse): void {
  if (state.down) return void response.writeHead(503).end();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let told = '';
  const tell = () => {
    const now = state.processing.at(-1);
    const data = JSON.stringify(now);
    if (!now || data === told) return;
    told = data;
    response.write(`event: progress\ndata: ${data}\n\n`);
    if (now.done) response.end();
  };
  tell();
  const timer = setInterval(tell, 20);
  response.on('close', () => clearInterval(timer));
}

interface Call {
  readonly state: FakeState;
  readonly query: URLSearchParams;
  readonly body: Record<string, string>;
  /** `METHOD /path`. */
  readonly call: string;
  /** What the path's pattern caught. */
  readonly id: string;
}

/** A number is an error of that status. */
type Answer = (call: Call) => unknown;

const notFound = { status: 404, error: 'not-found', sentence: 'There is no such thing here.' };
const notSignedIn = { status: 401, error: 'not-signed-in', sentence: 'Sign in first.' };

class Refusal {
  readonly status: number;
  readonly body: object;
  constructor({ status, error, sentence }: { status: number; error: string; sentence: string }) {
    this.status = status;
    this.body = { error: sentence, detail: sentence, status, code: error };
  }
}

function pageOf(statuses: readonly Status[], query: URLSearchParams): Status[] {
  const maxId = BigInt(query.get('max_id') ?? '9'.repeat(20));
  const minId = BigInt(query.get('min_id') ?? '0');
  return statuses
    .filter(({ id }) => BigInt(id) < maxId && BigInt(id) > minId)
    .slice(0, Number(query.get('limit') ?? 20));
}

function relationshipOf(state: FakeState, id: string): Relationship {
  return state.relationships.get(id) ?? fakeRelationship(id);
}

function setRelationship(state: FakeState, id: string, change: Partial<Relationship>): Relationship {
  const relationship = { ...relationshipOf(state, id), ...change };
  state.relationships.set(id, relationship);
  return relationship;
}

const routes: readonly [pattern: RegExp, answer: Answer][] = [
  ...fakeInboxRoutes,
  [/^GET \/api\/v2\/instance$/, ({ state }) => state.instance],
  [/^GET \/api\/v1\/accounts\/verify_credentials$/, ({ state }) => state.me ?? new Refusal(notSignedIn)],
  [/^POST \/api\/v1\/accounts$/, ({ state, body }) => register(state, body)],
  [/^POST \/api\/v1\/sessions$/, ({ state, body }) => signIn(state, body)],
  [
    /^DELETE \/api\/v1\/sessions\/current$/,
    ({ state }) => {
      state.me = null;
      return {};
    },
  ],
  [
    /^GET \/api\/v1\/accounts\/relationships$/,
    ({ state, query }) => query.getAll('id[]').map((id) => relationshipOf(state, id)),
  ],
  [
    /^GET \/api\/v1\/accounts\/(\d+)\/statuses$/,
    ({ state, query, id }) =>
      pageOf(
        state.statuses.filter(({ account }) => account.id === id),
        query,
      ),
  ],
  [
    /^POST \/api\/v1\/accounts\/(\d+)\/follow$/,
    ({ state, id }) => {
      const remote = state.accounts.find((account) => account.id === id)?.host;
      return setRelationship(state, id, remote ? { requested: true } : { following: true });
    },
  ],
  [
    /^POST \/api\/v1\/accounts\/(\d+)\/unfollow$/,
    ({ state, id }) => setRelationship(state, id, { following: false, requested: false }),
  ],
  [
    /^GET \/api\/v2\/search$/,
    ({ state, query }) => {
      const acct = (query.get('q') ?? '').replace(/^@/, '');
      return {
        accounts: state.accounts.filter((account) => account.acct === acct),
        statuses: [],
        hashtags: [],
      };
    },
  ],
  [/^GET \/api\/v1\/feed_statuses$/, ({ state, query }) => feedOf(state, query)],
  [
    /^POST \/api\/v1\/statuses\/(\d+)\/(?:un)?(?:favourite|bookmark)$/,
    ({ state, call, id }) => react(state, call, id) ?? new Refusal(notFound),
  ],
  [
    /^(?:POST|DELETE) \/api\/v1\/videos\/(\d+)\/not_interested$/,
    ({ state, call, id }) => {
      if (call.startsWith('POST')) state.unwanted.add(id);
      else state.unwanted.delete(id);
      return { not_interested: state.unwanted.has(id) };
    },
  ],
  [
    /^POST \/api\/v1\/accounts\/(\d+)\/(?:un)?(?:mute|block)$/,
    ({ state, call, id }) => {
      const name = call.endsWith('mute') ? 'muting' : 'blocking';
      return setRelationship(state, id, { [name]: !/\/un(?:mute|block)$/.test(call) });
    },
  ],
  [
    /^GET \/api\/v1\/statuses\/(\d+)$/,
    ({ state, id }) => state.statuses.find((status) => status.id === id) ?? new Refusal(notFound),
  ],
  [/^POST \/api\/v1\/statuses\/(\d+)\/sizes$/, () => ({})],
  [
    /^POST \/api\/v1\/events$/,
    ({ state, body }) => {
      const events = body.events as unknown as FakeState['told'];
      state.told.push(...events);
      return { accepted: events.length, ignored: 0 };
    },
  ],
  [
    /^DELETE \/api\/v1\/videos\/(\d+)$/,
    ({ state, id }) => {
      const gone = state.statuses.find((status) => status.id === id);
      state.statuses = state.statuses.filter((status) => status.id !== id);
      return gone ?? new Refusal(notFound);
    },
  ],
  [
    /^POST \/api\/v1\/videos$/,
    ({ state, body: { bytes, ...said } }) => {
      const created = randomUUID();
      state.uploads.set(created, { size: Number(bytes), sent: 0, said });
      return { video_id: '900', upload_url: `http://fake/api/v1/uploads/${created}`, status: 'uploading' };
    },
  ],
  [
    /^GET \/api\/v1\/videos\/(\d+)\/processing$/,
    ({ state }) => (state.processing.length > 1 ? state.processing.shift() : state.processing[0]),
  ],
  [/^GET \/api\/v1\/admin\/sign_ups$/, ({ state }) => state.pending],
  [/^POST \/api\/v1\/admin\/accounts\/(\d+)\/(?:approve|reject)$/, ({ state, id }) => decide(state, id)],
];

function register(state: FakeState, body: Record<string, string>): unknown {
  const account = fakeAccount('77', body.username ?? '');
  state.accounts.push(account);
  return { account, pending: state.instance.registrations.approval_required, unconfirmed: false };
}

function signIn(state: FakeState, { login, code }: Record<string, string>): unknown {
  const account = state.accounts.find(({ username }) => username === login);
  if (!account) {
    return new Refusal({
      status: 401,
      error: 'wrong-credentials',
      sentence: 'The name or the password is wrong.',
    });
  }
  if (state.code !== null && code !== state.code) {
    const error = code === undefined ? 'second-factor-required' : 'wrong-code';
    return new Refusal({ status: 401, error, sentence: 'This code is not right.' });
  }
  state.me = fakeCredentials(account);
  return { account, role: 'user', expires_at: '2030-01-01T00:00:00.000Z' };
}

function decide(state: FakeState, id: string): unknown {
  state.pending = state.pending.filter((account) => account.id !== id);
  return {};
}

async function answerApi(
  state: FakeState,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const call = `${request.method} ${url.pathname}`;
  state.calls.push(call + url.search);
  // A page that goes takes along what it has not sent yet.
  const bytes = await buffer(request).catch(() => null);
  if (bytes === null) return;
  const refusal = state.refusals.get(call);
  state.refusals.delete(call);
  const answer = state.down
    ? new Refusal({ status: 503, error: 'not-ready', sentence: 'The server is starting.' })
    : refusal && new Refusal(refusal);
  if (!answer && url.pathname.startsWith('/api/v1/uploads')) {
    return answerTus(state, request, response, url.pathname, bytes);
  }
  const type = request.headers['content-type'] ?? '';
  const body = answer ?? answerEdit(state, call, type, bytes) ?? routed(state, call, url.searchParams, bytes);
  response.writeHead(body instanceof Refusal ? body.status : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body instanceof Refusal ? body.body : body));
}

function routed(state: FakeState, call: string, query: URLSearchParams, bytes: Buffer): unknown {
  for (const [pattern, answer] of routes) {
    const match = pattern.exec(call);
    if (!match) continue;
    const body = bytes.length > 0 ? JSON.parse(bytes.toString()) : {};
    return answer({ state, query, body, call, id: match[1] ?? '' });
  }
  return answerRemixes(state, call, query) ?? answerDiscover(state, call, query) ?? new Refusal(notFound);
}

/** As much of tus 1.0 as the client uses: sending on, asking how far it came, termination. */
async function answerTus(
  state: FakeState,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  bytes: Buffer,
): Promise<void> {
  response.setHeader('Tus-Resumable', '1.0.0');
  const id = path.split('/')[4] ?? '';
  const upload = state.uploads.get(id);
  if (!upload) {
    response.writeHead(404).end();
  } else if (request.method === 'DELETE') {
    state.uploads.delete(id);
    response.writeHead(204).end();
  } else if (request.method === 'PATCH') {
    upload.sent += bytes.length;
    await state.gate;
    response.writeHead(204, { 'Upload-Offset': String(upload.sent) }).end();
  } else {
    response
      .writeHead(200, { 'Upload-Offset': String(upload.sent), 'Upload-Length': String(upload.size) })
      .end();
  }
}
