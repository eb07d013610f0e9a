import { toast } from '../../state/toasts.ts';
import { type Change, changeReports, type Pointer, undoChanges } from './calls.ts';
import { say } from './say.ts';

/** What was done last on this page, to be taken back by its key. */
let last: (() => void) | null = null;

/**
 * Changes reports, says so with a way back, and calls `then` in either case: where somebody else was faster, the page
 * has to look again.
 */
export async function change(reports: readonly Pointer[], what: Change, then: () => void): Promise<boolean> {
  const outcome = await changeReports(reports, what);
  then();
  if (!outcome.ok) {
    toast(outcome.sentence, 'error');
    return false;
  }
  const ids = outcome.value.audit_ids;
  if (ids.length === 0) return true;
  const run = () => void takeBack(ids, then);
  last = run;
  toast(say('done', { count: ids.length }), 'info', { label: say('undo'), run });
  return true;
}

/** Takes back what was done last, once. */
export function undoLast(): void {
  last?.();
}

async function takeBack(ids: readonly string[], then: () => void): Promise<void> {
  last = null;
  const outcome = await undoChanges(ids);
  then();
  toast(outcome.ok ? say('undone') : outcome.sentence, outcome.ok ? 'info' : 'error');
}
