import { useState } from 'preact/hooks';
import type { AdminAccountDetail } from '../../api/schema.gen.ts';
import { toast } from '../../state/toasts.ts';
import { Field } from '../../ui/field.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { setQuota } from './calls.ts';
import { say } from './say.ts';

const MEGABYTE = 1024 * 1024;

interface QuotaDialogProps {
  readonly account: AdminAccountDetail;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** How much room the videos of one account have, whatever its role. */
export function QuotaDialog({ account, onDone, onClose }: QuotaDialogProps) {
  const { source, max_bytes: max } = account.quota;
  const [megabytes, setMegabytes] = useState(
    source === 'account' ? String(Math.round((max ?? 0) / MEGABYTE)) : '',
  );
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | undefined>();

  const confirm = async (reason: string) => {
    setBusy(true);
    setProblem(undefined);
    const outcome = await setQuota(account.id, megabytes === '' ? null : Number(megabytes), reason);
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome.sentence);
    toast(say('quotaChanged', { acct: account.account.acct }));
    onDone();
  };

  return (
    <ReasonDialog
      title={say('quotaOf', { acct: account.account.acct })}
      text={say('quotaText')}
      action={say('changeQuota')}
      look="primary"
      busy={busy}
      problem={problem}
      onConfirm={confirm}
      onClose={onClose}
    >
      <Field
        type="whole"
        label={say('quotaMegabytes')}
        name="megabytes"
        value={megabytes}
        onInput={setMegabytes}
      />
    </ReasonDialog>
  );
}
