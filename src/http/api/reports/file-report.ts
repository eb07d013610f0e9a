import { z } from 'zod';
import { reportLimits } from '../../../../config/limits.ts';
import { type CommentId, idSchema, type VideoId } from '../../../lib/ids.ts';
import { reportCategories } from '../../../modules/moderation/index.ts';
import { ApiError, refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { shownHere } from '../accounts/get-account.ts';
import { accountEntityOf } from '../entities.ts';
import { manyOf } from '../inputs.ts';
import { rulesOf } from '../instance/get-instance.ts';
import { accountEntity, flagSchema } from '../schemas.ts';

const ids = z.array(idSchema<'video' | 'comment'>()).max(reportLimits.maxPosts).default([]);

export const fileReport = route({
  method: 'post',
  path: '/api/v1/reports',
  summary:
    'Tell the staff of this server, and on demand that of its own, about an account, its posts, its starter packs or its playlists.',
  audience: 'signed-in',
  scope: 'write:reports',
  limit: { name: 'report', points: 20, seconds: 3_600 },
  body: z.object({
    account_id: idSchema<'account'>(),
    status_ids: ids,
    pack_ids: z
      .array(idSchema<'pack'>())
      .max(reportLimits.maxPosts)
      .default([])
      .describe('Starter packs of the account'),
    playlist_ids: z
      .array(idSchema<'playlist'>())
      .max(reportLimits.maxPosts)
      .default([])
      .describe('Playlists of the account'),
    comment: z.string().max(reportLimits.maxCommentCharacters).default(''),
    forward: flagSchema.default(false),
    category: z
      .enum(reportCategories)
      .optional()
      .describe('`violation` where rules are named and this is not, `other` otherwise'),
    rule_ids: manyOf(z.union([z.string().max(10), z.int().transform(String)]), reportLimits.maxRules)
      .default([])
      .describe('Of the rules of this server, those that are broken'),
  }),
  output: z
    .object({
      id: z.string(),
      comment: z.string(),
      forwarded: z.boolean(),
      category: z.enum(reportCategories),
      rule_ids: z.array(z.string()),
      status_ids: z.array(z.string()).describe('As they were named'),
      pack_ids: z.array(z.string()).describe('As they were named'),
      playlist_ids: z.array(z.string()).describe('As they were named'),
      target_account: accountEntity,
    })
    .meta({ id: 'Report' }),
  handler: async ({ deps, body, viewer }) => {
    const target = await shownHere(deps, await deps.accounts.byId(body.account_id));
    const forward = body.forward && target.domain !== null;
    const known = new Set(rulesOf(deps).map(({ id }) => id));
    const ruleIds = [...new Set(body.rule_ids)];
    if (!ruleIds.every((id) => known.has(id))) {
      throw new ApiError('validation-failed', 'rule_ids: This server has no such rule.');
    }
    const category = body.category ?? (ruleIds.length > 0 ? 'violation' : 'other');
    const comment = body.comment.replaceAll('\u0000', '').trim();
    const outcome = await deps.inTx((tx) =>
      deps.moderation.file(tx, {
        reporterId: viewer.account.id,
        targetId: target.id,
        // An id is of one row, whatever its kind: each list keeps those of the reported account.
        videoIds: body.status_ids as unknown as VideoId[],
        commentIds: body.status_ids as unknown as CommentId[],
        ...{ packIds: body.pack_ids, playlistIds: body.playlist_ids },
        ...{ comment, forward, category, ruleIds },
      }),
    );
    if (!outcome.ok) throw refused(outcome);
    const account = await accountEntityOf(deps, target);
    return {
      ...{ id: outcome.reportId, comment, forwarded: forward, target_account: account },
      ...{ category, rule_ids: ruleIds, status_ids: body.status_ids },
      ...{ pack_ids: body.pack_ids, playlist_ids: body.playlist_ids },
    };
  },
});
