import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { accountEntity, processingEntity, relationshipEntity, statusEntity } from '../../http/api/schemas.ts';

const CHUNK_BYTES = 1024 * 1024;
const POLL_MS = 200;

export type Client = Awaited<ReturnType<typeof signUp>>;

/** An answer other than success, with the server's own words. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;
  readonly reason: string;

  constructor(status: number, body: unknown) {
    const parsed = z.object({ code: z.string(), detail: z.string() }).safeParse(body);
    super(parsed.success ? parsed.data.detail : `The server answered ${status}.`);
    this.status = status;
    this.reason = parsed.success ? parsed.data.code : 'unknown';
  }
}

/** Makes an account (registrations must be open) of somebody who wants to be found, and signs in. */
export async function signUp(origin: string, username: string, password: string) {
  await call(origin, 'POST', '/api/v1/accounts', { body: { username, password } });
  const client = await signIn(origin, username, password);
  const { token } = client;
  await call(origin, 'PATCH', '/api/v1/accounts/update_credentials', { token, body: { discoverable: true } });
  return client;
}

/** Signs in by the API, as an app does, and returns what the demo and the tests need to do there. */
export async function signIn(origin: string, login: string, password: string) {
  const session = z
    .object({ token: z.string(), account: accountEntity })
    .parse(await call(origin, 'POST', '/api/v1/sessions', { body: { login, password, kind: 'bearer' } }));
  const { token, account } = session;
  const get = (path: string) => call(origin, 'GET', path, { token });
  const post = (path: string) => call(origin, 'POST', path, { token });
  return {
    origin,
    token,
    account,
    handle: `@${account.username}@${new URL(origin).host}`,
    find: async (handle: string) => {
      const found = await get(`/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(handle)}`);
      return z.object({ accounts: z.array(accountEntity) }).parse(found).accounts[0] ?? null;
    },
    follow: async (id: string) => relationshipEntity.parse(await post(`/api/v1/accounts/${id}/follow`)),
    unfollow: async (id: string) => relationshipEntity.parse(await post(`/api/v1/accounts/${id}/unfollow`)),
    relationship: async (id: string) => {
      const [one] = z.array(relationshipEntity).parse(await get(`/api/v1/accounts/relationships?id[]=${id}`));
      if (!one) throw new Error('The server told nothing of the relationship.');
      return one;
    },
    home: async () => z.array(statusEntity).parse(await get('/api/v1/timelines/home')),
    status: async (id: string) => statusEntity.parse(await get(`/api/v1/statuses/${id}`)),
    remove: (id: string) => call(origin, 'DELETE', `/api/v1/statuses/${id}`, { token }),
    processing: async (id: string) => processingEntity.parse(await get(`/api/v1/videos/${id}/processing`)),
    upload: (path: string, about: Record<string, string>, onProgress?: (fraction: number) => void) =>
      upload({ origin, token, path, about, onProgress }),
  };
}

/** Uploads a file by tus in chunks; resolves with the id of the video once the last byte is acknowledged. */
async function upload(job: {
  origin: string;
  token: string;
  path: string;
  about: Record<string, string>;
  onProgress: ((fraction: number) => void) | undefined;
}): Promise<string> {
  const bytes = await readFile(job.path);
  const metadata = Object.entries(job.about).map(
    ([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`,
  );
  const common = { Authorization: `Bearer ${job.token}`, 'Tus-Resumable': '1.0.0' };
  const created = await fetch(`${job.origin}/api/v1/uploads`, {
    method: 'POST',
    headers: { ...common, 'Upload-Length': String(bytes.length), 'Upload-Metadata': metadata.join(',') },
  });
  const videoId = created.headers.get('Vireo-Video-Id');
  const location = created.headers.get('Location');
  if (created.status !== 201 || videoId === null || location === null) {
    throw new RefusedError(created.status, await created.json().catch(() => null));
  }
  for (let offset = 0; offset < bytes.length; ) {
    const chunk = bytes.subarray(offset, offset + CHUNK_BYTES);
    const sent = await fetch(new URL(location, job.origin), {
      method: 'PATCH',
      headers: {
        ...common,
        'Upload-Offset': String(offset),
        'Content-Type': 'application/offset+octet-stream',
      },
      body: chunk,
    });
    if (sent.status !== 204) throw new RefusedError(sent.status, await sent.json().catch(() => null));
    offset = Number(sent.headers.get('Upload-Offset'));
    job.onProgress?.(offset / bytes.length);
  }
  return videoId;
}

async function call(
  origin: string,
  method: string,
  path: string,
  { token, body }: { token?: string; body?: unknown } = {},
): Promise<unknown> {
  const response = await fetch(new URL(path, origin), {
    method,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new RefusedError(response.status, answer);
  return answer;
}

/** Asks again and again until the answer is not null; throws after the deadline with the name of the wait. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false>,
  deadlineMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`Waited ${deadlineMs / 1_000} s in vain: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
