import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { originalKey } from '../../media/keys.ts';
import type { Overrides } from '../../src/context.ts';
import { empty } from './emptying.ts';
import { createPeople } from './people.ts';
import { startTestServer } from './server.ts';

/** What is uploaded. */
export const bytes = randomBytes(300_000);

/** A piece of it. */
export const part = (from: number, to = bytes.length) => new Uint8Array(bytes.subarray(from, to));

/** A request of the tus protocol. */
export interface TusCall {
  readonly method: string;
  readonly url: string;
  readonly token?: string | undefined;
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

/** An upload that was announced and accepted. */
export interface Begun {
  readonly url: string;
  readonly uploadId: string;
  readonly videoId: string;
}

/** What is said of an upload, as tus writes it. */
export function metadata(about: Record<string, string>): Record<string, string> {
  const pairs = Object.entries(about).map(([key, text]) => `${key} ${Buffer.from(text).toString('base64')}`);
  return { 'Upload-Metadata': pairs.join(',') };
}

/** Where an accepted announcement leads. */
export function begunOf(response: Response): Begun {
  expect(response.status).toBe(201);
  const url = response.headers.get('Location') ?? '';
  const videoId = response.headers.get('Vireo-Video-Id') ?? '';
  return { url, videoId, uploadId: url.slice(url.lastIndexOf('/') + 1) };
}

/** A refusal in the one shape of the API's errors; gives the sentence. */
export async function expectRefused(response: Response, status: number, code: string): Promise<string> {
  expect(response.status).toBe(status);
  expect(response.headers.get('Content-Type')).toMatch(/^application\/json/);
  const body = await response.json();
  expect(body).toEqual({ error: body.detail, detail: expect.any(String), status, code });
  return body.detail;
}

export type UploadRig = Awaited<ReturnType<typeof startUploadRig>>;

/** A server that takes uploads of up to 1 MB, with the token of an account and ways to look behind it. */
export async function startUploadRig(more: Record<string, string> = {}, parts: Overrides = {}) {
  /** How far the server's clock is ahead of the machine's, in ms. It never goes back. */
  let ahead = 0;
  const clock = { now: () => Date.now() + ahead };
  const server = await startTestServer({
    variables: { MAX_UPLOAD_MB: '1', ...more },
    overrides: { ...parts, clock },
  });
  const { db, storage } = server.context;
  const people = createPeople(server);
  const folder = join(server.dataDir, 'uploads');
  let persons = 0;
  let owner = '';

  const call = ({ method, url, token, headers = {}, body }: TusCall): Promise<Response> =>
    fetch(new URL(url, server.origin), {
      method,
      headers: {
        'Tus-Resumable': '1.0.0',
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });

  /** Announces an upload; without a length where `length` is null. */
  const create = (length: number | null, headers: Record<string, string> = {}) =>
    call({
      ...{ method: 'POST', url: '/api/v1/uploads', token: owner },
      headers: { ...(length === null ? {} : { 'Upload-Length': String(length) }), ...headers },
    });

  const begin = async (length = bytes.length): Promise<Begun> =>
    begunOf(await create(length, metadata({ filename: 'a.mp4', caption: 'Hello' })));

  const patch = (url: string, offset: number, body: Uint8Array<ArrayBuffer>, token = owner) =>
    call({
      ...{ method: 'PATCH', url, token, body },
      headers: { 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' },
    });

  async function offsetOf(url: string): Promise<number> {
    const response = await call({ method: 'HEAD', url, token: owner });
    expect(response.status).toBe(200);
    return Number(response.headers.get('Upload-Offset'));
  }

  /** A token of a new account, as an app has it or as the browser's cookie holds it. */
  async function signedUp(kind: 'bearer' | 'cookie' = 'bearer'): Promise<string> {
    persons += 1;
    return people.tokenOf(await people.local(`person${persons}`), kind);
  }

  /** Files of an upload in the folder of those that are under way. */
  const filesOf = async (uploadId: string) =>
    (await readdir(folder)).filter((name) => name.startsWith(uploadId));

  /** State of the post, or null where there is none. */
  const stateOf = async (videoId: string): Promise<string | null> =>
    (await db('videos').where({ id: videoId }).first('state'))?.state ?? null;

  /** What the events tell that are about received uploads. */
  const received = (): Promise<unknown[]> => db('events').where({ name: 'video.received' }).pluck('payload');

  /** What lies in the object store as the original. */
  async function original(videoId: string): Promise<Buffer | null> {
    const found = await storage.open(originalKey(videoId));
    return found === null ? null : Buffer.concat(await found.stream.toArray());
  }

  return {
    ...{
      server,
      folder,
      call,
      create,
      begin,
      patch,
      offsetOf,
      signedUp,
      filesOf,
      stateOf,
      received,
      original,
    },
    terminate: (url: string, token = owner) => call({ method: 'DELETE', url, token }),
    /** From now on a new account uploads. */
    newOwner: async () => {
      owner = await signedUp();
    },
    owner: () => owner,
    moveClock: (ms: number) => {
      ahead += ms;
    },

    /** It is received once, with its bytes, and nothing of it is left in the folder. */
    async expectReceived({ videoId, uploadId }: Begun): Promise<void> {
      expect(await stateOf(videoId)).toBe('received');
      expect(await received()).toEqual([{ videoId }]);
      expect((await original(videoId))?.equals(bytes)).toBe(true);
      expect(await db('uploads')).toEqual([]);
      expect(await filesOf(uploadId)).toEqual([]);
    },

    clear: (): Promise<void> => empty(server, 'events', 'videos'),
  };
}
