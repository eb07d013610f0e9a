import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A passkey in the hands of a test, which may lie about anything. */
export interface AuthenticatorOptions {
  readonly origin: string;
  readonly rpId?: string;
}

interface Told {
  readonly challenge: string;
}

/** What the test lies about; everything else is as an honest authenticator and browser have it. */
export interface Lies {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly counter?: number;
  /** Flags of WebAuthn 6.1: 1 present, 4 verified, 64 with a key. */
  readonly flags?: number;
  /** Null: it does not say whose the passkey is. */
  readonly userHandle?: string | null;
  readonly id?: string;
  readonly tamper?: boolean;
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest();
const text = (data: Buffer) => data.toString('base64url');

/** CBOR (RFC 8949) of what authenticators write: whole numbers, bytes, texts and maps. */
function cbor(value: number | string | Buffer | Map<number | string, unknown>): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  const entries = [...value].flatMap(([key, one]) => [cbor(key), cbor(one as Parameters<typeof cbor>[0])]);
  return Buffer.concat([head(5, value.size), ...entries]);
}

function head(major: number, count: number): Buffer {
  if (count < 24) return Buffer.from([(major << 5) | count]);
  if (count < 256) return Buffer.from([(major << 5) | 24, count]);
  return Buffer.from([(major << 5) | 25, count >> 8, count & 255]);
}

/** Makes one passkey (ES256), which counts its signatures. */
export function createAuthenticator({ origin, rpId = new URL(origin).hostname }: AuthenticatorOptions) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const key = new Map<number, unknown>([
    ...([
      [1, 2],
      [3, -7],
      [-1, 1],
    ] as const),
    ...([
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ] as const),
  ]);
  const id = randomBytes(24);
  let counter = 0;
  let handle = '';

  const clientData = (type: string, told: Told, lies: Lies) =>
    Buffer.from(
      JSON.stringify({
        ...{ type: lies.type ?? type, challenge: lies.challenge ?? told.challenge },
        ...{ origin: lies.origin ?? origin, crossOrigin: false },
      }),
    );
  const authData = (flags: number, lies: Lies) => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(lies.counter ?? ++counter);
    return Buffer.concat([sha256(lies.rpId ?? rpId), Buffer.from([lies.flags ?? flags]), count]);
  };

  return {
    id: text(id),
    get handle() {
      return handle;
    },
    /** As `navigator.credentials.create`. */
    create(told: Told & { readonly user: { readonly id: string } }, lies: Lies = {}) {
      handle = told.user.id;
      const length = Buffer.from([id.length >> 8, id.length & 255]);
      const data = Buffer.concat([authData(69, lies), Buffer.alloc(16), length, id, cbor(key)]);
      const attestation = cbor(
        new Map<string, unknown>([
          ...([
            ['fmt', 'none'],
            ['attStmt', new Map()],
          ] as const),
          ['authData', data],
        ]),
      );
      return {
        ...{ id: text(id), rawId: text(id), type: 'public-key', clientExtensionResults: {} },
        response: {
          clientDataJSON: text(clientData('webauthn.create', told, lies)),
          attestationObject: text(attestation),
          transports: ['internal'],
        },
      };
    },
    /** As `navigator.credentials.get`. */
    get(told: Told, lies: Lies = {}) {
      const client = clientData('webauthn.get', told, lies);
      const data = authData(5, lies);
      const signature = sign('sha256', Buffer.concat([data, sha256(client)]), privateKey);
      if (lies.tamper) signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
      const name = lies.id ?? text(id);
      return {
        ...{ id: name, rawId: name, type: 'public-key', clientExtensionResults: {} },
        response: {
          ...{ clientDataJSON: text(client), authenticatorData: text(data), signature: text(signature) },
          ...(lies.userHandle === null ? {} : { userHandle: lies.userHandle ?? handle }),
        },
      };
    },
  };
}

export type Authenticator = ReturnType<typeof createAuthenticator>;
