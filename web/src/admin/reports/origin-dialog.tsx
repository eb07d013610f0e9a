import { useState } from 'preact/hooks';
import { toast } from '../../state/toasts.ts';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { type DeskReport, tellOrigin } from './calls.ts';
import { say } from './say.ts';

interface OriginDialogProps {
  readonly report: DeskReport;
  readonly host: string;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Tells the server of the reported account, in the words of whoever looks at it. */
export function OriginDialog({ report, host, onDone, onClose }: OriginDialogProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const tell = async (summary: string) => {
    setBusy(true);
    const outcome = await tellOrigin(report.id, summary);
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome.sentence);
    toast(say('told'));
    onDone();
    onClose();
  };
  return (
    <ReasonDialog
      title={say('origin')}
      text={say('originText', { host })}
      action={say('origin')}
      look="primary"
      hint={say('summary')}
      isRequired
      busy={busy}
      problem={problem}
      onConfirm={tell}
      onClose={onClose}
    />
  );
}
