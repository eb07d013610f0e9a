/** Caps of making, keeping and serving media. Units are in the names. */

/** What fetching the media of another server's video may cost. */
export const remoteVideoLimits = {
  maxDurationSeconds: 600,
  /** Larger ones are scaled down anyway: a smaller file is fetched where there is one. */
  maxShortSide: 1_080,
  maxPosterBytes: 5 * 1024 * 1024,
  posterDeadlineMs: 30_000,
  downloadDeadlineMs: 15 * 60_000,
  idleMs: 30_000,
  /** Newest videos of a domain that are copied after all when the staff no longer forbids it. */
  copiedAfterLift: 500,
} as const;

/** How room is made for copies of videos of other servers. */
export const remoteCacheLimits = {
  /** Once something must go, so much of the cap is left taken, so that not every copy has to make room. */
  watermark: 0.9,
  /** Whoever watched it may be watching still. */
  watchedRecentlyMs: 10 * 60_000,
  /** Videos that are looked at together. */
  atOnce: 20,
  /** Objects that are compared with the rows together. */
  objectsAtOnce: 1_000,
  /** An object that no row names yet may belong to a job that runs. */
  orphanAgeMs: 24 * 3_600_000,
  /** Newest videos of one account that are copied once somebody here asks for them. */
  copiedAfterFollow: 20,
  /** And of one domain, once its videos may be copied after all. */
  copiedAfterLift: 500,
} as const;

/** What a playlist of another server may say (RFC 8216). */
export const hlsLimits = {
  maxPlaylistBytes: 1024 * 1024,
  maxLines: 25_000,
  maxLineCharacters: 4_096,
  maxSegments: 5_000,
  maxVariants: 100,
  /** Sizes whose playlists are looked at until one is small enough. */
  maxVariantsTried: 4,
  playlistDeadlineMs: 30_000,
} as const;

/** What the media folder accepts, spends and makes (media.md 1 and 3). */
export const mediaLimits = {
  /** The bytes the sniffer looks at. */
  sniffBytes: 4_096,
  minDurationSeconds: 0.5,
  /** A clip may be this much over the limit of the server: recorders round. */
  durationToleranceSeconds: 0.5,
  minSidePixels: 16,
  maxSidePixels: 8_192,
  /** 8192 x 4320: above it a single decoded frame takes hundreds of megabytes. */
  maxPixels: 35_389_440,
  maxFrameRate: 240,
  /** Times the longest allowed duration: 21 600 frames where that is 180 s. */
  maxFramesPerSecondOfLimit: 120,
  maxStreams: 16,
  /** Parts that are left out of one file. */
  maxCuts: 50,
  maxAudioChannels: 8,
  maxProbeJsonBytes: 4 * 1024 * 1024,
  maxStderrBytes: 8 * 1024,
  probeTimeoutMs: 20_000,
  /** No progress for this long means that ffmpeg hangs. */
  stallMs: 60_000,
  /** Short single steps: poster, faststart copy. */
  stepTimeoutMs: 120_000,
  /** A whole ladder may take this many times the length of the clip, and never less than the step timeout. */
  transcodeTimeFactor: 20,
  maxProcessMemoryBytes: 4 * 1024 ** 3,
  maxOutputFileBytes: 2 * 1024 ** 3,
  maxOpenFiles: 128,
  maxSingleAllocationBytes: 256 * 1024 ** 2,
  niceness: 10,
  /** Mastodon refuses videos above 99 MB (federation-interop.md, rule 6). */
  maxFederatedMp4Bytes: 99_000_000,
  maxFederatedShortSidePixels: 720,
  maxPosterShortSidePixels: 720,
  /** Of a picture that an author uploads. */
  maxPosterBytes: 5 * 1024 * 1024,
  /** What is played as it came while better is made (media.md 1.4). */
  maxCopiedShortSidePixels: 1_080,
  maxCopiedFrameRate: 60.5,
  maxCopiedBitsPerSecond: 8_000_000,
  /** The size that is made first. */
  firstRungShortSidePixels: 480,
  /** Sizes above this can be left until somebody asks for them. */
  lazyAboveShortSidePixels: 720,
  /** Of one of our own MP4 files: boxes of one kind, and bytes of one header box held in memory. */
  maxBoxes: 100_000,
  maxHeaderBoxBytes: 4 * 1024 * 1024,
  /** Object keys, and the wait for an S3 server to answer or to go on sending. */
  maxKeyCharacters: 200,
  s3AnswerTimeoutMs: 30_000,
  s3IdleTimeoutMs: 120_000,
  /** Larger objects go up in parts of this size; one part is held in memory. */
  s3PartBytes: 16 * 1024 * 1024,
  staleTemporaryFileMs: 24 * 3_600_000,
  /** How long something that was replaced stays, for those who are watching it. */
  replacedKeptMs: 10 * 60_000,
  purgePauseMs: 5_000,
  /** Likes and shares from which a video gets the sizes that are otherwise left. */
  hotReactions: 20,
  /** How long an address of the object storage can be read from at least, and a part be sent to. */
  presignedReadSeconds: 3_600,
  presignedPartSeconds: 6 * 3_600,
  /** How long a process may go on without asking which store is active, and how many objects are moved at once. */
  activeStoreMaxAgeMs: 2_000,
  objectsMovedAtOnce: 4,
  /** Keys held to list an object of two stores once, and objects told of by name in a report. */
  maxMergedKeys: 100_000,
  maxReportedObjects: 1_000,
  /** Rows and keys compared at a time, and the age from which an object that no row names is an orphan. */
  objectsPerPage: 500,
  orphanAgeMs: 24 * 3_600_000,
  /** Videos sent to the cheaper store at a time, and how soon a process asks again for an object to come back. */
  videosCooledAtOnce: 200,
  warmAskedAgainMs: 10 * 60_000,
} as const;

/** What a video may take of another one that it answers to. */
export const remixLimits = {
  /** The part that a stitch begins with. */
  maxClipSeconds: 5,
} as const;

/** Duets and stitches that wait for the author of their original. */
export const remixRequestLimits = {
  /** After so long without an answer it is a no. */
  silenceMs: 14 * 24 * 60 * 60 * 1_000,
  endedAtOnce: 100,
  /** Who was refused may ask again for the same remix after so long. */
  refusedDays: 365,
  /** Remixes of a video that is gone whose makers are told in one transaction, and stamps as many. */
  withdrawnAtOnce: 100,
  /** Of one who asks; more is refused at once. */
  maxWaiting: 20,
  /** Kept of what they write to it. */
  maxCaptionCharacters: 500,
} as const;

/** What a file of captions may hold. */
export const captionLimits = {
  /** Of one video. */
  maxLanguages: 50,
  maxLabelCharacters: 60,
  maxBytes: 512 * 1024,
  maxCues: 3_000,
  /** With markup that is then removed; more than all lines of a clean cue. */
  maxCueCharacters: 6_000,
  maxLines: 10,
  maxLineCharacters: 500,
  maxTimeMs: 24 * 3_600_000,
  maxNestedTags: 8,
  maxClasses: 4,
  maxVoiceCharacters: 60,
} as const;

/** What asking a service for captions may cost. */
export const transcriptionLimits = {
  maxSeconds: 3_600,
  /** Many services take no more. */
  maxSoundBytes: 25 * 1024 * 1024,
  connectMs: 10_000,
  maxHeaderBytes: 16 * 1024,
  /** For all of it: on a plain processor a service may take longer than the video lasts. */
  deadlineMs: 15 * 60_000,
  /** With all that some services tell of every word. */
  json: {
    maxBytes: 8 * 1024 * 1024,
    maxDepth: 8,
    maxArrayItems: 50_000,
    maxObjectKeys: 100,
    maxValues: 1_000_000,
  },
  /** Videos whose captions one worker waits for at once. */
  atOnce: 1,
  /** Videos of which an admin has captions made in one go. */
  videosPerPage: 200,
} as const;

/** How stored media is served; how much of it is held in memory is `MEDIA_CACHE_MB`. */
export const servingLimits = {
  /** Objects are kept in pieces of this size, so that a range of a large file takes no more than its part. */
  blockBytes: 1024 * 1024,
  /** Wider answers come straight from storage: a download of a whole film must not push out what many watch. */
  widestFromMemory: 4 * 1024 * 1024,
  /** What each kept piece costs beside its bytes. */
  overheadBytes: 1024,
  /** Pieces that are read at the same time; requests beyond them are answered from storage. */
  readsInFlight: 64,
  sizesInMemory: 20_000,
  /** Another process may have removed the object. */
  sizeKeptMs: 10_000,
  ownersInMemory: 20_000,
  accessKeptMs: 2_000,
  /** Of an answer that leads elsewhere; well below the hour for which the object storage's own addresses are good. */
  redirectMaxAgeSeconds: 1_800,
} as const;

/**
 * How files of other servers are passed on that are not copied (ADR 0015). One process holds at most `cacheBytes`,
 * one chunk for each answer, and two for each of `netLimits.rangesInFlight`.
 */
export const proxyLimits = {
  /** What is fetched and kept at once; every file starts a new one at each multiple of it. */
  chunkBytes: 1024 * 1024,
  cacheBytes: 64 * 1024 * 1024,
  /** What each kept chunk costs beside its bytes. */
  overheadBytes: 1024,
  filesInMemory: 5_000,
  /** Until its server is asked again whether a file is there and still the same. */
  fileKeptMs: 5 * 60_000,
  /** For one chunk, the wait for others of the same host included. */
  deadlineMs: 15_000,
  idleMs: 10_000,
  answersInFlight: 96,
  answersPerNetwork: 16,
  /** Longer than `deadlineMs`: a client that takes nothing for so long is let go, and asks for the rest if it wants it. */
  stallMs: 30_000,
  requests: { name: 'proxy', points: 300, seconds: 60 },
  /** For browsers alone, so that a decision of the staff counts soon. */
  maxAgeSeconds: 60,
} as const;

/** How long a signed address of media is good at least, and the steps in which it ends: within one it stays the same. */
export const mediaLinkLimits = {
  viewer: { lifetimeSeconds: 24 * 3_600, stepSeconds: 6 * 3_600 },
  /** Other servers fetch when their queue gets there, and some when somebody looks. */
  server: { lifetimeSeconds: 30 * 24 * 3_600, stepSeconds: 7 * 24 * 3_600 },
  /** A service that the admin has chosen, which looks at once. */
  service: { lifetimeSeconds: 3_600, stepSeconds: 300 },
  maxAgeSeconds: 24 * 3_600,
} as const;
