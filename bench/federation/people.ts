import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** Senders of the benchmark: many hosts, so that no honest limit per host is reached. */
export const HOSTS = 60;
export const ACTORS_PER_HOST = 4;
export const BLOCKED_HOST = 'blocked.example';

export interface Keys {
  readonly publicKeyPem: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** One key pair for everybody: each server still keeps it once per actor. */
export function makeKeys(): Keys {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return {
    publicKeyPem: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    ...pair,
  };
}

export function actorUri(at: number): string {
  return `https://peer-${at % HOSTS}.example/users/u${Math.floor(at / HOSTS) % ACTORS_PER_HOST}`;
}

/** The document of an actor, as its own server would serve it. */
export function actorDocument(uri: string, publicKeyPem: string): object {
  return {
    '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
    id: uri,
    type: 'Person',
    preferredUsername: uri.split('/').at(-1),
    inbox: `${uri}/inbox`,
    outbox: `${uri}/outbox`,
    followers: `${uri}/followers`,
    publicKey: { id: `${uri}#main-key`, owner: uri, publicKeyPem },
  };
}

/** A post with a clip, as Mastodon would send it: some 2 kB. */
export function createActivity(actor: string, serial: string): object {
  const id = `${new URL(actor).origin}/notes/${serial}`;
  const to = ['https://www.w3.org/ns/activitystreams#Public'];
  const cc = [`${actor}/followers`];
  return {
    '@context': [
      'https://www.w3.org/ns/activitystreams',
      {
        sensitive: 'as:sensitive',
        Hashtag: 'as:Hashtag',
        toot: 'http://joinmastodon.org/ns#',
        blurhash: 'toot:blurhash',
        focalPoint: { '@container': '@list', '@id': 'toot:focalPoint' },
      },
    ],
    id: `${id}#create`,
    type: 'Create',
    actor,
    published: '2026-11-21T10:00:00Z',
    to,
    cc,
    object: {
      id,
      type: 'Note',
      summary: null,
      inReplyTo: null,
      published: '2026-11-21T10:00:00Z',
      url: id,
      attributedTo: actor,
      to,
      cc,
      sensitive: false,
      content: `<p>${'A clip of a walk by the sea. '.repeat(18)}</p>`,
      tag: [{ type: 'Hashtag', href: `${new URL(actor).origin}/tags/sea`, name: '#sea' }],
      attachment: [
        {
          type: 'Document',
          mediaType: 'video/mp4',
          url: `${id}.mp4`,
          name: 'Waves',
          blurhash: 'UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH',
          width: 720,
          height: 1_280,
        },
      ],
    },
  };
}

/** A request ready to be sent. */
export interface Shot {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Signs by draft-cavage-http-signatures-12, independently of the code that is measured. */
export function signedShot(keys: Keys, host: string, actor: string, activity: object, address: string): Shot {
  const body = Buffer.from(JSON.stringify(activity));
  const date = new Date().toUTCString();
  const digest = `SHA-256=${createHash('sha256').update(body).digest('base64')}`;
  const text = `(request-target): post /inbox\nhost: ${host}\ndate: ${date}\ndigest: ${digest}`;
  const signature = sign('sha256', Buffer.from(text), keys.privateKey).toString('base64');
  return {
    body,
    headers: {
      ...plainHeaders(host, address),
      date,
      digest,
      signature: `keyId="${actor}#main-key",algorithm="rsa-sha256",headers="(request-target) host date digest",signature="${signature}"`,
    },
  };
}

export function plainHeaders(host: string, address: string): Record<string, string> {
  return {
    host,
    'content-type': 'application/activity+json',
    'user-agent': 'http.rb/5.1.1 (Mastodon/4.5.0; +https://peer.example/)',
    accept: '*/*',
    'x-forwarded-for': address,
  };
}

/** An address of its own per sender, given by the reverse proxy that the load generator plays. */
export function addressOf(at: number): string {
  return `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}`;
}
