import type { ApiOutcome } from '../../api/client.ts';
import { toast } from '../../state/toasts.ts';

/** Does something, says when it failed, and whether it was done. */
export async function done(outcome: Promise<ApiOutcome<unknown>>): Promise<boolean> {
  const answer = await outcome;
  if (!answer.ok) toast(answer.sentence, 'error');
  return answer.ok;
}
