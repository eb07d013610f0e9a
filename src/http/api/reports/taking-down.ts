import { z } from 'zod';
import { reportLimits } from '../../../../config/limits.ts';
import type { Tx } from '../../../db/database.ts';
import { type AuditId, type Id, idSchema } from '../../../lib/ids.ts';
import type { Result } from '../../../lib/result.ts';
import { actorOf } from '../../../modules/auth/index.ts';
import type { Actor } from '../../../modules/staff/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';

interface Taken<Kind extends string> {
  /** With `:id`. */
  readonly path: string;
  readonly noun: string;
  readonly params: z.ZodObject<{ id: z.ZodType<Id<Kind>> }>;
  readonly act: (
    deps: HttpDeps,
    tx: Tx,
    by: Actor,
    input: { readonly id: Id<Kind>; readonly takenDown: boolean; readonly reason: string },
  ) => Promise<Result<{ auditId: AuditId }, 'permission-missing' | 'not-found' | 'decided-before'>>;
}

/** What somebody put together is taken from everybody but its owner, with the reports that led to it, or given back. */
export function takingDown<Kind extends string>({ path, noun, params, act }: Taken<Kind>) {
  const to = (verb: 'take_down' | 'restore') =>
    route({
      method: 'post',
      path: `${path}/${verb}`,
      summary:
        verb === 'take_down'
          ? `Take a ${noun} from everybody but its owner.`
          : `Give a ${noun} back that was taken down.`,
      audience: 'staff',
      permission: 'reports',
      scope: 'admin:write',
      params,
      body: z.object({
        reason: z.string().trim().max(2_000).default(''),
        reports: z
          .array(z.object({ id: idSchema<'report'>(), version: z.number().int().optional() }))
          .max(reportLimits.maxAtOnce)
          .default([])
          .describe(
            'What led to it, as it was looked at: closed with the deed. Where one has another version by now, nothing is done',
          ),
      }),
      output: z.object({
        audit_id: z.string(),
        audit_ids: z.array(z.string()).describe('All that was done with it: taken back together'),
      }),
      handler: async ({ deps, params: { id }, body, viewer }) => {
        const input = { id, takenDown: verb === 'take_down', reason: body.reason };
        const by = actorOf(viewer);
        const outcome = await deps.inTx((tx) =>
          deps.reportDesk.settleWith(tx, by, body, () => act(deps, tx, by, input)),
        );
        if (!outcome.ok) throw refused(outcome);
        return { audit_id: outcome.auditId, audit_ids: [...outcome.auditIds] };
      },
    });
  return { takeDown: to('take_down'), restore: to('restore') };
}
