import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { Client } from 'minio';
import { mediaLimits } from '../../config/media-limits.ts';
import {
  assertWritable,
  contentTypeOf,
  isSafeKey,
  type MultipartUploads,
  type UploadedPart,
} from './storage.ts';

export interface S3Multipart extends MultipartUploads {
  begin(key: string): Promise<string>;
  /** Sends a file in parts, one of them in memory at a time; leaves no parts behind where it fails. */
  upload(key: string, path: string, size: number): Promise<void>;
  /** Drops uploads begun before this time in ms that nobody completed; gives their number. */
  sweep(before: number): Promise<number>;
}

interface Deps {
  readonly client: Client;
  /** Signs addresses for others, who may reach the server by another name than we do. */
  readonly signer: Client;
  readonly bucket: string;
  readonly stat: (key: string) => Promise<{ size: number } | null>;
  /** Runs one request, again where that may help. */
  readonly retried: <T>(request: () => Promise<T>) => Promise<T>;
}

/**
 * Uploads in parts. Not left to `client.putObject`: that takes up whatever unfinished upload of the key it
 * finds, also one that another process is at, and cannot work where the server lists none (media.md 6).
 */
export function createS3Multipart(deps: Deps): S3Multipart {
  const { client, signer, bucket, retried } = deps;

  async function begin(key: string): Promise<string> {
    const contentType = contentTypeOf(key);
    assertWritable(key, { contentType });
    return retried(() => client.initiateNewMultipartUpload(bucket, key, { 'Content-Type': contentType }));
  }

  async function complete(
    key: string,
    uploadId: string,
    parts: readonly UploadedPart[],
    size: number,
  ): Promise<void> {
    const inOrder = parts.toSorted((a, b) => a.partNumber - b.partNumber);
    await client.completeMultipartUpload(
      bucket,
      key,
      uploadId,
      inOrder.map(({ partNumber, etag }) => ({ part: partNumber, etag })),
    );
    const stored = await deps.stat(key);
    if (stored?.size === size) return;
    throw new Error(`${key} should have ${size} bytes, and the object storage has ${stored?.size ?? 'none'}`);
  }

  const abort = (key: string, uploadId: string) => client.abortMultipartUpload(bucket, key, uploadId);

  async function sendPart(key: string, uploadId: string, partNumber: number, bytes: Buffer) {
    const md5 = createHash('md5').update(bytes).digest('base64');
    const response = await retried(() =>
      client.makeRequestAsyncOmit(
        {
          ...{ method: 'PUT', bucketName: bucket, objectName: key },
          query: new URLSearchParams({ partNumber: String(partNumber), uploadId }).toString(),
          headers: { 'Content-Length': String(bytes.length), 'Content-MD5': md5 },
        },
        bytes,
      ),
    );
    return { partNumber, etag: (response.headers.etag ?? '').replaceAll('"', '') };
  }

  return {
    begin,
    complete,
    abort,
    async presignPart(key, uploadId, partNumber) {
      const query = { uploadId, partNumber: String(partNumber) };
      return signer.presignedUrl('PUT', bucket, key, mediaLimits.presignedPartSeconds, query);
    },
    async upload(key, path, size) {
      const uploadId = await begin(key);
      const file = await open(path, 'r');
      try {
        const parts: UploadedPart[] = [];
        for await (const bytes of partsOf(file, size)) {
          parts.push(await sendPart(key, uploadId, parts.length + 1, bytes));
        }
        await complete(key, uploadId, parts, size);
      } catch (error) {
        // Some servers know no abort (media.md 6); the failure itself is what must be told.
        await abort(key, uploadId).catch(() => undefined);
        throw error;
      } finally {
        await file.close();
      }
    },
    async sweep(before) {
      let dropped = 0;
      for await (const { key, uploadId, begunAt } of unfinished(client, bucket)) {
        if (!(begunAt < before) || !isSafeKey(key)) continue;
        await abort(key, uploadId);
        dropped += 1;
      }
      return dropped;
    },
  };
}

const MAX_LISTING_BYTES = 8 * 1024 * 1024;

/** Not left to the client: it sends an empty `delimiter`, which Swift answers with an empty list. */
async function* unfinished(client: Client, bucket: string) {
  let marker: Record<string, string> = {};
  for (;;) {
    const query = `uploads&${new URLSearchParams({ 'max-uploads': '1000', ...marker })}`;
    const response = await client.makeRequestAsync({ method: 'GET', bucketName: bucket, query });
    let page = '';
    for await (const chunk of response.setEncoding('utf8')) {
      page += chunk;
      if (page.length > MAX_LISTING_BYTES) throw new Error('The object storage lists too much at once');
    }
    for (const [, upload = ''] of page.matchAll(/<Upload>(.*?)<\/Upload>/gs)) {
      const begunAt = Date.parse(element(upload, 'Initiated'));
      yield { key: element(upload, 'Key'), uploadId: element(upload, 'UploadId'), begunAt };
    }
    if (element(page, 'IsTruncated') !== 'true') return;
    marker = {
      'key-marker': element(page, 'NextKeyMarker'),
      'upload-id-marker': element(page, 'NextUploadIdMarker'),
    };
  }
}

/** The text of the first such element; what we look for is made of letters that XML does not escape. */
function element(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';
}

/** The file in pieces of one part; throws where it does not have the size it had. */
async function* partsOf(file: FileHandle, size: number): AsyncGenerator<Buffer> {
  const partBytes = mediaLimits.s3PartBytes;
  for (let at = 0; at < size; at += partBytes) {
    const bytes = Buffer.allocUnsafe(Math.min(partBytes, size - at));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, at + filled);
      if (bytesRead === 0) throw new Error('A file became shorter while it was being stored');
      filled += bytesRead;
    }
    yield bytes;
  }
}
