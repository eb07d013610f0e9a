import type { Config } from '../../../config/config.ts';
import type { ObjectStorage } from '../../../media/storage/storage.ts';
import type { MediaAccess } from '../../modules/videos/index.ts';

/** Who sends the bytes in place of this process; see `MEDIA_X_ACCEL` and `MEDIA_REDIRECT`. */
export interface OffloadSettings {
  /** Internal location of the nginx before this server that stands for the object store. */
  readonly xAccel: string | null;
  /** `presigned`: the object storage itself. Else the address that stands for the object store, such as a CDN. */
  readonly redirect: string | null;
}

/** Every origin that files for our page may come from: browsers ask its policy about each redirect, too. */
export function mediaOrigins({ mediaUrl, serving, s3, secondS3, cold }: Config): string[] {
  const buckets = [s3, secondS3].map((bucket) => bucket?.publicEndpoint ?? bucket?.endpoint);
  const stores = [...buckets, cold.s3?.endpoint];
  const elsewhere = serving.redirect === 'presigned' ? stores : [serving.redirect];
  const origins = [mediaUrl, ...elsewhere].flatMap((url) => (url == null ? [] : new URL(url).origin));
  return [...new Set(origins)];
}

/** Where the bytes are to be had. */
export type Offload =
  | { readonly kind: 'internal'; readonly path: string }
  | { readonly kind: 'redirect'; readonly url: string };

/**
 * Says who is to send an object, or null where this process is. Only what is for everybody is redirected: an address
 * elsewhere is good for whoever has it, for longer than ours. Playlists never are, since the names in them are
 * relative to where they come from, and only here do these names lead on.
 */
export async function offloadOf(
  settings: OffloadSettings,
  storage: ObjectStorage,
  key: string,
  access: MediaAccess,
): Promise<Offload | null> {
  if (settings.xAccel !== null) return { kind: 'internal', path: `${settings.xAccel}/${key}` };
  if (settings.redirect === null || access !== 'public' || key.endsWith('.m3u8')) return null;
  const url =
    settings.redirect === 'presigned'
      ? ((await storage.presignedUrl?.(key)) ?? null)
      : `${settings.redirect}/${key}`;
  return url === null ? null : { kind: 'redirect', url };
}
