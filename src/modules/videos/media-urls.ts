import { createHmac } from 'node:crypto';
import { mediaLinkLimits } from '../../../config/media-limits.ts';
import type { Clock } from '../../lib/clock.ts';
import { purposeKey, timingSafeEqualText } from '../../lib/crypto.ts';
import type { SoundRegion } from '../sounds/index.ts';
import type { VideoState, Visibility } from './model.ts';

/** What an address depends on. */
interface Addressed {
  readonly state: VideoState;
  readonly visibility: Visibility;
  /** Of a video. */
  readonly regional?: boolean;
}

/** Who is given an address: somebody who looks at a page, a server that may fetch much later, or a service that looks at once. */
export type MediaReader = 'viewer' | 'server' | 'service';

/**
 * Who may fetch the objects of a video: anybody, or whoever was given a signed address; and of those, for the sake of its sounds, who is
 * not where one of these is not given.
 */
export type MediaAccess = OpenTo | RegionalAccess;
type OpenTo = 'public' | 'private';
export interface RegionalAccess {
  readonly access: OpenTo;
  readonly regions: readonly SoundRegion[];
  /** What is given where it is muted in place of which object, by their keys; what is not in it is withheld there. */
  readonly given: ReadonlyMap<string, string>;
}

export type MediaUrls = ReturnType<typeof createMediaUrls>;

/** 128 bits of the HMAC, in base64url. */
const MAC_CHARACTERS = 22;
const TOKEN = /^(\d{1,12})\.([A-Za-z0-9_-]{22})$/;

/** Who may fetch the objects of a video that is there at all. */
export function mediaAccessOf(video: {
  readonly state: VideoState;
  readonly visibility: Visibility;
}): OpenTo {
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
    objectUrl(objectKey: string, video: Addressed, reader: MediaReader = 'viewer'): string {
      const path = objectKey.replace(/^media\//, '');
      if (mediaAccessOf(video) === 'public') {
        // What is asked where somebody is must not come from where nobody asks, nor from what was kept of before.
        return video.regional ? `${deps.origin}/media/r/${path}` : `${deps.mediaUrl}/${path}`;
      }
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
