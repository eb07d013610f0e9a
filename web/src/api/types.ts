import type { Media, Processing } from './schema.gen.ts';

/** The shapes of the HTTP API, as the server's route table says. */
export type {
  Account,
  ChannelAnalytics,
  CredentialAccount,
  ErrorBody,
  FeedReason,
  FeedStatuses,
  FreshProof,
  Instance,
  Invite,
  LiveAnalytics,
  Media,
  OwnSession,
  Passkey,
  PendingAccount,
  Processing,
  Relationship,
  SearchResults,
  SecondFactor,
  SecondFactorSecret,
  Session,
  SignUp,
  Status,
  StatusEdit,
  StudioOverview,
  StudioVideo,
  Video,
  VideoAnalytics,
} from './schema.gen.ts';

/** What the server does with an upload. */
export type Stage = NonNullable<Processing['stage']>;
/** Captions in one language. */
export type Captions = Media['captions'][number];
