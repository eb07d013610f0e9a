import type { Media, Processing } from './schema.gen.ts';

/** The shapes of the HTTP API, as the server's route table says. */
export type {
  Account,
  Comment,
  Context as StatusContext,
  CredentialAccount,
  ErrorBody,
  FeedReason,
  FeedSettings,
  FeedStatuses,
  FreshProof,
  Instance,
  Invite,
  Media,
  OwnSession,
  Passkey,
  PendingAccount,
  Processing,
  Relationship,
  Report,
  Rule,
  SearchResults,
  SecondFactor,
  SecondFactorSecret,
  Session,
  SignUp,
  Status,
  StatusSource,
  Tag,
} from './schema.gen.ts';

/** What the server does with an upload. */
export type Stage = NonNullable<Processing['stage']>;
/** Captions in one language. */
export type Captions = Media['captions'][number];
