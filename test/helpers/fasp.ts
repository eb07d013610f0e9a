import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { type Remote, type SeenRequest, startRemote } from './remote-http.ts';

/** What a provider answers to one of our requests; without `body` nothing. */
export interface Told {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is wrong with a request or an answer of a provider, for once. */
export interface Faults {
  readonly key?: KeyObject;
  readonly keyId?: string;
  /** Seconds; now where it is not given. */
  readonly created?: number;
  readonly digestOf?: string;
  readonly components?: readonly string[];
  readonly leaveOut?: 'signature' | 'content-digest' | 'created';
  /** The same headers as before. */
  readonly headers?: Readonly<Record<string, string>>;
}

const HEAD = Buffer.from('302a300506032b6570032100', 'hex');
export const digest = (body: string | Buffer) =>
  `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

/** Signs as RFC 9421 (section 3.1) and FASP v0.1 have it, written here after them and not by the server's own code. */
export function signatureOf(
  values: Readonly<Record<string, string>>,
  {
    key,
    keyId,
    created,
  }: { readonly key: KeyObject; readonly keyId: string; readonly created: number | null },
): Record<string, string> {
  const names = Object.keys(values);
  const params = `(${names.map((name) => `"${name}"`).join(' ')})${created === null ? '' : `;created=${created}`};keyid="${keyId}"`;
  const base = [...names.map((name) => `"${name}": ${values[name]}`), `"@signature-params": ${params}`].join(
    '\n',
  );
  return {
    'signature-input': `sig1=${params}`,
    signature: `sig1=:${sign(null, Buffer.from(base), key).toString('base64')}:`,
  };
}

/** Why a message proves nothing; null where it is signed as it has to be. Reads the one form that servers send. */
export function whyNotSigned(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  derived: Readonly<Record<string, string>>,
  body: string | Buffer,
  { key, keyId }: { readonly key: KeyObject; readonly keyId: string },
): string | null {
  const [given, input, signature] = ['content-digest', 'signature-input', 'signature'].map((name) =>
    String(headers[name]),
  );
  if (given !== digest(body)) return 'wrong digest';
  const [, label, params, names, id] =
    /^(\w+)=(\(([^)]*)\);\s*created=\d+;\s*keyid="([^"]*)")$/.exec(input ?? '') ?? [];
  if (id !== keyId) return `signed as ${id}`;
  const values: Readonly<Record<string, string>> = { ...derived, 'content-digest': given };
  const covered = (names ?? '').split(' ').map((name) => name.slice(1, -1));
  if (Object.keys(values).some((name) => !covered.includes(name))) return `covers ${names}`;
  const age = Math.abs(Date.now() / 1_000 - Number(/created=(\d+)/.exec(params ?? '')?.[1]));
  if (!(age < 300)) return `${age} s old`;
  const base = [
    ...covered.map((name) => `"${name}": ${values[name]}`),
    `"@signature-params": ${params}`,
  ].join('\n');
  const bytes = Buffer.from(new RegExp(`^${label}=:([^:]*):$`).exec(signature ?? '')?.[1] ?? '', 'base64');
  return verify(null, Buffer.from(base), key, bytes) ? null : 'wrong signature';
}

export interface FaspProvider {
  readonly remote: Remote;
  readonly fingerprint: string;
  /** Of requests that were signed as they have to be, oldest first. */
  readonly seen: (SeenRequest & { readonly json: unknown })[];
  /** Why requests were turned away. */
  readonly turnedAway: string[];
  /** What it answers, by `METHOD /path`; what it has nothing for is 404. */
  readonly answers: Record<string, Told | ((request: SeenRequest) => Told | Promise<Told>)>;
  /** What is wrong with its answers. */
  faults: Faults;
  /** Registers with a server, found by its NodeInfo; returns what that answered. */
  register(origin: string, more?: object): Promise<{ status: number; json: Record<string, string> }>;
  /** Sends a request to the server, signed but for the faults, and checks the signature of its answer. */
  call(
    method: string,
    path: string,
    json?: unknown,
    faults?: Faults,
  ): Promise<{ status: number; json: unknown; sent: Record<string, string>; isSigned: boolean }>;
  close(): Promise<void>;
}

/** Registrations so far, of all providers. */
let networks = 0;

/** A small auxiliary service provider, on an address of its own. */
export async function startFasp(address: string): Promise<FaspProvider> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const rawKey = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const serverId = 'b2ks6vm8p23w';
  let faspId = '';
  let base = '';
  let serverKey: KeyObject | null = null;

  const remote = await startRemote(address, async (request, response) => {
    const derived = { '@method': request.method, '@target-uri': remote.url(request.path) };
    const why = serverKey
      ? whyNotSigned(request.headers, derived, request.body, { key: serverKey, keyId: serverId })
      : 'nobody is known';
    const path = request.path.split('?')[0];
    const found = provider.answers[`${request.method} ${path}`];
    const told: Told =
      why === null
        ? ((typeof found === 'function' ? await found(request) : found) ?? { status: 404 })
        : { status: 401 };
    if (why !== null) provider.turnedAway.push(why);
    else
      provider.seen.push({
        ...request,
        json: request.body.length > 0 ? JSON.parse(String(request.body)) : null,
      });
    const body = told.body === undefined ? '' : JSON.stringify(told.body);
    const { key = privateKey, keyId = faspId, digestOf = body, leaveOut, created = now() } = provider.faults;
    const values = { '@status': String(told.status), 'content-digest': digest(digestOf) };
    const headers: Record<string, string> = {
      'content-digest': values['content-digest'],
      ...signatureOf(values, { key, keyId, created }),
      ...(body !== '' && { 'content-type': 'application/json' }),
      ...told.headers,
    };
    if (leaveOut === 'signature') delete headers.signature;
    response.writeHead(told.status, headers).end(body);
  });
  const now = () => Math.floor(Date.now() / 1_000);
  let last = 0;
  /** Two requests that are alike are told apart by their second alone. */
  const newSecond = () => {
    last = Math.max(now(), last + 1);
    return last;
  };

  const provider: FaspProvider = {
    remote,
    fingerprint: createHash('sha256').update(rawKey).digest('base64'),
    seen: [],
    turnedAway: [],
    answers: {},
    faults: {},

    async register(origin, more = {}) {
      const links = (await (await fetch(`${origin}/.well-known/nodeinfo`)).json()) as {
        links: { href: string }[];
      };
      const about = await fetch(links.links[0]?.href ?? '');
      base = ((await about.json()) as { metadata: { faspBaseUrl: string } }).metadata.faspBaseUrl;
      const sent = {
        name: 'Finder',
        baseUrl: remote.origin,
        serverId,
        publicKey: rawKey.toString('base64'),
        ...more,
      };
      networks += 1;
      const response = await fetch(`${base}/registration`, {
        method: 'POST',
        // Each time from another network: how many one may send is another matter.
        headers: {
          'content-type': 'application/json',
          'x-forwarded-for': `198.51.100.${networks % 256}`,
        },
        body: JSON.stringify(sent),
      });
      const json = (await response.json()) as Record<string, string>;
      if (response.status === 201) {
        faspId = json.faspId ?? '';
        const der = Buffer.concat([HEAD, Buffer.from(json.publicKey ?? '', 'base64')]);
        serverKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
      }
      return { status: response.status, json };
    },

    async call(method, path, json, faults = {}) {
      const url = `${base}${path}`;
      const body = json === undefined ? '' : JSON.stringify(json);
      const all: Record<string, string> = {
        '@method': method,
        '@target-uri': url,
        'content-digest': digest(faults.digestOf ?? body),
      };
      const names = faults.components ?? Object.keys(all);
      const values = Object.fromEntries(names.map((name) => [name, all[name] ?? '']));
      const { key = privateKey, keyId = faspId, leaveOut } = faults;
      const created = leaveOut === 'created' ? null : (faults.created ?? newSecond());
      const headers: Record<string, string> = {
        'content-digest': all['content-digest'] ?? '',
        ...signatureOf(values, { key, keyId, created }),
        ...(body !== '' && { 'content-type': 'application/json' }),
        ...faults.headers,
      };
      if (leaveOut === 'signature' || leaveOut === 'content-digest') delete headers[leaveOut];
      const response = await fetch(url, { method, headers, ...(body !== '' && { body }) });
      const text = await response.text();
      const got = Object.fromEntries(response.headers);
      const derived = { '@status': String(response.status) };
      const isSigned =
        serverKey !== null && whyNotSigned(got, derived, text, { key: serverKey, keyId: serverId }) === null;
      return {
        status: response.status,
        json: text === '' ? null : JSON.parse(text),
        sent: headers,
        isSigned,
      };
    },

    close: () => remote.close(),
  };
  return provider;
}
