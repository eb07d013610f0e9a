import type { Media, Processing } from './schema.gen.ts';

/** The shapes of the HTTP API, as the server's route table says. */
export type {
  Account,
  Archive,
  ChannelAnalytics,
  Comment,
  Context as StatusContext,
  CredentialAccount,
  EmailPreferences,
  ErrorBody,
  FeedReason,
  FeedSettings,
  FeedStatuses,
  Filter,
  FreshProof,
  Import,
  Instance,
  Invite,
  Job,
  LiveAnalytics,
  Media,
  MutedAccount,
  NotificationPolicy,
  OwnSession,
  Passkey,
  PendingAccount,
  Processing,
  Queue,
  Relationship,
  Report,
  Rule,
  SearchResults,
  SecondFactor,
  SecondFactorSecret,
  Session,
  Setting,
  SignUp,
  Status,
  StatusEdit,
  StatusSource,
  StudioOverview,
  StudioVideo,
  Tag,
  Video,
  VideoAnalytics,
  Worker,
} from './schema.gen.ts';

/** What the server does with an upload. */
export type Stage = NonNullable<Processing['stage']>;
/** Captions in one language. */
export type Captions = Media['captions'][number];
