import { type KeyObject, sign } from 'node:crypto';
import type { IncomingRequest } from '../../federation/inbox/signature/verify.ts';
import type { PeerActor, WireRequest } from './peer.ts';
import { alice, BODY, digestOf, HOST, KEY_ID, NOW } from './signed-request.ts';

/** What differs from a sound POST by alice to our inbox, signed by RFC 9421. */
export interface Rfc9421Draft {
  method?: string;
  path?: string;
  /** The target that is signed, when it is not that of the request. */
  target?: string;
  body?: Buffer;
  headers?: Record<string, string>;
  components?: string[];
  /** Parameters of the signature, as they stand behind the list; undefined leaves one out. */
  params?: Record<string, string | number | undefined>;
  key?: KeyObject;
  hash?: string | null;
  label?: string;
}

/** The signature alone, to be put beside others: members of the two dictionaries. */
export function signatureOf(d: Rfc9421Draft = {}): { input: string; signature: string } {
  const { method = 'POST', path = '/inbox', body = BODY, label = 'sig1' } = d;
  const target = new URL(d.target ?? `https://${HOST}${path}`);
  const values: Record<string, string> = {
    ...headersFor(d),
    '@method': method,
    '@target-uri': target.href,
    '@authority': target.host,
    '@scheme': target.protocol.slice(0, -1),
    '@request-target': `${target.pathname}${target.search}`,
    '@path': target.pathname,
    '@query': target.search || '?',
  };
  const components = d.components ?? [
    '@method',
    '@target-uri',
    ...(body.length > 0 ? ['content-digest'] : []),
  ];
  const all = { created: NOW / 1000, keyid: KEY_ID, alg: 'rsa-v1_5-sha256', ...d.params };
  const params = Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => (typeof value === 'number' ? `;${name}=${value}` : `;${name}="${value}"`));
  // A component with parameters is given as it is written, such as `"date";sf`.
  const names = components.map((name) => (name.startsWith('"') ? name : `"${name}"`));
  const input = `(${names.join(' ')})${params.join('')}`;
  const lines = names.map((name) => `${name}: ${values[name.replace(/^"|".*$/g, '')] ?? ''}`);
  const text = [...lines, `"@signature-params": ${input}`].join('\n');
  const hash = d.hash === undefined ? 'sha256' : d.hash;
  const signature = sign(hash, Buffer.from(text), d.key ?? alice.privateKey).toString('base64');
  return { input: `${label}=${input}`, signature: `${label}=:${signature}:` };
}

function headersFor({ body = BODY, headers = {} }: Rfc9421Draft): Record<string, string> {
  return {
    host: HOST,
    date: new Date(NOW).toUTCString(),
    'content-type': 'application/activity+json',
    ...(body.length > 0 && { 'content-digest': `sha-256=:${digestOf(body)}:` }),
    ...headers,
  };
}

/** A request signed by RFC 9421, made here from the text of the draft and not by our own signer. */
export function draftRfc9421(
  d: Rfc9421Draft = {},
  more: { input: string; signature: string }[] = [],
): IncomingRequest {
  const { method = 'POST', path = '/inbox', body = BODY } = d;
  const signatures = [signatureOf(d), ...more];
  const headers = {
    ...headersFor(d),
    'signature-input': signatures.map(({ input }) => input).join(', '),
    signature: signatures.map(({ signature }) => signature).join(', '),
  };
  return { method, path, body, rawHeaders: Object.entries(headers).flat() };
}

/** A POST of an activity to an inbox of a running server, signed by RFC 9421. `activity` may be the very bytes. */
export function rfc9421Post(
  actor: PeerActor,
  inbox: string,
  activity: object | Buffer,
  d: Rfc9421Draft & { now?: number; more?: { input: string; signature: string }[] } = {},
): WireRequest {
  const url = new URL(inbox);
  const body = Buffer.isBuffer(activity) ? activity : Buffer.from(JSON.stringify(activity));
  const now = d.now ?? Date.now();
  const { path, rawHeaders } = draftRfc9421(
    {
      path: url.pathname + url.search,
      target: inbox,
      body,
      key: actor.privateKey,
      ...d,
      headers: { host: url.host, date: new Date(now).toUTCString(), ...d.headers },
      params: { created: Math.floor(now / 1000), keyid: actor.keyId, ...d.params },
    },
    d.more,
  );
  const headers = rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ''] as const] : [],
  );
  return { path, body, headers };
}
