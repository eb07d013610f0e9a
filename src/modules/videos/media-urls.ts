import { createHmac } from 'node:crypto';
import { mediaLinkLimits } from '../../../config/media-limits.ts';
import type { Clock } from '../../lib/clock.ts';
import { purposeKey, timingSafeEqualText } from '../../lib/crypto.ts';
import type { VideoState, Visibility } from './model.ts';

/** Who is given an address: somebody who looks at a page, a server that may fetch much later, or a service that looks at once. */
export type MediaReader = 'viewer' | 'server' | 'service';

/** Who may fetch the objects of a video: anybody, or whoever was given a signed address. */
export type MediaAccess = 'public' | 'private';

export type MediaUrls = ReturnType<typeof createMediaUrls>;

/** 128 bits of the HMAC, in base64url. */
const MAC_CHARACTERS = 22;
const TOKEN = /^(\d{1,12})\.([A-Za-z0-9_-]{22})$/;

/** Who may fetch the objects of a video that is there at all. */
export function mediaAccessOf(video: {
  readonly state: VideoState;
  readonly visibility: Visibility;
}): MediaAccess {
  const isOpen = video.visibility === 'public' || video.visibility === 'unlisted';
  return isOpen && video.state === 'published' ? 'public' : 'private';
}

/**
 * Makes the addresses of stored objects, and checks those that are signed. What is not for everybody has a token in
 * its path, `s/<expiry>.<mac>/`, so that names relative to a playlist carry it on. The token is good for all objects
 * of one video until it expires, whoever has it.
 */
export function createMediaUrls(deps: {
  /** Where public media is; may be another host. */
  readonly mediaUrl: string;
  /** This server, which alone can check tokens. */
  readonly origin: string;
  readonly instanceSecret: string;
  readonly clock: Clock;
}) {
  const key = purposeKey({ instanceSecret: deps.instanceSecret, purpose: 'media-path' });

  /** Over the expiry (seconds since 1970) and the owner: HMAC-SHA-256 (RFC 2104), cut to its first half. */
  function macOf(expiry: string, ownerId: string): string {
    const mac = createHmac('sha256', key).update(`${expiry}.${ownerId}`).digest('base64url');
    return mac.slice(0, MAC_CHARACTERS);
  }

  function tokenFor(ownerId: string, reader: MediaReader): string {
    const { lifetimeSeconds, stepSeconds } = mediaLinkLimits[reader];
    const until = Math.floor(deps.clock.now() / 1_000) + lifetimeSeconds;
    const expiry = String(Math.ceil(until / stepSeconds) * stepSeconds);
    return `${expiry}.${macOf(expiry, ownerId)}`;
  }

  return {
    /** The address of an object: its key is `media/<owner>/<name>`. The same one for a while, so that it can be cached. */
    objectUrl(
      objectKey: string,
      video: { readonly state: VideoState; readonly visibility: Visibility },
      reader: MediaReader = 'viewer',
    ): string {
      const path = objectKey.replace(/^media\//, '');
      if (mediaAccessOf(video) === 'public') return `${deps.mediaUrl}/${path}`;
      return `${deps.origin}/media/s/${tokenFor(path.slice(0, path.indexOf('/')), reader)}/${path}`;
    },

    /** The address under which the bytes of a video of another server are passed on: always this server's own. */
    proxyUrl(video: {
      readonly id: string;
      readonly state: VideoState;
      readonly visibility: Visibility;
    }): string {
      const { id } = video;
      const token = mediaAccessOf(video) === 'public' ? '' : `s/${tokenFor(id, 'viewer')}/`;
      return `${deps.origin}/proxy/${token}${id}`;
    },

    /** The seconds for which a token is still good for objects of this owner (0: it has expired); null: it never was. */
    secondsLeft(token: string, ownerId: string): number | null {
      const [, expiry = '', mac = ''] = TOKEN.exec(token) ?? [];
      if (expiry === '' || !timingSafeEqualText(mac, macOf(expiry, ownerId))) return null;
      return Math.max(0, Number(expiry) - Math.floor(deps.clock.now() / 1_000));
    },
  };
}
