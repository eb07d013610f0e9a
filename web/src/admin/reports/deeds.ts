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
  if (ids.length > 0) offerBack(say('done', { count: ids.length }), ids, then);
  return true;
}

/** Says what was done, and takes all of it back where somebody wants that: by the button, or by its key. */
export function offerBack(sentence: string, auditIds: readonly string[], then: () => void): void {
  const run = () => void takeBack(auditIds, then);
  last = run;
  toast(sentence, 'info', { label: say('undo'), run });
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
