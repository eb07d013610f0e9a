import type { InTx } from '../../src/db/database.ts';
import { fail, type Result } from '../../src/lib/result.ts';
import type { Account, Accounts, RemoteLookup } from '../../src/modules/accounts/index.ts';
import { type Auth, allows, type Scope } from '../../src/modules/auth/index.ts';
import type { Comments } from '../../src/modules/comments/index.ts';
import type { Engagement } from '../../src/modules/engagement/index.ts';
import type { Instances, Urls } from '../../src/modules/instances/index.ts';
import type { NewPost, Posts as Publishing } from '../../src/modules/posts/index.ts';
import type { Social } from '../../src/modules/social/index.ts';
import type { Video, Videos } from '../../src/modules/videos/index.ts';
import type { Activity } from '../inbox/normalise.ts';
import type { Lookup } from '../lookup.ts';
import type { Posts } from '../posts.ts';
import type { JsonObject } from '../translate/read.ts';

/** What the activities of our own people are carried out with: the commands that the Mastodon API calls, too. */
export interface ClientDeps {
  readonly inTx: InTx;
  readonly urls: Urls;
  readonly accounts: Accounts;
  readonly auth: Auth;
  readonly social: Social;
  readonly videos: Videos;
  readonly comments: Comments;
  readonly engagement: Engagement;
  readonly instances: Instances;
  readonly publishing: Publishing;
  readonly lookup: Lookup;
  readonly posts: Posts;
  /** What a web address stands for, asked for at its server where that is wanted. */
  readonly address: RemoteLookup['address'];
}

/** Who sends an activity to the own outbox, and with what. */
export interface Caller {
  readonly account: Account;
  readonly scopes: readonly Scope[];
  /** What the person posts with. */
  readonly application: NewPost['application'];
  /** Marks repetitions of one request; null where the client does not. */
  readonly idempotencyKey: string | null;
  /** The accounts that a text names, by its handles. */
  readonly mentionsIn: (text: string) => Promise<ReadonlyMap<string, Account>>;
  /** Whether the person may cause another question to another server just now; counts it. */
  readonly mayAsk: () => Promise<boolean>;
}

/** What an activity of a client did. */
export interface Done {
  /** As it is now: with the id that stands in `Location`, and without whom it was secretly sent to. */
  readonly activity: JsonObject;
  /** A video that others may see from now on, by the id under which it was uploaded. */
  readonly posted?: Video['id'];
  /** A video that is gone. */
  readonly removed?: Video;
}

export type Outcome = Result<Done, string>;

/** The handler of one type of activity. `scope` is what the token needs, null where that depends on what is undone. */
export interface ClientVerb {
  readonly scope: Scope | null;
  readonly run: (deps: ClientDeps, caller: Caller, activity: Activity) => Promise<Outcome>;
}

const CONTEXT = 'https://www.w3.org/ns/activitystreams';

/** The activity as it is told to the client. */
export function doneAs(
  caller: Caller,
  activity: { readonly id: string; readonly type: string; readonly object: unknown } & JsonObject,
): JsonObject {
  return { '@context': CONTEXT, actor: caller.account.actorUri, ...activity };
}

/** The refusal of a token that may not do what needs this scope, or undefined. */
export function allowed({ scopes }: Pick<Caller, 'scopes'>, scope: Scope) {
  if (allows(scopes, scope)) return undefined;
  return fail('scope-missing', `This token may not do that; it needs the scope ${scope}.`);
}
