import { fail, ok, type Result } from '../../src/lib/result.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import type { KnownPost } from '../posts.ts';
import type { Caller, ClientDeps } from './caller.ts';

/** Accounts and posts that activities of clients name by their ids. */

type Missing = 'not-found' | 'too-many-requests' | 'unreachable' | 'blocked' | 'validation-failed';

const TOO_OFTEN = fail(
  'too-many-requests',
  'Too many accounts and posts of other servers were asked for. Wait a moment, then try again.',
);

/**
 * The person behind an actor id, asked for at its server where it is unknown here. Accounts that are not active, of
 * suspended servers, that stand for a server of ours or are channels of ours look absent, as in the API.
 */
export async function personAt(
  deps: ClientDeps,
  caller: Caller,
  uri: string | null,
): Promise<Result<{ account: Account }, Missing>> {
  if (uri === null) return fail('validation-failed', 'object: This is not the id of an account.');
  const absent = fail('not-found', `There is no account ${uri}, or you may not see it.`);
  const known = await deps.accounts.byActorUri(uri);
  if (!known && deps.urls.isOurs(uri)) return absent;
  if (!known && !(await caller.mayAsk())) return TOO_OFTEN;
  const found = known ? ok({ account: known }) : await deps.lookup.actor(uri);
  if (!found.ok) return found.reason === 'not-found' ? absent : found;
  return (await isShown(deps, found.account)) ? found : absent;
}

async function isShown({ instances }: ClientDeps, account: Account): Promise<boolean> {
  if (account.state !== 'active') return false;
  if (account.domain === null) return account.actorType !== 'Application' && account.ownerId === null;
  const hosts = [account.domain, new URL(account.actorUri).host];
  return (await instances.standingsOf(hosts)).every(({ suspended }) => !suspended);
}

/**
 * A post by its id, as the caller may see it, asked for at its server where it is unknown here. What is out of
 * sight is as absent as what never was (security.md P2).
 */
export async function postAt(
  deps: ClientDeps,
  caller: Caller,
  uri: string | null,
): Promise<Result<{ post: KnownPost }, Missing>> {
  if (uri === null) return fail('validation-failed', 'object: This is not the id of a post.');
  const absent = fail('not-found', `There is no post ${uri}, or you may not see it.`);
  if (!(await deps.posts.find(uri)) && !deps.urls.isOurs(uri)) {
    if (!(await caller.mayAsk())) return TOO_OFTEN;
    const asked = await deps.address(uri, { ask: true });
    if (!asked.ok && asked.reason !== 'not-found') return asked;
  }
  const post = await deps.posts.seen(uri, caller.account);
  return post ? ok({ post }) : absent;
}

/** A post of the caller's own; one of somebody else is refused where the caller may see it, and absent where not. */
export async function ownPostAt(
  deps: ClientDeps,
  caller: Caller,
  uri: string | null,
): Promise<Result<{ post: KnownPost }, Missing | 'not-yours'>> {
  if (uri === null) return fail('validation-failed', 'object: Name the post by its id.');
  const found = await deps.posts.find(uri);
  const absent = fail('not-found', `There is no post ${uri}, or you may not see it.`);
  if (!found) return absent;
  const row = found.kind === 'video' ? found.video : found.comment;
  const isDraft = found.kind === 'video' && (found.video.awaitsPost || found.video.state === 'uploading');
  if (row.accountId === caller.account.id) return isDraft ? absent : ok({ post: found });
  const seen = await deps.posts.seen(uri, caller.account);
  return seen ? fail('not-yours', 'This post is somebody else’s.') : absent;
}
