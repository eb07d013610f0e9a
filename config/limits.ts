/** Caps of the server, those of media apart (`media-limits.ts`). Units are in the names. */

/** What a video may be. The first three can be changed by the admin; see `config/env.ts`. */
export const videoLimits = {
  defaultMaxUploadBytes: 200 * 1024 * 1024,
  defaultMaxDurationSeconds: 180,
  maxCaptionCharacters: 5_000,
  maxAltTextCharacters: 1_500,
  maxContentWarningCharacters: 500,
  /** Of the HTML of a post, as far as it is looked through: for hashtags, and by filters. */
  maxSearchedCharacters: 20_000,
  maxFilenameCharacters: 255,
  /** Videos on top of one profile. */
  maxPins: 5,
  /** People whom one text may name. */
  maxMentions: 30,
  /** Uploads one account may have under way. */
  maxOpenUploads: 10,
  /** An upload that has not finished by then is dropped. */
  uploadLifetimeMs: 24 * 3_600_000,
  /** Videos that one account may have uploaded for posts it has not written; each is kept for as long. */
  maxDrafts: 20,
  maxSoundTitleCharacters: 100,
  /** Drafts and videos that wait for their time; these are kept until their author posts or deletes them. */
  maxKeptDrafts: 300,
} as const;

/** What authors ask of all their videos at once. */
export const studioLimits = {
  maxSearchCharacters: 200,
  usualDays: 28,
  maxDays: 366,
  /** Videos that one request changes or deletes. */
  maxBulk: 50,
} as const;

/** Posts that wait for their time. */
export const schedulingLimits = {
  leastAheadMs: 5 * 60_000,
  maxAheadMs: 5 * 366 * 24 * 3_600_000,
  maxPerAccount: 300,
  /** One that could not be posted for a fault of this server is tried again after this. */
  retryMs: 10 * 60_000,
} as const;

/** What is counted of hashtags and of what is watched most. */
export const trendLimits = {
  maxFollowedTags: 500,
  maxMutedTags: 500,
  maxFeaturedTags: 10,
  /** The newest uses of a hashtag by which the spelling is chosen that is shown. */
  spelledBy: 200,
  historyDays: 7,
  trendDays: 2,
  /** Uses of hashtags, and videos, that are looked at, the newest ones. */
  mostUses: 5_000,
  mostVideos: 400,
  maxOffset: 400,
} as const;

/** What this server tells of itself and of others. */
export const aboutLimits = {
  /** Servers that are listed to everybody. */
  maxPeers: 5_000,
  /** Counts of all rows are asked for so often at most. */
  countsKeptMs: 10 * 60_000,
} as const;

/** What a comment may be. */
export const commentLimits = {
  maxCharacters: 500,
  /** Of one that another server sends, as HTML. */
  maxRemoteHtmlCharacters: 20_000,
  /** Comments that one answer of the API or one page of a collection shows. */
  maxPerThread: 200,
  /** Comments that one look of a list goes through where many are out of sight, and how often it looks before its page ends early. */
  lookedAtOnce: 200,
  looks: 6,
} as const;

/** What other servers may count for us (security.md V9). */
export const remoteViewLimits = { perHostPerVideoPerDay: 1_000, keptDays: 90 } as const;

/** What is told to the staff. */
export const reportLimits = {
  maxCommentCharacters: 5_000,
  /** A reporter is a person of this server, or another server as a whole. */
  perReporterPerDay: 100,
  maxPosts: 40,
  maxRules: 50,
  maxNoteCharacters: 5_000,
  maxEvidenceCharacters: 20_000,
  /** Reports that one command changes. */
  maxAtOnce: 500,
  /** Of one account, those that its page shows; the others are counted. */
  maxShown: 200,
  /** Files of a video that was reported stay at most this long after it was deleted, until its frames are copied. */
  evidenceWaitMs: 2 * 24 * 3_600_000,
  /** What was reported is kept this long once its report is closed, */
  evidenceKeptMs: 180 * 24 * 3_600_000,
  /** and this long at most, closed or not. */
  evidenceMaxMs: 365 * 24 * 3_600_000,
} as const;

/** Streams of events that clients keep open. */
export const streamLimits = {
  perCaller: 10,
  lifetimeMs: 3_600_000,
  /** Below the minute after which proxies take a silent connection for dead. */
  heartbeatMs: 15_000,
  /** How often a row is looked at for a stream: while it changes, and while it does not. */
  fastestPollMs: 500,
  slowestPollMs: 2_000,
} as const;

/** How activities are sent to other servers (fedify.md 3.2, ADR 0007). */
export const deliveryLimits = {
  /** Hosts that one worker sends to at once; times the next one, it stays under `netLimits.requestsInFlight`. */
  pumps: 40,
  concurrencyPerHost: 5,
  /** PeerTube answers 429 above 50 a second from one address (peertube.md 4). */
  requestsPerSecondPerHost: 40,
  /** Accounts whose next activity is picked in one go, and to how many inboxes of the host each. */
  lanesAtOnce: 20,
  inboxesPerLane: 10,
  /** Results of attempts that are written together; see `inboxLimits.store`. */
  outcomes: { maxItems: 256, maxBytes: 1, maxWaiting: 4_096, maxWaitingBytes: 1 },
  /** Questions about hosts that are asked together. */
  look: { maxItems: 64, maxBytes: 1, maxWaiting: 4_096, maxWaitingBytes: 1 },
  /** A pump that has sent for this long goes to the end of the queue. */
  sliceMs: 20_000,
  deadlineMs: 15_000,
  firstRetryMs: 30_000,
  longestRetryMs: 12 * 3_600_000,
  givenUpAfterMs: 7 * 24 * 3_600_000,
  /** Tries that a delivery gets however old it is. */
  fewestAttempts: 5,
  /** Failures in a row after which a host gets probes only. */
  failuresToOpen: 3,
  longestProbePauseMs: 3_600_000,
  /** Pumps of one worker that may wait for hosts that fail; the others try again after `probeTurnMs`. */
  probesAtOnce: 16,
  probeTurnMs: 3_000,
  /** A host that was not written to is forgotten, failures and all (security.md R6). */
  hostsKeptMs: 30 * 24 * 3_600_000,
  /** Rows that one statement changes or locks. */
  rowsAtOnce: 1_000,
  deadLettersListed: 40,
  maxDeadLettersListed: 200,
} as const;

/** What another server may send to an inbox (security.md R1, R9). */
export const inboxLimits = {
  maxBytes: 256 * 1024,
  /** How long a connection stays open whose body was refused unread. */
  lingerMs: 2_000,
  maxActivityIdCharacters: 1_024,
  /** Posts that one Create may bring. */
  maxObjectsPerActivity: 20,
  requestsPerAddressPerMinute: 3_000,
  requestsPerHostPerMinute: 3_000,
  /** For so long after a server became known, it has half of that. */
  newHostDays: 7,
  /** For how long it is remembered whether a server is new. */
  newHostRememberedMs: 600_000,
  /** Activities that are stored together, and how many may wait for it before senders are told to come later. */
  store: {
    maxItems: 128,
    maxBytes: 4 * 1024 * 1024,
    maxWaiting: 2_048,
    maxWaitingBytes: 32 * 1024 * 1024,
  },
  /** Questions about senders that are asked together; see `store`. */
  look: { maxItems: 256, maxBytes: 1, maxWaiting: 4_096, maxWaitingBytes: 1 },
  /** Hosts that were just refused are refused without a question to the database. */
  refusalRememberedMs: 500,
  refusedHostsInMemory: 10_000,
  busyRetrySeconds: 30,
  /** What one host gets of a worker before the next host has its turn. */
  drain: { batch: 32, turnMs: 5_000 },
  /** Tries of one activity, and the pauses between them. */
  maxAttempts: 8,
  firstRetryMs: 10_000,
  longestRetryMs: 3_600_000,
  /** Stored activities are kept this long, to tell duplicates and for `federation explain`. */
  keptMs: 30 * 24 * 3_600_000,
} as const;

/** What one account may keep about others. */
export const socialLimits = {
  maxDomainBlocks: 1_000,
  maxNoteCharacters: 2_000,
  /** Single accounts that one request may ask about. */
  maxAccountsAsked: 80,
  /** The newest of those that somebody follows, and of whom each of these follows, that suggestions are made of. */
  suggestedFrom: 200,
  suggestedFromEach: 100,
  /** Of what somebody likes, and the newest videos about each of it. */
  suggestedTags: 20,
  suggestedFromEachTag: 100,
  /** The newest follows of all, among which those are looked for whom many follow. */
  suggestedFromNewest: 5_000,
  maxSuggestionDismissals: 2_000,
  /** The newest posts that the directory of active accounts is made of. */
  directoryPosts: 2_000,
  maxOffset: 1_000,
} as const;

/** Starter packs. */
export const packLimits = {
  maxPacks: 30,
  maxMembers: 100,
  maxTitleCharacters: 100,
  maxDescriptionCharacters: 500,
  maxFileCharacters: 50_000,
  /** Accounts unknown here that one import, or one reading of another server’s pack, may ask for. */
  maxUnknown: 40,
  /** How many of them are asked for at once. */
  askedAtOnce: 4,
  /** A pack of another server is not read again before this. */
  freshMs: 3_600_000,
} as const;

/** What one account may keep for itself. */
export const listLimits = { maxLists: 100, maxTitleCharacters: 100, maxAccountsPerRequest: 100 } as const;

/** Videos in an order, for others to watch through. */
export const playlistLimits = {
  maxPlaylists: 100,
  maxVideos: 500,
  maxTitleCharacters: 100,
  maxDescriptionCharacters: 1_000,
  maxVideosPerRequest: 50,
} as const;

/** Parts of what somebody saved. */
export const folderLimits = { maxFolders: 100, maxTitleCharacters: 60 } as const;

export const filterLimits = {
  maxFilters: 100,
  maxKeywords: 500,
  maxStatuses: 1_000,
  maxTitleCharacters: 200,
  maxKeywordCharacters: 200,
} as const;

/** What is kept about a domain. */
export const policyLimits = {
  maxCommentCharacters: 2_000,
  maxDomainCharacters: 300,
} as const;

/** What reading our documents may cost. */
export const serveLimits = {
  /** Signatures that are verified for one network address. */
  proofsPerAddressPerMinute: 3_000,
} as const;

/** What one request of a client may cost. */
export const apiLimits = {
  maxJsonBytes: 64 * 1024,
  defaultPageItems: 20,
  maxPageItems: 40,
  /** Of lists of accounts. */
  defaultPeople: 40,
  maxPeople: 80,
  maxAdminPageItems: 200,
  maxSettingCharacters: 50_000,
  /** Of JSON that holds such texts: a character is up to six bytes (`\u3042`), and texts of a page come together. */
  maxSettingsBytes: 1024 * 1024,
  maxSettingsAtOnce: 100,
  maxReasonCharacters: 1_000,
} as const;

/** What a form may be, where a route takes one in place of JSON. Its fields together are as long as JSON may be. */
export const formLimits = {
  maxFields: 200,
  /** Brackets behind the name of a field. */
  maxDepth: 5,
  maxPartHeaders: 20,
  /** A file of a form whose process was killed is removed after this. */
  keptMs: 24 * 3_600_000,
} as const;

/** Apps that sign in by OAuth 2, and what they are given. */
export const oauthLimits = {
  tokenBytes: 32,
  codeSeconds: 600,
  /** A used code that comes again within this ends what it gave. */
  oldCodeDays: 1,
  /** An app that nobody signed in with is forgotten after this. */
  unusedAppDays: 7,
  maxNameCharacters: 100,
  maxUrlCharacters: 2_000,
  maxRedirectUris: 10,
  maxRedirectUriCharacters: 2_000,
  maxStateCharacters: 2_000,
  maxScopeCharacters: 2_000,
  maxUserAgentCharacters: 300,
} as const;

/** Codes beside the password. */
export const secondFactorLimits = { recoveryCodes: 10, maxCodeCharacters: 60 } as const;

/** What one request to another server may cost us (security.md F3 to F5; federation-interop.md 2). */
export const netLimits = {
  ports: [80, 443] as readonly number[],
  maxUrlCharacters: 2_048,
  maxRedirects: 3,
  deadlineMs: 10_000,
  connectMs: 5_000,
  idleMs: 5_000,
  maxBytes: 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  /** How much of an unwanted body is read so that its connection can be used again. */
  discardBytes: 16 * 1024,
  requestsPerHost: 8,
  requestsInFlight: 256,
  downloadsPerHost: 2,
  downloadsInFlight: 16,
  /** Parts of files that somebody waits for, which are read into memory. */
  rangesPerHost: 4,
  rangesInFlight: 16,
  /** Idle connections kept for the next request; above this many, connections close after use. */
  keptConnections: 512,
  keepAliveMs: 10_000,
} as const;

/** What is read of other servers beyond what they send (security.md R4, R5; federation-interop.md 2). */
export const readingLimits = {
  /** Of one collection, or of all that one question leads to. */
  maxPages: 5,
  maxItems: 200,
  maxBytes: 4 * 1024 * 1024,
  /** Videos that are imported when an account is followed for the first time. */
  backfillVideos: 20,
  /** An account whose followers come and go is not read again before this. */
  backfillPauseMs: 3_600_000,
  /** Posts that are asked for to find the root of one thread. */
  maxDepth: 20,
  /** For somebody who waits for the answer. */
  maxDepthWhileWaiting: 5,
  waitMs: 15_000,
  /** A post that could not be had, or led nowhere, is not asked for again in a thread before this. */
  deadEndMs: 600_000,
  deadEndsInMemory: 10_000,
  /** Threads that the posts of one server may start, for threads nobody here follows anybody of. */
  fetchesPerHost: 60,
  fetchWindowMs: 600_000,
  hostsInMemory: 10_000,
  repliesPauseMs: 15 * 60_000,
  /** A post that its server did not find is asked for once more after this, and then dropped. */
  missingPauseMs: 6 * 3_600_000,
} as const;

/** What relays may tell of. */
export const relayLimits = {
  maxRelays: 20,
  /** Posts that are asked for on the word of one relay. */
  fetchesPerHost: 300,
  fetchWindowMs: 600_000,
  hostsInMemory: 100,
  /** Videos that are kept on the word of one relay. */
  videosPerDay: 1_000,
} as const;

/** How often one account's followers are compared with its server's list (FEP-8fcf). */
export const followersSyncLimits = {
  maxHeaderCharacters: 4_096,
  maxPages: 10,
  maxItems: 10_000,
  maxBytes: 8 * 1024 * 1024,
  pauseMs: 10 * 60_000,
  accountsInMemory: 10_000,
} as const;

/** The shape of JSON from other servers, checked before it is parsed (security.md R1). */
export const remoteJsonLimits = {
  maxBytes: 1024 * 1024,
  maxDepth: 32,
  maxArrayItems: 1_000,
  maxObjectKeys: 1_000,
  maxValues: 50_000,
} as const;

/** WebFinger answers and handles. */
export const webFingerLimits = {
  maxBytes: 64 * 1024,
  maxHandleCharacters: 400,
  maxLinks: 100,
} as const;

/** What is kept of other servers, and how often they are asked for their NodeInfo (security.md R6). */
export const instanceLimits = {
  maxRows: 20_000,
  /** Servers that never sent or took anything are forgotten after this. */
  keptSilentMs: 30 * 24 * 3_600_000,
  /** Times of the last traffic are written at most this often. */
  noteEveryMs: 10 * 60_000,
  hostsInMemory: 10_000,
  refreshMs: 3 * 24 * 3_600_000,
  firstRetryMs: 3_600_000,
  longestRetryMs: 7 * 24 * 3_600_000,
  inspectionsPerRound: 200,
} as const;

/** NodeInfo documents of other servers. */
export const nodeInfoLimits = {
  maxBytes: 64 * 1024,
  maxLinks: 50,
  maxSoftwareCharacters: 60,
  maxVersionCharacters: 100,
  maxNameCharacters: 200,
} as const;

/** HTTP signatures and the keys behind them (federation-interop.md 3; security.md S8 to S14). */
export const signatureLimits = {
  maxHeaderCharacters: 8_192,
  maxParameters: 16,
  maxCoveredHeaders: 32,
  maxKeyIdCharacters: 2_048,
  /** Signatures of RFC 9421 that one request may carry; proxies add their own. */
  maxSignatures: 4,
  /** Those of them that are tried: each may cost a key fetch. Two for an actor with two keys. */
  maxCandidates: 2,
  maxPathCharacters: 8_192,
  /** How far the sender's clock may be from ours, both ways. */
  clockSkewMs: 3_600_000,
  /** How long after `expires` a signature still counts, for clocks that are a little slow. */
  expirySkewMs: 60_000,
  /** A later `expires` is cut to this long after the signature was made. */
  maxLifetimeMs: 12 * 3_600_000,
  /** How long the proof in a forwarded activity counts. Far below `inboxLimits.keptMs`: repetitions are known that long. */
  maxProofAgeMs: 7 * 24 * 3_600_000,
  /** The usual floor; `REMOTE_KEY_MIN_BITS` may lower it. */
  minRsaBits: 2_048,
  maxRsaBits: 8_192,
  maxPemCharacters: 8_192,
  keysInMemory: 10_000,
  keyMaxAgeMs: 48 * 3_600_000,
  /** A key is fetched anew after a failed verification at most this often (security.md S14). */
  refreshIntervalMs: 300_000,
  failureTtlMs: 600_000,
  /** For failures that may pass by themselves: timeouts, broken connections, server errors. */
  transientFailureTtlMs: 60_000,
  /** Key fetches that one remote host may cause in `fetchWindowMs` (security.md F6). */
  fetchesPerHost: 300,
  fetchWindowMs: 60_000,
  hostsInMemory: 10_000,
} as const;

/** PostgreSQL and Redis run as our own children (ADR 0005). */
export const embeddedLimits = {
  /** Crash recovery of a busy database can take minutes. */
  maxStartMs: 300_000,
  slowStartNoticeMs: 5_000,
  /** For one question while a part is starting. */
  answerTimeoutMs: 5_000,
  postgresStopMs: 30_000,
  redisStopMs: 10_000,
  killMs: 5_000,
  /** How long a start waits for a predecessor that is still stopping. */
  lockWaitMs: 10_000,
  maxStartAttempts: 5,
  /** A log of a child that has grown past this is set aside at the next start. */
  maxLogBytes: 1024 * 1024,
  /** The end of a log that a failure message quotes. */
  maxQuotedLogBytes: 2_000,
} as const;
