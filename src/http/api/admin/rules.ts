import { z } from 'zod';
import { raidLimits } from '../../../../config/rule-limits.ts';
import { linesOfHtml } from '../../../lib/html/sanitize.ts';
import { idSchema } from '../../../lib/ids.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import type { HeldPost } from '../../../modules/holding/index.ts';
import {
  type Rule,
  type RuleId,
  ruleActions,
  ruleFields,
  ruleInputSchema,
  ruleScopes,
  ruleWhenSchema,
} from '../../../modules/rules/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { linkPages } from '../paging.ts';
import { emptyEntity, labelEntity } from '../schemas.ts';

const ruleParams = z.object({ id: idSchema<'rule'>() });

const ruleEntity = z
  .object({
    id: z.string(),
    name: z.string(),
    when: ruleWhenSchema,
    action: z.enum(ruleActions),
    scope: z.enum(ruleScopes),
    enabled: z.boolean(),
    hits: z.number().describe('In the last 30 days'),
    last_hit_at: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'ContentRule' });

const hitEntity = z
  .object({
    id: z.string(),
    created_at: z.string(),
    account_id: z.string().nullable(),
    target: z.object({
      kind: z.enum(['video', 'comment', 'account', 'none']),
      id: z.string().nullable(),
    }),
    field: z.enum(ruleFields).nullable(),
    excerpt: z.string(),
    action: z.enum(ruleActions),
  })
  .meta({ id: 'RuleHit' });

const trialEntity = z
  .object({
    looked_at: z.number(),
    found: z.number(),
    matches: z.array(
      z.object({
        field: z.enum(ruleFields).nullable(),
        excerpt: z.string(),
        target: z.object({ kind: z.enum(['video', 'comment', 'account']), id: z.string() }),
        account_id: z.string(),
      }),
    ),
  })
  .meta({ id: 'RuleTrial' });

const entityOf = (rule: Rule & { readonly hits?: number; readonly lastHitAt?: Date | null }) => ({
  ...{ id: rule.id, name: rule.name, when: rule.when, action: rule.action, scope: rule.scope },
  enabled: rule.enabled,
  hits: rule.hits ?? 0,
  last_hit_at: rule.lastHitAt?.toISOString() ?? null,
  created_at: rule.createdAt.toISOString(),
  updated_at: rule.updatedAt.toISOString(),
});

const forStaff = { audience: 'staff', permission: 'rules' } as const;

export const listRules = route({
  method: 'get',
  path: '/api/v1/admin/rules',
  summary: 'Rules that act by themselves on what is posted, with how often they did.',
  ...forStaff,
  scope: 'admin:read',
  output: z.array(ruleEntity),
  handler: async ({ deps }) => (await deps.rules.list()).map(entityOf),
});

export const addRule = route({
  method: 'post',
  path: '/api/v1/admin/rules',
  summary: 'Add a rule. It acts on what is posted from now on.',
  ...forStaff,
  scope: 'admin:write',
  body: ruleInputSchema,
  output: ruleEntity,
  handler: async ({ deps, body, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.rules.add(tx, actorOf(viewer), body));
    if (!outcome.ok) throw refused(outcome);
    return entityOf(outcome.rule);
  },
});

export const changeRule = route({
  method: 'put',
  path: '/api/v1/admin/rules/:id',
  summary: 'Say a rule anew, as a whole.',
  ...forStaff,
  scope: 'admin:write',
  params: ruleParams,
  body: ruleInputSchema,
  output: ruleEntity,
  handler: async ({ deps, params, body, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.rules.change(tx, actorOf(viewer), params.id, body));
    if (!outcome.ok) throw refused(outcome);
    return entityOf(outcome.rule);
  },
});

export const removeRule = route({
  method: 'delete',
  path: '/api/v1/admin/rules/:id',
  summary: 'Remove a rule with its log. What it did stays done.',
  ...forStaff,
  scope: 'admin:write',
  params: ruleParams,
  output: emptyEntity,
  handler: async ({ deps, params, viewer }) => {
    const outcome = await deps.inTx((tx) => deps.rules.remove(tx, actorOf(viewer), params.id));
    if (!outcome.ok) throw refused(outcome);
    return {};
  },
});

const switched = (verb: 'enable' | 'disable', summary: string) =>
  route({
    method: 'post',
    path: `/api/v1/admin/rules/:id/${verb}`,
    summary,
    ...forStaff,
    scope: 'admin:write',
    params: ruleParams,
    output: ruleEntity,
    handler: async ({ deps, params, viewer }) => {
      const change = { id: params.id as RuleId, enabled: verb === 'enable' };
      const outcome = await deps.inTx((tx) => deps.rules.switch(tx, actorOf(viewer), change));
      if (!outcome.ok) throw refused(outcome);
      return entityOf(outcome.rule);
    },
  });

export const enableRule = switched('enable', 'Let a rule act.');
export const disableRule = switched('disable', 'Stop a rule at once, and keep it.');

export const tryRule = route({
  method: 'post',
  path: '/api/v1/admin/rules/test',
  summary: 'Try a rule on the newest 1000 of each kind of text. Nothing is changed.',
  ...forStaff,
  scope: 'admin:write',
  limit: { name: 'rule-test', points: 60, seconds: 300 },
  body: z.strictObject({ when: ruleWhenSchema, scope: z.enum(ruleScopes).default('everybody') }),
  output: trialEntity,
  handler: async ({ deps, body, viewer }) => {
    const outcome = await deps.rules.test(actorOf(viewer), body);
    if (!outcome.ok) throw refused(outcome);
    const { lookedAt, found, matches } = outcome.trial;
    return {
      looked_at: lookedAt,
      found,
      matches: matches.map(({ accountId, ...match }) => ({ ...match, account_id: accountId })),
    };
  },
});

export const ruleHits = route({
  method: 'get',
  path: '/api/v1/admin/rules/:id/hits',
  summary: 'What a rule found in the last 30 days, newest first.',
  ...forStaff,
  scope: 'admin:read',
  params: ruleParams,
  query: z.object({
    max_id: idSchema().optional(),
    limit: z.coerce.number().int().min(1).max(200).default(40),
  }),
  output: z.array(hitEntity),
  handler: async ({ deps, params, query }) => {
    const page = { maxId: query.max_id ?? null, minId: null, sinceId: null, limit: query.limit };
    const found = await deps.rules.hits(params.id, page);
    if (!found) throw new ApiError('not-found');
    return found.map(({ createdAt, accountId, ...hit }) => ({
      ...hit,
      created_at: createdAt.toISOString(),
      account_id: accountId,
    }));
  },
});

const heldEntity = z
  .object({
    id: z.string(),
    kind: z.enum(['video', 'comment']),
    target_id: z.string(),
    video_id: z.string().nullable().describe('The video itself, or the one that the comment stands under'),
    account_id: z.string(),
    acct: z.string(),
    text: z.string(),
    poster: z.string().nullable(),
    media: z.string().nullable().describe('An MP4; its address is good for a short time'),
    cause: z.enum(['rule', 'hash', 'classifier']),
    rule_id: z.string().nullable(),
    rule: z.string().nullable().describe('Its name'),
    note: z.string().describe('What was found'),
    labels: z.array(labelEntity).describe('What the classifier says that the video shows, the surest first'),
    created_at: z.string(),
  })
  .meta({ id: 'HeldPost' });

export const listHeld = route({
  method: 'get',
  path: '/api/v1/admin/held',
  summary: 'Posts that wait for a moderator, newest first.',
  audience: 'staff',
  permission: 'content',
  scope: 'admin:read',
  query: z.object({
    max_id: idSchema().optional(),
    limit: z.coerce.number().int().min(1).max(80).default(20),
  }),
  output: z.array(heldEntity),
  handler: async ({ deps, query, req, res }) => {
    const page = { maxId: query.max_id ?? null, minId: null, sinceId: null, limit: query.limit };
    const held = await deps.holding.list(page);
    linkPages(req, res, deps.urls.origin, held, query.limit);
    const [people, rules, verdicts] = await Promise.all([
      deps.accounts.byIds(held.map(({ accountId }) => accountId)),
      deps.rules.list(),
      deps.classifier.verdictsOf(held.flatMap(({ videoId }) => videoId ?? [])),
    ]);
    const nameOf = (id: string | null) => rules.find((rule) => rule.id === id)?.name ?? null;
    return Promise.all(
      held.map(async (one) => {
        const account = people.get(one.accountId);
        const at = account?.domain ? `@${account.domain}` : '';
        return {
          ...(await shownOf(deps, one)),
          ...{ id: one.id, account_id: one.accountId, acct: `${account?.username ?? ''}${at}` },
          ...{ cause: one.cause, rule_id: one.ruleId, rule: nameOf(one.ruleId), note: one.note },
          labels: [...((one.videoId && verdicts.get(one.videoId)?.labels) ?? [])],
          created_at: one.createdAt.toISOString(),
        };
      }),
    );
  },
});

/** What a moderator looks at. */
async function shownOf(deps: HttpDeps, { videoId, commentId }: HeldPost) {
  if (commentId !== null) {
    const comment = await deps.comments.internal(commentId);
    const text = comment?.contentHtml ?? '';
    const shown = { text: plain(text), poster: null, media: null, video_id: comment?.videoId ?? null };
    return { ...shown, kind: 'comment' as const, target_id: commentId };
  }
  const video = videoId === null ? null : await deps.videos.internal(videoId);
  const urlOf = (role: 'poster' | 'mp4' | 'copy') => {
    const asset = video?.assets.find((one) => one.role === role);
    return asset && video ? deps.videos.objectUrl(asset.key, video) : null;
  };
  return {
    text: plain(video?.captionHtml ?? ''),
    poster: urlOf('poster') ?? video?.sourcePosterUrl ?? null,
    media: urlOf('mp4') ?? urlOf('copy'),
    ...{ kind: 'video' as const, target_id: videoId ?? '', video_id: videoId },
  };
}

const decide = (verb: 'release' | 'reject', summary: string) =>
  route({
    method: 'post',
    path: `/api/v1/admin/held/:id/${verb}`,
    summary,
    audience: 'staff',
    permission: 'content',
    scope: 'admin:write',
    params: z.object({ id: idSchema<'held'>() }),
    body: z.object({ reason: z.string().trim().max(1_000).default('') }),
    output: emptyEntity,
    handler: async ({ deps, params, body, viewer }) => {
      const by = actorOf(viewer);
      const outcome = await deps.inTx((tx) => deps.holding[verb](tx, by, params.id, body.reason));
      if (!outcome.ok) throw refused(outcome);
      return {};
    },
  });

export const releaseHeld = decide('release', 'Publish what waits, as it would have been without the hold.');
export const rejectHeld = decide(
  'reject',
  'Refuse what waits, for good. The author of a video reads the reason.',
);

const raidEntity = z
  .object({
    on: z.boolean(),
    since: z.string().nullable(),
    until: z.string().nullable().describe('When it ends by itself'),
    reason: z.string(),
  })
  .meta({ id: 'RaidMode' });

const raidOf = (status: { on: boolean; since: Date | null; until: Date | null; reason: string }) => ({
  ...{ on: status.on, reason: status.reason },
  since: status.since?.toISOString() ?? null,
  until: status.until?.toISOString() ?? null,
});

export const getRaid = route({
  method: 'get',
  path: '/api/v1/admin/raid',
  summary: 'Whether raid mode is on, and until when.',
  ...forStaff,
  scope: 'admin:read',
  output: raidEntity,
  handler: async ({ deps }) => raidOf(await deps.raid.status()),
});

export const setRaid = route({
  method: 'put',
  path: '/api/v1/admin/raid',
  summary:
    'Switch raid mode: sign-ups wait for approval, new servers are limited, mentions by strangers set aside. It ends by itself.',
  ...forStaff,
  scope: 'admin:write',
  body: z.object({
    on: z.boolean(),
    hours: z.number().int().min(1).max(raidLimits.maxHours).default(raidLimits.hours),
    reason: z.string().trim().max(1_000).default(''),
  }),
  output: raidEntity,
  handler: async ({ deps, body, viewer }) => {
    const by = actorOf(viewer);
    const outcome = await deps.inTx((tx) =>
      body.on ? deps.raid.on(tx, by, body) : deps.raid.off(tx, by, body.reason),
    );
    if (!outcome.ok) throw refused(outcome);
    return raidOf(outcome.status);
  },
});

const MAX_SHOWN = 20_000;
const plain = (html: string) => linesOfHtml(html, MAX_SHOWN);
