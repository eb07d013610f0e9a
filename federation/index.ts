import {
  nodeInfoLimits,
  relayLimits,
  remoteJsonLimits,
  signatureLimits,
  webFingerLimits,
} from '../config/limits.ts';
import type { Db, InTx, Tx } from '../src/db/database.ts';
import type { Enqueue } from '../src/jobs/enqueue.ts';
import type { JobRun } from '../src/jobs/registry.ts';
import type { Clock } from '../src/lib/clock.ts';
import type { IdSource } from '../src/lib/ids.ts';
import type { Logger } from '../src/lib/log.ts';
import type { Metrics } from '../src/lib/metrics.ts';
import type { AddressPolicy } from '../src/lib/net/ip-policy.ts';
import type { SafeFetch } from '../src/lib/net/safe-fetch.ts';
import type { Account, Accounts } from '../src/modules/accounts/index.ts';
import type { Auth } from '../src/modules/auth/index.ts';
import type { Branding } from '../src/modules/branding/index.ts';
import type { Comments } from '../src/modules/comments/index.ts';
import type { Engagement } from '../src/modules/engagement/index.ts';
import type { SignedGet } from '../src/modules/exchange/index.ts';
import type { Feed } from '../src/modules/feed/index.ts';
import type { Instances, Urls } from '../src/modules/instances/index.ts';
import type { Moderation } from '../src/modules/moderation/index.ts';
import type { Notifications } from '../src/modules/notifications/index.ts';
import type { Packs } from '../src/modules/packs/index.ts';
import type { Posts as Publishing } from '../src/modules/posts/index.ts';
import type { Relays } from '../src/modules/relays/index.ts';
import type { Remixes } from '../src/modules/remixes/index.ts';
import type { Social } from '../src/modules/social/index.ts';
import type { Sounds } from '../src/modules/sounds/index.ts';
import type { Audit } from '../src/modules/staff/index.ts';
import type { Videos } from '../src/modules/videos/index.ts';
import { createClientSide } from './client/index.ts';
import { createDocuments } from './documents.ts';
import { createActorDocument, createFedify } from './federation.ts';
import { drainHost } from './inbox/drain.ts';
import { createSyncNotice } from './inbox/followers-sync.ts';
import { createGate, type GateAnswer, type InboxRequest } from './inbox/gate.ts';
import { checkInboxActivity, explainActivity } from './inbox/index.ts';
import { createReplay } from './inbox/replay.ts';
import { createInboxRoute } from './inbox/route.ts';
import { createSenders } from './inbox/senders.ts';
import { createFetchBudget } from './inbox/signature/fetch-budget.ts';
import { createKeyResolver } from './inbox/signature/keys.ts';
import { createVerifyProof } from './inbox/signature/object-proof.ts';
import { createVerifyRequest } from './inbox/signature/verify.ts';
import { createInboxStore } from './inbox/store.ts';
import { askTogether } from './inbox/together.ts';
import { createInspector } from './inspect.ts';
import { createLookup } from './lookup.ts';
import { createDocumentLoader, type SignGet } from './net/document-loader.ts';
import { createFedifyLoaders } from './net/fedify-loaders.ts';
import { createNodeInfoReader } from './net/nodeinfo.ts';
import { policedFetch } from './net/policed-fetch.ts';
import { createWebFinger } from './net/webfinger.ts';
import { createNotes } from './notes.ts';
import { createBridge } from './outbox/bridge.ts';
import { createDeliveryDesk } from './outbox/dead-letters.ts';
import { explainDeliveries, wakeForgotten } from './outbox/deliveries.ts';
import { createHostPump } from './outbox/host-pump.ts';
import { signRequest } from './outbox/sign.ts';
import { createPosts } from './posts.ts';
import { probeServer } from './probe.ts';
import { createReading, createReadPack } from './reading/index.ts';
import { createSubscribe } from './relays.ts';
import { createFederationRouter } from './router.ts';
import { createAccess } from './serve/access.ts';
import { createKeyMaker, createKeyring } from './store/keyring.ts';
import { createRemoteKeyStore } from './store/remote-keys.ts';

import { traceFetch } from './trace.ts';

export { createAskProvider } from './fasp/asking.ts';
export { createFaspDoor } from './fasp/door.ts';
export { sweepInbox } from './inbox/index.ts';
export { policedFetch } from './net/policed-fetch.ts';
export { sweepDeadDeliveries, sweepDeliveryHosts } from './outbox/circuit.ts';
export { createKeyMaker, opensActorKey } from './store/keyring.ts';
export { sweepRemoteKeys } from './store/remote-keys.ts';

export interface FederationSideDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly enqueue: Enqueue;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly fetch: SafeFetch;
  readonly userAgent: string;
  readonly policy: AddressPolicy;
  readonly urls: Urls;
  readonly accounts: Accounts;
  readonly auth: Auth;
  readonly social: Social;
  readonly videos: Videos;
  readonly comments: Comments;
  readonly engagement: Engagement;
  readonly moderation: Moderation;
  readonly feed: Feed;
  readonly notifications: Notifications;
  readonly publishing: Publishing;
  readonly relays: Relays;
  readonly remixes: Remixes;
  readonly sounds: Sounds;
  readonly instances: Instances;
  readonly audit: Audit;
  readonly branding: Branding;
  readonly packs: Packs;
  readonly instanceSecret: string;
  readonly instanceAccount: Account;
  /** Smallest RSA key of a remote actor that is trusted, in bits. */
  readonly remoteKeyMinBits: number;
  readonly version: string;
  /** Whether documents are for those only who sign their requests. */
  readonly authorizedFetch: boolean;
  /** Name and description that people see. */
  readonly instance: { readonly name: string; readonly description: string };
}

/** Puts the ActivityPub side together: what it serves, receives, sends and looks up. */
export function createFederationSide(deps: FederationSideDeps) {
  const { db, clock, urls, accounts } = deps;
  const keyring = createKeyring({ accounts, instanceSecret: deps.instanceSecret });
  const sign: SignGet = async ({ method, url }) => {
    const signing = await keyring.keyOf(deps.instanceAccount.id);
    return signing ? signRequest({ method, url, ...signing, now: clock.now() }) : {};
  };
  const policed = policedFetch(deps.fetch, deps.instances);
  const signedGet: SignedGet = async ({ url, headers, ...request }) =>
    policed.request({
      ...{ ...request, method: 'GET', url, sameOriginOnly: true },
      headers: { ...headers, ...(await sign({ method: 'GET', url })) },
      onRedirect: async (next) => ({ ...headers, ...(await sign({ method: 'GET', url: next })) }),
    });
  const loadDocument = createDocumentLoader({
    fetch: policed,
    log: deps.log,
    limits: remoteJsonLimits,
    ownHost: urls.domain,
    sign,
  });
  const resolveHandle = createWebFinger({
    fetch: policed,
    policy: deps.policy,
    limits: webFingerLimits,
    jsonLimits: remoteJsonLimits,
    ownHost: urls.domain,
  });
  const lookup = createLookup({ ...deps, loadDocument, resolveHandle });
  const limits = { ...signatureLimits, minRsaBits: deps.remoteKeyMinBits };
  const verifier = {
    verify: createVerifyRequest({ origin: urls.origin, clock, limits }),
    verifyProof: createVerifyProof({ clock, limits }),
    lookupKey: createKeyResolver({
      store: createRemoteKeyStore(db),
      fetchDocument: loadDocument,
      clock,
      limits,
    }),
  };
  const gate = countedGate(
    createGate({
      ...{ ...deps, ...verifier, senders: createSenders(deps), store: createInboxStore(deps) },
      noticeFollowers: createSyncNotice(deps),
    }),
    deps,
  );
  const access = createAccess({ ...deps, ...verifier });
  const readNodeInfo = createNodeInfoReader({
    fetch: policed,
    policy: deps.policy,
    limits: nodeInfoLimits,
    jsonLimits: remoteJsonLimits,
  });
  const inspector = createInspector({ ...deps, readNodeInfo });
  const loaders = createFedifyLoaders(loadDocument);
  const makeKeys = createKeyMaker(deps.instanceSecret);
  const readyChannel = (tx: Tx, channel: Account) => accounts.ensureChannelKeys(tx, channel, makeKeys);
  const actorDeps = {
    ...{ ...deps, loaders },
    openUrl: (key: string) => deps.videos.objectUrl(key, { state: 'published', visibility: 'public' }),
    readyChannel: (channel: Account) => deps.inTx((tx) => readyChannel(tx, channel)),
  };
  const fedify = createFedify(actorDeps);
  const actorDocument = createActorDocument(actorDeps);
  const notes = createNotes(deps);
  const posts = createPosts({ ...deps, lookup, loadDocument });
  const reading = createReading({ ...deps, lookup, loadDocument, posts });
  const together = { ...deps, ...askTogether(deps), loadDocument };
  const senders = createLookup({ ...together, resolveHandle });
  const context = {
    ...{ ...together, lookup: senders, posts: createPosts({ ...together, lookup: senders }) },
    threads: reading.threads,
    inspector,
    relayBudget: createFetchBudget(relayLimits, clock),
  };
  const check = (body: string) => checkInboxActivity(context, body);
  return {
    lookup: { ...lookup, address: reading.address },
    reading,
    readPack: createReadPack({ ...deps, lookup, loadDocument }),
    /** ActivityPub for the clients of our own people. */
    client: createClientSide({ ...deps, policed, keyring, lookup, posts, address: reading.address }),
    /** Asks another server for something that is no document of ActivityPub, signed as this server’s own actor. */
    signedGet,
    /** Who signed a request that came here, where that is proven and they are not shut out; null otherwise. */
    signerOf: access.readerOf,
    subscribeToRelay: createSubscribe({ ...deps, lookup }),
    /** Answers POST to an inbox; everything else goes on. */
    inbox: createInboxRoute({ gate, log: deps.log }),
    /** What our own people did, for their archives. */
    documents: createDocuments({ ...deps, notes, actorDocument }),
    bridge: createBridge({ ...deps, notes, actorDocument, readyChannel }),
    router: createFederationRouter({ ...deps, lookup, access, fedify, notes, actorDocument }),
    /** What became of a received activity, by its id. */
    explain: (activityUri: string) => explainActivity(db, activityUri),
    replay: createReplay(deps),
    /** What became of an activity of ours at each inbox. */
    explainDeliveries: (activityUri: string, limit: number) => explainDeliveries(db, activityUri, limit),
    /** Fetches a document as the server would, and tells every step. */
    probe: (host: string) => probeServer({ ...deps, sign, readNodeInfo, ownHost: urls.domain }, host),
    trace: (address: string) => traceFetch({ ...deps, sign, ownHost: urls.domain }, address),
    checkInbox: check,
    drainInbox: (host: string, run: JobRun) => drainHost({ ...deps, check }, host, run),
    inspect: inspector.inspect,
    /** Sends what is due for a host. */
    pump: createHostPump({ ...deps, keyring }),
    deliveries: createDeliveryDesk(deps),
    /** Wakes pumps that nobody wakes any more. */
    wakeForgotten: (before: Date) => wakeForgotten(deps, before),
  };
}

type Gate = (request: InboxRequest) => Promise<GateAnswer>;

function countedGate(
  gate: Gate,
  { metrics, instances }: Pick<FederationSideDeps, 'metrics' | 'instances'>,
): Gate {
  return async (request) => {
    const answer = await gate(request);
    if (answer.status === 202) metrics.inbox('accepted');
    else metrics.inbox('rejected', answer.reason ?? String(answer.status));
    if (answer.status !== 202 && answer.from)
      instances.refusedOf(answer.from, answer.reason ?? String(answer.status));
    return answer;
  };
}
