import { relayLimits, remoteJsonLimits, signatureLimits, webFingerLimits } from '../config/limits.ts';
import type { Db, InTx } from '../src/db/database.ts';
import type { Enqueue } from '../src/jobs/enqueue.ts';
import type { JobRun } from '../src/jobs/registry.ts';
import type { Clock } from '../src/lib/clock.ts';
import type { IdSource } from '../src/lib/ids.ts';
import type { Logger } from '../src/lib/log.ts';
import type { AddressPolicy } from '../src/lib/net/ip-policy.ts';
import type { SafeFetch } from '../src/lib/net/safe-fetch.ts';
import type { Account, Accounts } from '../src/modules/accounts/index.ts';
import type { Auth } from '../src/modules/auth/index.ts';
import type { Comments } from '../src/modules/comments/index.ts';
import type { Engagement } from '../src/modules/engagement/index.ts';
import type { Instances, Urls } from '../src/modules/instances/index.ts';
import type { Moderation } from '../src/modules/moderation/index.ts';
import type { Relays } from '../src/modules/relays/index.ts';
import type { Social } from '../src/modules/social/index.ts';
import type { Videos } from '../src/modules/videos/index.ts';
import { createActorDocument, createFedify } from './federation.ts';
import { createSyncNotice } from './inbox/followers-sync.ts';
import { createGate } from './inbox/gate.ts';
import { explainActivity, processInboxActivity } from './inbox/index.ts';
import { createFetchBudget } from './inbox/signature/fetch-budget.ts';
import { createKeyResolver } from './inbox/signature/keys.ts';
import { createVerifyRequest } from './inbox/signature/verify.ts';
import { createLookup } from './lookup.ts';
import { createDocumentLoader } from './net/document-loader.ts';
import { createFedifyLoaders } from './net/fedify-loaders.ts';
import { createWebFinger } from './net/webfinger.ts';
import { createNotes } from './notes.ts';
import { createBridge } from './outbox/bridge.ts';
import { pumpHost } from './outbox/host-pump.ts';
import { signRequest } from './outbox/sign.ts';
import { createPosts } from './posts.ts';
import { createReading } from './reading/index.ts';
import { createSubscribe } from './relays.ts';
import { createFederationRouter } from './router.ts';
import { createKeyring } from './store/keyring.ts';
import { createRemoteKeyStore } from './store/remote-keys.ts';

export { sweepInbox } from './inbox/index.ts';
export { createKeyMaker } from './store/keyring.ts';
export { sweepRemoteKeys } from './store/remote-keys.ts';

export interface FederationSideDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly enqueue: Enqueue;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly fetch: SafeFetch;
  readonly policy: AddressPolicy;
  readonly urls: Urls;
  readonly accounts: Accounts;
  readonly auth: Auth;
  readonly social: Social;
  readonly videos: Videos;
  readonly comments: Comments;
  readonly engagement: Engagement;
  readonly moderation: Moderation;
  readonly relays: Relays;
  readonly instances: Instances;
  readonly instanceSecret: string;
  readonly instanceAccount: Account;
  readonly version: string;
}

/** Puts the ActivityPub side together: what it serves, receives, sends and looks up. */
export function createFederationSide(deps: FederationSideDeps) {
  const { db, clock, urls, accounts } = deps;
  const keyring = createKeyring({ accounts, instanceSecret: deps.instanceSecret });
  const loadDocument = createDocumentLoader({
    fetch: deps.fetch,
    log: deps.log,
    limits: remoteJsonLimits,
    ownHost: urls.domain,
    sign: async ({ method, url }) => {
      const signing = await keyring.keyOf(deps.instanceAccount.id);
      return signing ? signRequest({ method, url, ...signing, now: clock.now() }) : {};
    },
  });
  const lookup = createLookup({
    ...deps,
    loadDocument,
    resolveHandle: createWebFinger({
      fetch: deps.fetch,
      policy: deps.policy,
      limits: webFingerLimits,
      jsonLimits: remoteJsonLimits,
      ownHost: urls.domain,
    }),
  });
  const gate = createGate({
    ...deps,
    noticeFollowers: createSyncNotice(deps),
    verify: createVerifyRequest({ host: urls.domain, clock, limits: signatureLimits }),
    lookupKey: createKeyResolver({
      store: createRemoteKeyStore(db),
      fetchDocument: loadDocument,
      clock,
      limits: signatureLimits,
    }),
  });
  const loaders = createFedifyLoaders(loadDocument);
  const fedify = createFedify({ ...deps, loaders });
  const notes = createNotes(deps);
  const posts = createPosts({ ...deps, lookup, loadDocument });
  const reading = createReading({ ...deps, lookup, loadDocument, posts });
  const context = {
    ...{ ...deps, lookup, loadDocument, posts },
    threads: reading.threads,
    relayBudget: createFetchBudget(relayLimits, clock),
  };
  return {
    lookup: { ...lookup, address: reading.address },
    reading,
    subscribeToRelay: createSubscribe({ ...deps, lookup }),
    bridge: createBridge({ ...deps, notes, actorDocument: createActorDocument({ ...deps, loaders }) }),
    router: createFederationRouter({ ...deps, gate, fedify, notes }),
    /** What became of a received activity, by its id. */
    explain: (activityUri: string) => explainActivity(db, activityUri),
    processInbox: (inboxId: string) => processInboxActivity({ db, context }, inboxId),
    pump: (host: string, run: JobRun) => pumpHost({ ...deps, keyring }, host, run),
  };
}
