import type { RequestHandler } from 'express';
import type { Config } from '../../config/config.ts';
import type { WatchedStorage } from '../../media/storage/removals.ts';
import type { InTx } from '../db/database.ts';
import type { Clock } from '../lib/clock.ts';
import type { Cursors } from '../lib/cursor.ts';
import type { AuditId, PackId } from '../lib/ids.ts';
import type { Logger } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { Result } from '../lib/result.ts';
import type { Accounts, Pictures, RemoteLookup } from '../modules/accounts/index.ts';
import type { Analytics } from '../modules/analytics/index.ts';
import type { Announcements } from '../modules/announcements/index.ts';
import type { Archives } from '../modules/archives/index.ts';
import type { Auth } from '../modules/auth/index.ts';
import type { Backups } from '../modules/backups/index.ts';
import type { Branding } from '../modules/branding/index.ts';
import type { Claims } from '../modules/claims/index.ts';
import type { Classifier } from '../modules/classifier/index.ts';
import type { Comments } from '../modules/comments/index.ts';
import type { Counters } from '../modules/counters/index.ts';
import type { Digests } from '../modules/digests/index.ts';
import type { Domains } from '../modules/domains/index.ts';
import type { Engagement } from '../modules/engagement/index.ts';
import type { Exchange } from '../modules/exchange/index.ts';
import type { Fasp } from '../modules/fasp/index.ts';
import type { Feed } from '../modules/feed/index.ts';
import type { Filters } from '../modules/filters/index.ts';
import type { Folders } from '../modules/folders/index.ts';
import type { Hashes } from '../modules/hashes/index.ts';
import type { Holding } from '../modules/holding/index.ts';
import type { DeliveryDesk, Instances, Urls } from '../modules/instances/index.ts';
import type { Listing } from '../modules/listing/index.ts';
import type { Lists } from '../modules/lists/index.ts';
import type { Mail } from '../modules/mail/index.ts';
import type { LockGate, ServerLock } from '../modules/maintenance/index.ts';
import type { Markers } from '../modules/markers/index.ts';
import type { LegalHolds, Measures, Moderation, ReportDesk } from '../modules/moderation/index.ts';
import type { Notifications } from '../modules/notifications/index.ts';
import type { Packs } from '../modules/packs/index.ts';
import type { Playlists } from '../modules/playlists/index.ts';
import type { Portability } from '../modules/portability/index.ts';
import type { Posts } from '../modules/posts/index.ts';
import type { Push } from '../modules/push/index.ts';
import type { Raid } from '../modules/raid/index.ts';
import type { Recommending } from '../modules/recommending/index.ts';
import type { Relay, RelayKind, Relays } from '../modules/relays/index.ts';
import type { Releases } from '../modules/releases/index.ts';
import type { Remixes } from '../modules/remixes/index.ts';
import type { Retention } from '../modules/retention/index.ts';
import type { Rules } from '../modules/rules/index.ts';
import type { Search } from '../modules/search/index.ts';
import type { Settings } from '../modules/settings/index.ts';
import type { Social } from '../modules/social/index.ts';
import type { Sounds } from '../modules/sounds/index.ts';
import type { Actor, Audit, NetworkGate } from '../modules/staff/index.ts';
import type { Room, Storage } from '../modules/storage/index.ts';
import type { Streaming } from '../modules/streaming/index.ts';
import type { Tags } from '../modules/tags/index.ts';
import type { Transparency } from '../modules/transparency/index.ts';
import type { LiveTrends } from '../modules/trending/index.ts';
import type { MediaUrls, ProxiedFiles, Videos } from '../modules/videos/index.ts';
import type { Watching } from '../modules/watching/index.ts';
import type { Work } from '../modules/work/index.ts';
import type { Lifecycle } from '../operations/readiness.ts';
import type { StaffSide } from '../staff-side.ts';
import type { Undoing } from '../undoing.ts';
import type { ClientDoor } from './activitypub/door.ts';
import type { EventStreams } from './event-stream.ts';
import type { FaspDoor } from './fasp/door.ts';
import type { RateLimits } from './limits.ts';
import type { AccessCache } from './media/access.ts';
import type { UploadFiles } from './upload-files.ts';

/** What the HTTP side needs of the rest. It knows neither SQL nor ActivityPub. */
export interface HttpDeps {
  readonly config: Config;
  readonly version: string;
  readonly log: Logger;
  readonly clock: Clock;
  readonly urls: Urls;
  readonly inTx: InTx;
  readonly accounts: Accounts;
  readonly pictures: Pictures;
  readonly auth: Auth;
  readonly mail: Mail;
  readonly digests: Digests;
  readonly social: Social;
  readonly sounds: Sounds;
  readonly videos: Videos;
  readonly comments: Comments;
  readonly engagement: Engagement;
  readonly remixes: Remixes;
  readonly moderation: Moderation;
  readonly settings: Settings;
  readonly undoing: Undoing;
  readonly reportDesk: ReportDesk;
  readonly legalHolds: LegalHolds;
  readonly measures: Measures;
  readonly claims: Claims;
  readonly announcements: Announcements;
  readonly branding: Branding;
  readonly transparency: Transparency;
  readonly audit: Audit;
  readonly backups: Backups;
  readonly releases: Releases;
  readonly staff: StaffSide;
  readonly rules: Rules;
  readonly holding: Holding;
  readonly raid: Raid;
  readonly classifier: Classifier;
  /** Who is not answered at all. */
  readonly networks: NetworkGate;
  /** Whether nothing is taken at all. */
  readonly lockGate: LockGate;
  readonly serverLock: ServerLock;
  readonly hashes: Hashes;
  readonly notifications: Notifications;
  readonly push: Push;
  readonly feed: Feed;
  readonly recommending: Recommending;
  readonly watching: Watching;
  readonly trending: LiveTrends;
  readonly analytics: Analytics;
  readonly counters: Counters;
  /** Places in lists, as clients carry them. */
  readonly cursors: Cursors;
  readonly lists: Lists;
  readonly playlists: Playlists;
  readonly folders: Folders;
  /** What search engines may list. */
  readonly listing: Listing;
  readonly packs: Packs;
  readonly filters: Filters;
  readonly markers: Markers;
  readonly portability: Portability;
  readonly archives: Archives;
  readonly instances: Instances;
  readonly domains: Domains;
  readonly lookup: RemoteLookup;
  /** Reads a starter pack by its address, of this server or another, and keeps it. */
  readonly readPack: (address: string) => Promise<Result<{ packId: PackId }, string>>;
  readonly deliveries: DeliveryDesk;
  readonly relays: Relays;
  /** Asks the relay at an address for its posts. */
  readonly subscribeToRelay: (
    by: Actor,
    address: string,
    options: { readonly kind?: RelayKind },
  ) => Promise<Result<{ relay: Relay; auditId: AuditId }, string>>;
  readonly exchange: Exchange;
  readonly fasp: Fasp;
  readonly faspDoor: FaspDoor;
  /** Who signed a request, where that is proven and they are not shut out; null otherwise. */
  readonly signerOf: (request: {
    readonly path: string;
    readonly rawHeaders: readonly string[];
    readonly ip: string;
  }) => Promise<{ readonly host: string } | null>;
  /** Asks another server as this one would, and tells every step. */
  readonly probe: (host: string) => Promise<{
    readonly ok: boolean;
    readonly steps: readonly { readonly step: string; readonly what: string; readonly ms: number }[];
  }>;
  readonly posts: Posts;
  readonly tags: Tags;
  readonly search: Search;
  readonly storage: WatchedStorage;
  readonly media: Storage;
  readonly room: Room;
  readonly retention: Retention;
  readonly uploadFiles: UploadFiles;
  readonly limits: RateLimits;
  readonly mediaUrls: MediaUrls;
  readonly mediaAccess: AccessCache;
  readonly proxiedFiles: ProxiedFiles;
  readonly streams: EventStreams;
  readonly streaming: Streaming;
  /** Answers POST to an inbox, before everything else that looks at a request. */
  readonly inbox: RequestHandler;
  /** The ActivityPub side, mounted before everything that parses bodies. */
  readonly federation: RequestHandler;
  /** The ActivityPub side for clients of our own people. */
  readonly client: ClientDoor;
  /** Built web client. */
  readonly webDir: string;
  readonly lifecycle: Lifecycle;
  readonly metrics: Metrics;
  readonly work: Work;
}
