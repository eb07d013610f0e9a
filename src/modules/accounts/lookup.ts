import type { Result } from '../../lib/result.ts';
import type { Account } from './model.ts';

/** Finds accounts and videos of other servers; the federation side implements it. */
export interface RemoteLookup {
  /** `@alice@host` to an account, asking its server where it is unknown or stale. */
  account(
    handle: string,
  ): Promise<Result<{ account: Account }, 'not-found' | 'unreachable' | 'blocked' | 'handle-invalid'>>;

  /** The account behind an actor id; with `anew`, as its server describes it at this moment. */
  actor(
    uri: string,
    options?: { readonly anew?: boolean },
  ): Promise<Result<{ account: Account }, 'not-found' | 'unreachable' | 'blocked'>>;

  /**
   * What a web address leads to, of this server or another: the id of an account or post, or the page of one.
   * With `ask`, what is not known here is asked for at its server, and kept. Whether somebody may see the post
   * is for the caller to find out.
   */
  address(
    address: string,
    options: { readonly ask: boolean },
  ): Promise<Result<{ found: FoundByAddress }, 'not-found' | 'unreachable' | 'blocked'>>;
}

/** What an address of the web stands for. `id` is that of a video or comment. */
export type FoundByAddress =
  | { readonly kind: 'account'; readonly account: Account }
  | { readonly kind: 'post'; readonly id: string };
