/** The shapes of the HTTP API, as the server's route table says. */
export type {
  Account,
  CredentialAccount,
  ErrorBody,
  Instance,
  Media,
  PendingAccount,
  Processing,
  Relationship,
  SearchResults,
  Session,
  SignUp,
  Status,
} from './schema.gen.ts';
