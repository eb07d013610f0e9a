import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Client } from 'minio';
import { mediaLimits } from '../../config/media-limits.ts';
import { type Clock, systemClock } from '../../src/lib/clock.ts';
import { fail, ok, type Result } from '../../src/lib/result.ts';
import { createS3Multipart, type S3Multipart } from './s3-multipart.ts';
import {
  assertPrefix,
  assertWritable,
  checkKey,
  clampRange,
  contentTypeOf,
  isSafeKey,
  type ListedObject,
  type ObjectStorage,
} from './storage.ts';

export interface S3Options {
  /** Origin of the server, such as `https://s3.example.org` or `http://127.0.0.1:9000`. */
  readonly endpoint: string;
  /** Origin under which clients of ours reach the same server, where that is another one. */
  readonly publicEndpoint?: string | null;
  readonly region: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** `false` puts the bucket into the host name; most servers want it in the path. */
  readonly pathStyle?: boolean;
  /** How long the server may take to answer, and to fall silent in the middle of a body. */
  readonly answerTimeoutMs?: number;
  readonly idleTimeoutMs?: number;
  readonly clock?: Clock;
  /** How the variables begin that an admin should look at where it cannot be used. */
  readonly variables?: 'S3' | 'SECOND_S3' | 'COLD_S3' | 'BACKUP_S3';
}

/**
 * Objects in a bucket of any S3-compatible server. Sizes are always passed on, since some servers
 * refuse uploads of unknown length (media.md 6). Every request has a time limit, and is tried once more
 * where the connection broke or the server asked for patience; after that the error is thrown.
 */
export function createS3Storage(options: S3Options): ObjectStorage {
  const { bucket, clock = systemClock } = options;
  const client = createClient(options);
  const signer = options.publicEndpoint
    ? createClient({ ...options, endpoint: options.publicEndpoint })
    : client;

  async function size(key: string): Promise<{ size: number; modifiedAt: number } | null> {
    const found = await absentAsNull(() => client.statObject(bucket, key));
    return found && { size: found.size, modifiedAt: found.lastModified.getTime() };
  }

  const multipart = createS3Multipart({ client, signer, bucket, stat: size, retried: twice });

  const storage: ObjectStorage & { readonly multipart: S3Multipart } = {
    address: `${new URL(options.endpoint).origin}/${bucket}`,
    multipart,
    async putFile(key, path, put) {
      assertWritable(key, put);
      const { size } = await stat(path);
      if (size > mediaLimits.s3PartBytes) return multipart.upload(key, path, size);
      await twice(async () => {
        const source = createReadStream(path);
        try {
          // The client does not listen to its source: a file that cannot be read would hang it.
          await Promise.race([
            client.putObject(bucket, key, source, size, { 'Content-Type': put.contentType }),
            errorOf(source),
          ]);
        } finally {
          source.destroy();
        }
      });
    },
    async putBytes(key, bytes, put) {
      assertWritable(key, put);
      const body = Buffer.from(bytes);
      await twice(() =>
        client.putObject(bucket, key, body, body.length, { 'Content-Type': put.contentType }),
      );
    },
    async open(key, range) {
      if (!isSafeKey(key)) return null;
      if (range) clampRange(range, Number.MAX_SAFE_INTEGER);
      const length = range ? range.end - range.start + 1 : 0;
      const stream = await absentAsNull(() =>
        client.getPartialObject(bucket, key, range?.start ?? 0, length),
      );
      return stream && { stream, size: wholeSize(stream), contentType: contentTypeOf(key) };
    },
    async stat(key) {
      return isSafeKey(key) ? size(key) : null;
    },
    async download(key, path) {
      const object = await storage.open(key);
      if (object === null) return false;
      try {
        await pipeline(object.stream, createWriteStream(path));
        if ((await stat(path)).size !== object.size) throw new Error(`${key} arrived incomplete`);
        return true;
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    },
    async remove(keys) {
      for (const key of keys) assertWritable(key, { contentType: contentTypeOf(key) });
      if (keys.length === 0) return;
      const failures = (await twice(() => client.removeObjects(bucket, [...keys]))).filter(
        (outcome) => outcome?.Error,
      );
      if (failures.length > 0) {
        throw new Error(`The object storage kept ${failures.length} of ${keys.length} objects`);
      }
    },
    async *list(prefix) {
      assertPrefix(prefix);
      for await (const item of client.listObjectsV2(bucket, prefix, true)) {
        yield listed(item);
      }
    },
    async presignedUrl(key, { expirySeconds = mediaLimits.presignedReadSeconds } = {}) {
      if (!isSafeKey(key)) return null;
      // Signed as of the start of the window it lies in, and good for one window more than asked for.
      const windowMs = expirySeconds * 1_000;
      const signedAt = new Date(Math.floor(clock.now() / windowMs) * windowMs);
      return signer.presignedGetObject(bucket, key, 2 * expirySeconds, {}, signedAt);
    },
    check: () => checkBucket(storage, client, options, clock),
  };
  return storage;
}

function createClient(options: S3Options): Client {
  const url = new URL(options.endpoint);
  const secure = url.protocol === 'https:';
  return new Client({
    endPoint: url.hostname,
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    useSSL: secure,
    region: options.region,
    accessKey: options.accessKey,
    secretKey: options.secretKey,
    pathStyle: options.pathStyle ?? true,
    partSize: mediaLimits.s3PartBytes,
    retryOptions: { disableRetry: true },
    transport: { request: patientRequest(secure ? https.request : http.request, options) },
  });
}

/** `http.request` that gives up: the client itself would wait for a silent server for ever. */
function patientRequest(request: typeof http.request, options: S3Options): typeof http.request {
  const answerMs = options.answerTimeoutMs ?? mediaLimits.s3AnswerTimeoutMs;
  const idleMs = options.idleTimeoutMs ?? mediaLimits.s3IdleTimeoutMs;
  return ((target: http.RequestOptions, onResponse: (response: http.IncomingMessage) => void) => {
    const outgoing = request({ ...target, timeout: answerMs }, (response) => {
      outgoing.setTimeout(idleMs);
      onResponse(response);
    });
    outgoing.on('timeout', () => {
      outgoing.destroy(new Error(`The object storage at ${options.endpoint} did not answer in time`));
    });
    return outgoing;
  }) as typeof http.request;
}

/** The size of the whole object: from Content-Range where a part was asked for. */
function wholeSize(stream: Readable): number {
  if (!(stream instanceof http.IncomingMessage)) throw new Error('The S3 client gave no HTTP response');
  const range = stream.headers['content-range'];
  return Number(range ? range.slice(range.lastIndexOf('/') + 1) : stream.headers['content-length']);
}

function listed(item: { name?: string; size: number; lastModified?: Date }): ListedObject {
  return { key: item.name ?? '', size: item.size, modifiedAt: item.lastModified?.getTime() ?? 0 };
}

async function absentAsNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await twice(read);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'NoSuchKey' || code === 'NotFound') return null;
    if (code === 'InvalidRange') throw new RangeError('The range lies outside the object');
    throw error;
  }
}

const passing = new Set(['ECONNRESET', 'EPIPE', 'SlowDown', 'InternalError', 'ServiceUnavailable']);

/** A kept-alive connection may just have been closed by the server, so one failure says little. */
async function twice<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!passing.has(codeOf(error)) && !isAskedForPatience(error)) throw error;
    return action();
  }
}

/** The client hides the answer to which it would have tried again by itself. */
function isAskedForPatience(error: unknown): boolean {
  return error instanceof Error && /Retryable HTTP status: 5\d\d/.test(error.message);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function errorOf(source: Readable): Promise<never> {
  return new Promise((_, reject) => source.once('error', reject));
}

async function checkBucket(
  storage: ObjectStorage & { readonly multipart: S3Multipart },
  client: Client,
  options: S3Options,
  clock: Clock,
): Promise<Result> {
  const name = options.variables ?? 'S3';
  const place = `the bucket "${options.bucket}" at ${options.endpoint}`;
  try {
    if (!(await client.bucketExists(options.bucket))) await client.makeBucket(options.bucket, options.region);
    await storage.putBytes(checkKey, Buffer.from('ok'), { contentType: contentTypeOf(checkKey) });
    const found = await storage.stat(checkKey);
    await storage.remove([checkKey]);
    // Not every server can list them, and not every key may: then its own rules must do it.
    await storage.multipart.sweep(clock.now() - mediaLimits.staleTemporaryFileMs).catch(() => 0);
    if (found !== null) return ok();
    return fail('storage-unusable', `Objects written to ${place} disappear. Check its lifecycle rules.`);
  } catch (error) {
    const cause = error instanceof Error && error.message ? error.message : codeOf(error);
    return fail(
      'storage-unusable',
      `Media cannot be stored in ${place} (${cause}). Check ${name}_ENDPOINT, ${name}_REGION, ${name}_BUCKET and the keys.`,
    );
  }
}
