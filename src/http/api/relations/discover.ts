import { z } from 'zod';
import { socialLimits } from '../../../../config/limits.ts';
import { idSchema } from '../../../lib/ids.ts';
import { suggestionSources } from '../../../modules/social/index.ts';
import { route } from '../../route.ts';
import { mayLookUp } from '../../service-lookups.ts';
import { accountEntitiesOf } from '../accounts/entities.ts';
import { isShownHere, shownHere } from '../accounts/get-account.ts';
import { accountEntity } from '../accounts/schemas.ts';
import { flag, manyOf, whole } from '../inputs.ts';
import { accountParams, emptyEntity } from '../schemas.ts';
import { byHandle } from '../search/search.ts';
import { accountsInOrder } from './people.ts';

const accountIds = manyOf(idSchema<'account'>(), socialLimits.maxAccountsAsked).default([]);
const limit = whole(1, 10_000)
  .default(40)
  .transform((value) => Math.min(value, 80));
const offset = whole(0, socialLimits.maxOffset).default(0);

export const listAccounts = route({
  method: 'get',
  path: '/api/v1/accounts',
  summary: 'Some accounts by their ids. Those that are not here are left out.',
  audience: 'anyone',
  scope: 'read:accounts',
  query: z.object({ id: accountIds }),
  output: z.array(accountEntity),
  handler: async ({ deps, query }) => {
    const shown = new Set(await deps.social.listedAmong(null, query.id));
    return accountEntitiesOf(
      deps,
      (await accountsInOrder(deps, [...new Set(query.id)])).filter(({ id }) => shown.has(id)),
    );
  },
});

export const searchAccounts = route({
  method: 'get',
  path: '/api/v1/accounts/search',
  summary:
    'Accounts whose name or handle begins with a text; with `resolve`, one of another server by its whole handle, asked for there where it is not known here.',
  audience: 'signed-in',
  scope: 'read:accounts',
  query: z.object({
    q: z.string().trim().min(1).max(400),
    limit,
    offset,
    resolve: flag.default(false),
    following: flag.default(false).describe('Only those whom you follow'),
  }),
  output: z.array(accountEntity),
  handler: async ({ deps, query, viewer }) => {
    const { q, following } = query;
    const exact = query.offset === 0 ? await byHandle(deps, query.resolve ? viewer : null, q) : null;
    const found = await deps.search.people(viewer.account.id, { ...query, followedOnly: following });
    const first = exact && !following && (await isShownHere(deps, exact)) ? [exact.id] : [];
    const ids = [...new Set([...first, ...found])].slice(0, query.limit);
    return accountEntitiesOf(deps, await accountsInOrder(deps, ids));
  },
});

export const familiarFollowers = route({
  method: 'get',
  path: '/api/v1/accounts/familiar_followers',
  summary: 'Whom of those you follow follow each of some accounts, too.',
  audience: 'signed-in',
  scope: 'read:follows',
  query: z.object({ id: accountIds }),
  output: z.array(
    z.object({ id: z.string(), accounts: z.array(accountEntity) }).meta({ id: 'FamiliarFollowers' }),
  ),
  handler: async ({ deps, query, viewer }) => {
    const ids = [...new Set(query.id)];
    const known = await deps.social.familiarFollowers(viewer.account.id, ids);
    const people = await accountsInOrder(deps, [...new Set([...known.values()].flat())]);
    const entities = new Map((await accountEntitiesOf(deps, people)).map((one) => [one.id, one]));
    return ids.map((id) => ({
      id,
      accounts: (known.get(id) ?? []).flatMap((follower) => entities.get(follower) ?? []),
    }));
  },
});

export const listSuggestions = route({
  method: 'get',
  path: '/api/v2/suggestions',
  summary:
    'Accounts you may want to follow, and why: those whom you follow follow them, they post about what you like, an auxiliary service recommends them, or many here follow them of late.',
  audience: 'signed-in',
  scope: 'read:accounts',
  query: z.object({ limit }),
  output: z.array(
    z
      .object({
        source: z.literal('past_interactions').describe('As older apps know it'),
        sources: z
          .array(z.enum(suggestionSources))
          .describe(
            'Those that the Mastodon API knows, and ours: `shared_interests`, and `recommended` by an auxiliary service',
          ),
        account: accountEntity,
        followed_by: z
          .array(accountEntity)
          .describe('Ours: some of those whom you follow and who follow it, as far as they show that'),
        tags: z.array(z.string()).describe('Ours: hashtags that you like and it posted about, without #'),
      })
      .meta({ id: 'Suggestion' }),
  ),
  handler: async ({ deps, query, viewer }) => {
    const { id } = viewer.account;
    const [{ interests }, followedTags, recommended] = await Promise.all([
      deps.recommending.wishes.of(id),
      deps.tags.followedBy(id, { maxId: null, minId: null, limit: socialLimits.suggestedTags }),
      deps.lockGate.now() ? [] : deps.fasp.people.recommendedTo(id, mayLookUp(deps, id)),
    ]);
    const tags = [...interests, ...followedTags.map(({ tag }) => tag)];
    const found = await deps.social.suggestionsFor(id, { tags, recommended, limit: query.limit });
    const ids = found.flatMap(({ accountId, followedBy }) => [accountId, ...followedBy]);
    const people = await accountEntitiesOf(deps, await accountsInOrder(deps, [...new Set(ids)]));
    const known = new Map(people.map((person) => [person.id, person]));
    return found.flatMap((one) => {
      const account = known.get(one.accountId);
      if (!account) return [];
      const followed_by = one.followedBy.flatMap((friend) => known.get(friend) ?? []);
      const source = 'past_interactions' as const;
      return [{ source, sources: [...one.sources], account, followed_by, tags: [...one.tags] }];
    });
  },
});

export const dismissSuggestion = route({
  method: 'delete',
  path: '/api/v1/suggestions/:id',
  summary: 'Do not suggest an account any more.',
  audience: 'signed-in',
  scope: 'write:accounts',
  params: accountParams,
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    const target = await shownHere(deps, await deps.accounts.byId(params.id));
    await deps.inTx((tx) => deps.social.dismissSuggestion(tx, viewer.account.id, target.id));
    return {};
  },
});

export const directory = route({
  method: 'get',
  path: '/api/v1/directory',
  summary: 'Accounts that want to be found: those who published last, or the newest.',
  audience: 'anyone',
  scope: 'read:accounts',
  query: z.object({
    order: z.enum(['active', 'new']).default('active'),
    local: flag.default(false),
    limit,
    offset,
  }),
  output: z.array(accountEntity),
  handler: async ({ deps, query, viewer }) => {
    const ids = await deps.social.directory(viewer?.account.id ?? null, query);
    return accountEntitiesOf(deps, await accountsInOrder(deps, ids));
  },
});

/** What this server does not have, for apps that ask and take a refusal for a fault. */
const nothing = <
  P extends '/api/v1/endorsements' | '/api/v1/conversations',
  S extends 'read:accounts' | 'read:statuses',
>(
  path: P,
  scope: S,
  summary: string,
) =>
  route({
    method: 'get',
    path,
    summary,
    audience: 'signed-in',
    scope,
    output: z.array(emptyEntity),
    handler: async () => [],
  });

export const listEndorsements = nothing(
  '/api/v1/endorsements',
  'read:accounts',
  'Accounts that you show on your profile: this server has no such thing, and the list is empty.',
);

export const listConversations = nothing(
  '/api/v1/conversations',
  'read:statuses',
  'Threads of direct messages: this server has no such thing, and the list is empty.',
);
