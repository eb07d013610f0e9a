import type { Result } from '../../lib/result.ts';
import type { Account } from '../../modules/accounts/index.ts';
import type { Scope } from '../../modules/auth/index.ts';
import type { NewPost } from '../../modules/posts/index.ts';
import type { Video } from '../../modules/videos/index.ts';

type Document = Readonly<Record<string, unknown>>;

/** What a collection is asked for: itself, or one page from where the last one ended. */
interface PageQuery {
  readonly page: boolean;
  readonly cursor: string | null;
}

/**
 * What the ActivityPub side does for the clients of our own people. This side knows who asks, and how often; that
 * one knows what activities mean. Reasons of refusals are those of `errors.ts`.
 */
export interface ClientDoor {
  submit(
    caller: {
      readonly account: Account;
      readonly scopes: readonly Scope[];
      readonly application: NewPost['application'];
      readonly idempotencyKey: string | null;
      readonly mentionsIn: (text: string) => Promise<ReadonlyMap<string, Account>>;
      readonly mayAsk: () => Promise<boolean>;
    },
    body: Uint8Array,
  ): Promise<
    Result<{ readonly activity: Document; readonly posted?: Video['id']; readonly removed?: Video }, string>
  >;
  inbox(account: Account, query: PageQuery): Promise<Document | null>;
  liked(account: Account, query: PageQuery): Promise<Document | null>;
  fetch(account: Account, address: string): Promise<Result<{ readonly document: Document }, string>>;
  describe(body: string): Result<{ readonly description: string | undefined }, string>;
}
