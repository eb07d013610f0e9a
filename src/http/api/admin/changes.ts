import { z } from 'zod';
import { apiLimits } from '../../../../config/limits.ts';
import type { Result } from '../../../lib/result.ts';
import { type Reason, refused } from '../../errors.ts';

/** Whoever decides about other servers also decides whom this one asks, listens to and works with. */
export const forStaff = { audience: 'staff', permission: 'domains' } as const;

/** Why something is done; for the log. */
export const reason = z.string().trim().max(apiLimits.maxReasonCharacters).default('');

/** What a change of the staff answers with, under a name of its own in the reference. */
export const changedEntity = (name: string) =>
  z.object({ audit_id: z.string().describe('The entry of the log') }).meta({ id: name });

/** What came of a change. Throws the refusal of the command; `named`: reasons that the API calls otherwise. */
export function changed(
  outcome: Result<{ readonly auditId: string }>,
  named: Readonly<Record<string, Reason>> = {},
): { audit_id: string } {
  if (!outcome.ok) throw refused({ ...outcome, reason: named[outcome.reason] ?? outcome.reason });
  return { audit_id: outcome.auditId };
}
