import { createPublicKey, verify } from 'node:crypto';
import { z } from 'zod';
import { releaseLimits } from '../../../config/release-limits.ts';
import { fail, ok, type Result } from '../../lib/result.ts';

/** What is fetched: the text of the feed in base64, and the signature (Ed25519, RFC 8032) of exactly these bytes. */
const envelopeSchema = z.object({ payload: z.base64().min(1), signature: z.base64().length(88) });

const version = z.string().regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/);

const feedSchema = z.object({
  /** Tells an old feed that somebody shows again from the newest. */
  madeAt: z.iso.datetime(),
  releases: z
    .array(
      z.object({
        version,
        publishedAt: z.iso.datetime(),
        security: z.boolean(),
        url: z.url({ protocol: /^https?$/ }).max(500),
      }),
    )
    .max(releaseLimits.maxReleases),
});
export type Feed = z.infer<typeof feedSchema>;

/** What the feed says to somebody who runs a version. */
export interface News {
  readonly version: string;
  readonly url: string;
  /** Whether anything from the running version up to this one mends a hole. */
  readonly isSecurity: boolean;
}

/** DER of an Ed25519 public key up to its 32 bytes (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** Reads a feed. Fails where it is not signed by the holder of the key (32 bytes as base64), or is no feed. */
export function readFeed(body: Buffer, key: string): Result<{ feed: Feed }, 'not-signed' | 'not-a-feed'> {
  const envelope = envelopeSchema.safeParse(parseJson(body));
  if (!envelope.success)
    return fail('not-a-feed', 'The address does not answer with a signed feed of releases.');
  const payload = Buffer.from(envelope.data.payload, 'base64');
  const publicKey = createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, Buffer.from(key, 'base64')]),
    format: 'der',
    type: 'spki',
  });
  if (!verify(null, payload, publicKey, Buffer.from(envelope.data.signature, 'base64')))
    return fail('not-signed', 'The feed of releases is not signed with RELEASE_FEED_KEY.');
  const feed = feedSchema.safeParse(parseJson(payload));
  return feed.success ? ok({ feed: feed.data }) : fail('not-a-feed', 'The feed of releases cannot be read.');
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

/** The newest release where it is newer than the version that runs. */
export function newsFor(running: string, { releases }: Feed): News | null {
  const newer = releases.filter((release) => compareVersions(release.version, running) > 0);
  const [newest] = newer.toSorted((a, b) => compareVersions(b.version, a.version));
  if (!newest) return null;
  return { version: newest.version, url: newest.url, isSecurity: newer.some(({ security }) => security) };
}

/** Below 0 where the first is the older one. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
  for (const at of [0, 1, 2]) {
    const difference = (x?.[at] ?? 0) - (y?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
