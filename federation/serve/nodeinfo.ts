import type { Clock } from '../../src/lib/clock.ts';
import type { Accounts } from '../../src/modules/accounts/index.ts';
import type { Auth } from '../../src/modules/auth/index.ts';
import type { Comments } from '../../src/modules/comments/index.ts';
import type { Urls } from '../../src/modules/instances/index.ts';
import type { Videos } from '../../src/modules/videos/index.ts';
import type { JsonObject } from '../translate/read.ts';

export interface NodeInfoDeps {
  readonly urls: Urls;
  readonly accounts: Accounts;
  readonly auth: Auth;
  readonly videos: Videos;
  readonly comments: Comments;
  readonly clock: Clock;
  readonly version: string;
  readonly instance: { readonly name: string; readonly description: string };
}

/** Versions served, the newer last: some readers take the last link they know. */
export const nodeInfoVersions = ['2.0', '2.1'] as const;
export type NodeInfoVersion = (typeof nodeInfoVersions)[number];

const SCHEMA = 'http://nodeinfo.diaspora.software/ns/schema';
const DAY_MS = 24 * 3_600_000;

/** Content type of a NodeInfo document. */
export function nodeInfoType(version: NodeInfoVersion): string {
  return `application/json; profile="${SCHEMA}/${version}#"`;
}

/**
 * Where our NodeInfo is, and which actor stands for this server (FEP-2677): PeerTube follows a server through
 * that link (peertube.md 2).
 */
export function nodeInfoLinks(urls: Urls): JsonObject {
  const schemas = nodeInfoVersions.map((version) => ({
    rel: `${SCHEMA}/${version}`,
    href: `${urls.origin}/nodeinfo/${version}`,
  }));
  const application = { rel: 'https://www.w3.org/ns/activitystreams#Application', href: urls.instanceActor };
  return { links: [...schemas, application] };
}

/** What this server is (FEP-f1d5). The two versions differ in what may be said of the software. */
export async function nodeInfo(deps: NodeInfoDeps, version: NodeInfoVersion): Promise<JsonObject> {
  const now = deps.clock.now();
  const [total, activeMonth, activeHalfyear, localPosts, localComments] = await Promise.all([
    deps.accounts.localCount(),
    deps.auth.activeSince(new Date(now - 30 * DAY_MS)),
    deps.auth.activeSince(new Date(now - 180 * DAY_MS)),
    deps.videos.localCount(),
    deps.comments.localCount(),
  ]);
  return {
    version,
    software: { name: 'vireo', version: deps.version },
    protocols: ['activitypub'],
    services: { inbound: [], outbound: [] },
    openRegistrations: deps.auth.joining.registrations === 'open',
    usage: { users: { total, activeMonth, activeHalfyear }, localPosts, localComments },
    metadata: {
      nodeName: deps.instance.name,
      nodeDescription: deps.instance.description,
      // Where auxiliary services register (FASP general v0.1, protocol basics).
      faspBaseUrl: `${deps.urls.origin}/fasp`,
      // Client libraries that know servers by name alone (megalodon) look here for the API to speak.
      upstream: { name: 'mastodon' },
    },
  };
}
