import { useState } from 'preact/hooks';
import { type ApiOutcome, request } from '../../api/client.ts';
import type { AuditUndo } from '../../api/schema.gen.ts';
import { toast } from '../../state/toasts.ts';
import { useRemote } from '../../ui/use-remote.ts';
import { may } from '../permissions.ts';

interface Row {
  readonly id: string;
}

/** What is said of a deed that was done. `undo`: the word of the button that takes it back, where it can be. */
interface Said {
  readonly sentence: string;
  readonly undo?: string;
}

/**
 * A short list that the staff acts on row by row: what was done is said with a way back for those who may, and the list is read anew in
 * place, so that nothing jumps.
 */
export function useDeedsOnRows<R extends Row>(key: string, load: () => Promise<ApiOutcome<R[]>>) {
  const [remote, retry, set] = useRemote(key, load);
  const [busy, setBusy] = useState<string | null>(null);

  const reload = async () => {
    const outcome = await load();
    if (outcome.ok) set(outcome.value);
    else toast(outcome.sentence, 'error');
  };
  const takeBack = async (auditId: string) => {
    const body = { audit_ids: [auditId] };
    const outcome = await request<AuditUndo>('POST', '/api/v1/admin/audit_log/undo', body);
    if (!outcome.ok) toast(outcome.sentence, 'error');
    reload();
  };
  const run = async (
    { id }: Row,
    call: Promise<ApiOutcome<{ readonly audit_id: string }>>,
    { sentence, undo }: Said,
  ) => {
    setBusy(id);
    const outcome = await call;
    setBusy(null);
    if (!outcome.ok) toast(outcome.sentence, 'error');
    else {
      const { audit_id: auditId } = outcome.value;
      const way =
        undo !== undefined && may('audit') ? { label: undo, run: () => void takeBack(auditId) } : undefined;
      toast(sentence, 'info', way);
    }
    reload();
  };
  return { remote, retry, reload, run, isBusy: (row: Row): boolean => busy === row.id };
}
