import { z } from 'zod';
import { reportLimits } from '../../../../config/limits.ts';
import { type CommentId, idSchema, type VideoId } from '../../../lib/ids.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { shownHere } from '../accounts/get-account.ts';
import { accountEntityOf } from '../entities.ts';
import { accountEntity, flagSchema } from '../schemas.ts';

const ids = z.array(idSchema<'video' | 'comment'>()).max(reportLimits.maxPosts).default([]);

export const fileReport = route({
  method: 'post',
  path: '/api/v1/reports',
  summary: 'Tell the staff of this server, and on demand that of its own, about an account or its posts.',
  audience: 'signed-in',
  scope: 'write:reports',
  limit: { name: 'report', points: 20, seconds: 3_600 },
  body: z.object({
    account_id: idSchema<'account'>(),
    status_ids: ids,
    comment: z.string().max(reportLimits.maxCommentCharacters).default(''),
    forward: flagSchema.default(false),
  }),
  output: z
    .object({
      id: z.string(),
      comment: z.string(),
      forwarded: z.boolean(),
      target_account: accountEntity,
    })
    .meta({ id: 'Report' }),
  handler: async ({ deps, body, viewer }) => {
    const target = await shownHere(deps, await deps.accounts.byId(body.account_id));
    const forward = body.forward && target.domain !== null;
    const comment = body.comment.replaceAll('\u0000', '').trim();
    const outcome = await deps.inTx((tx) =>
      deps.moderation.file(tx, {
        reporterId: viewer.account.id,
        targetId: target.id,
        // An id is of one row, whatever its kind: each list keeps those of the reported account.
        videoIds: body.status_ids as unknown as VideoId[],
        commentIds: body.status_ids as unknown as CommentId[],
        comment,
        forward,
      }),
    );
    if (!outcome.ok) throw refused(outcome);
    const account = await accountEntityOf(deps, target);
    return { id: outcome.reportId, comment, forwarded: forward, target_account: account };
  },
});
