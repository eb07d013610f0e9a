import type { Request } from 'express';
import { z } from 'zod';
import { socialLimits } from '../../../../config/limits.ts';
import { searchLimits } from '../../../../config/search-limits.ts';
import { type AccountId, idSchema, parseId } from '../../../lib/ids.ts';
import type { Account, FoundByAddress } from '../../../modules/accounts/index.ts';
import type { Viewer } from '../../../modules/auth/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { REMOTE_LOOKUPS } from '../../mentions.ts';
import { route } from '../../route.ts';
import { mayLookUp } from '../../service-lookups.ts';
import { accountEntitiesOf } from '../accounts/entities.ts';
import { isShownHere } from '../accounts/get-account.ts';
import { accountEntityOf } from '../entities.ts';
import { languagesOf } from '../feed/pages.ts';
import { timeZoneQuery, whole } from '../inputs.ts';
import { accountsInOrder } from '../relations/people.ts';
import { accountEntity, flagSchema, type StatusEntity, statusEntity } from '../schemas.ts';
import { postEntityOf, seenPost } from '../statuses/posts.ts';
import { tagEntitiesOf, tagEntity } from '../tags/tags.ts';
import { SEARCHES, statusesOf } from './videos.ts';

type SearchType = 'accounts' | 'statuses' | 'hashtags';

const limit = whole(1, 10_000)
  .default(20)
  .transform((value) => Math.min(value, 40));

const searchQuery = z.object({
  q: z.string().trim().min(1).max(searchLimits.maxCharacters),
  type: z.enum(['accounts', 'statuses', 'hashtags']).optional(),
  resolve: flagSchema.optional(),
  following: flagSchema.optional().describe('Of accounts, only those whom you follow'),
  account_id: idSchema<'account'>().optional().describe('Of videos, only those of this account'),
  limit: limit.describe('Of each kind'),
  offset: whole(0, socialLimits.maxOffset).default(0),
  time_zone: timeZoneQuery,
});
type SearchQuery = z.output<typeof searchQuery>;

interface Asked {
  readonly deps: HttpDeps;
  readonly query: SearchQuery;
  readonly viewer: Viewer | null;
  readonly req: Request;
}

export const search = route({
  method: 'get',
  path: '/api/v2/search',
  summary:
    'Find accounts, videos and hashtags by words, or an account, video or comment by its web address or handle; with `resolve`, ask its server where it is not known here.',
  audience: 'anyone',
  scope: 'read:search',
  limit: SEARCHES,
  query: searchQuery,
  output: z
    .object({
      accounts: z.array(accountEntity),
      statuses: z.array(statusEntity),
      hashtags: z.array(tagEntity),
    })
    .meta({ id: 'SearchResults' }),
  handler: async (asked: Asked) => {
    const { deps, query } = asked;
    const wants = (type: SearchType) => query.type === undefined || query.type === type;
    if (/^https?:\/\//i.test(query.q)) return atAddress(asked, wants);
    const isHandle = /^@/.test(query.q) || /^[^\s@:]+@[^\s@]+$/.test(query.q);
    const viewerId = asked.viewer?.account.id ?? null;
    const [accounts, statuses, tags] = await Promise.all([
      wants('accounts') ? people(asked) : [],
      wants('statuses') && !isHandle ? videos(asked) : [],
      wants('hashtags') && !isHandle ? deps.search.tags(viewerId, query) : [],
    ]);
    return { accounts, statuses, hashtags: await tagEntitiesOf(deps, tags, viewerId) };
  },
});

/** What is at a web address: one account, or one post. */
async function atAddress({ deps, query, viewer }: Asked, wants: (type: SearchType) => boolean) {
  const found =
    wants('accounts') || wants('statuses') ? await byAddress(deps, asking({ query, viewer }), query.q) : null;
  const nothing = { accounts: [], statuses: [], hashtags: [] };
  if (found?.kind === 'account' && wants('accounts') && (await isShownHere(deps, found.account))) {
    return { ...nothing, accounts: [await accountEntityOf(deps, found.account)] };
  }
  if (found?.kind === 'post' && wants('statuses')) {
    const status = await statusFor(deps, found.id, viewer?.account.id ?? null);
    return { ...nothing, statuses: status ? [status] : [] };
  }
  return nothing;
}

/** Who may cause questions to other servers, where that is wanted. */
const asking = ({ query, viewer }: Pick<Asked, 'query' | 'viewer'>): Viewer | null =>
  query.resolve ? viewer : null;

/** Whoever is called exactly so, and those whose name begins so, or is like it; then whom auxiliary services find. */
async function people({ deps, query, viewer }: Asked) {
  const isFirst = query.offset === 0 && !query.following;
  const [here, elsewhere] = await Promise.all([
    peopleHere({ deps, query, viewer }, isFirst),
    isFirst ? byServices(deps, asking({ query, viewer }), query.q) : [],
  ]);
  const ids = [...new Set([...here, ...elsewhere])].slice(0, query.limit);
  return accountEntitiesOf(deps, await accountsInOrder(deps, ids));
}

async function peopleHere(
  { deps, query, viewer }: Omit<Asked, 'req'>,
  isFirst: boolean,
): Promise<AccountId[]> {
  const viewerId = viewer?.account.id ?? null;
  const exact = isFirst ? await byHandle(deps, asking({ query, viewer }), query.q) : null;
  const called = exact && (await isShownHere(deps, exact)) ? [exact.id] : [];
  // A whole handle of another server is one person, or nobody.
  const { q, following: followedOnly = false } = query;
  const isWhole = /^@?[^\s@]+@[^\s@]+$/.test(q) && called.length > 0;
  const alike = isWhole
    ? []
    : await deps.search.people(viewerId, { ...query, followedOnly, orAlike: called.length === 0 });
  return [...called, ...alike];
}

/**
 * Whom auxiliary services find by words, where somebody may cause questions to others: as far as the viewer may find them. Names of one
 * person, hashtags and what search takes for an instruction are for nobody else.
 */
async function byServices(deps: HttpDeps, asking: Viewer | null, q: string): Promise<AccountId[]> {
  if (!asking || deps.lockGate.now() || /[@#:"\0]/.test(q)) return [];
  const viewerId = asking.account.id;
  return deps.search.peopleAmong(viewerId, await deps.fasp.people.search(q, mayLookUp(deps, viewerId)));
}

async function videos({ deps, query, viewer, req }: Asked): Promise<StatusEntity[]> {
  const viewerId = viewer?.account.id ?? null;
  const searcher = { id: viewerId, languages: languagesOf(req), timeZone: query.time_zone };
  const { q, offset, account_id: accountId } = query;
  const limit = offset + query.limit;
  const found = await deps.search.videos(searcher, { q, accountId, limit, place: null });
  if (!found.ok) throw refused(found);
  return statusesOf(deps, found.ids.slice(offset), viewerId);
}

/** Asks the server of a handle, where somebody may cause that; null where nobody of that name is known. */
export async function byHandle(deps: HttpDeps, asking: Viewer | null, q: string): Promise<Account | null> {
  if (!asking || deps.lockGate.now() || !/^@?[^@\s]+@[^@\s]+$/.test(q)) return deps.accounts.byHandle(q);
  await deps.limits.take(REMOTE_LOOKUPS, asking.account.id);
  const outcome = await deps.lookup.account(q);
  if (outcome.ok) return outcome.account;
  if (outcome.reason === 'not-found') return null;
  throw refused(outcome);
}

/** What is known by a web address; otherwise what its server says, where somebody may cause that question. */
async function byAddress(deps: HttpDeps, asking: Viewer | null, q: string): Promise<FoundByAddress | null> {
  const known = await deps.lookup.address(q, { ask: false });
  if (known.ok) return known.found;
  if (!asking || deps.lockGate.now() || deps.urls.isOurs(q)) return null;
  await deps.limits.take(REMOTE_LOOKUPS, asking.account.id);
  const asked = await deps.lookup.address(q, { ask: true });
  if (asked.ok) return asked.found;
  if (asked.reason === 'not-found') return null;
  throw refused(asked);
}

/** A post as the viewer may see it; null where it is out of sight, as if it were not there (security.md P2). */
async function statusFor(
  deps: HttpDeps,
  id: string,
  viewerId: Viewer['account']['id'] | null,
): Promise<StatusEntity | null> {
  if (parseId(id) === null) return null;
  try {
    return await postEntityOf(deps, await seenPost(deps, id, viewerId), viewerId);
  } catch (error) {
    if (error instanceof ApiError && error.body.code === 'not-found') return null;
    throw error;
  }
}
