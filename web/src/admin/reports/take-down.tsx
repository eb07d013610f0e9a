import { useState } from 'preact/hooks';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { type Collected, type DeskReport, takeDown } from './calls.ts';
import { say } from './say.ts';

interface TakeDownProps {
  readonly collected: Collected;
  /** The open ones that name it: closed with the deed. */
  readonly reports: readonly DeskReport[];
  readonly onDone: (auditIds: readonly string[]) => void;
  readonly onClose: () => void;
}

/** Takes a reported starter pack or playlist from everybody but its owner, and settles what was reported of it. */
export function TakeDown({ collected, reports, onDone, onClose }: TakeDownProps) {
  const { kind, title } = collected;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const confirm = async (reason: string) => {
    setBusy(true);
    const outcome = await takeDown(
      collected,
      reason,
      reports.map(({ id, version }) => ({ id, version })),
    );
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome.sentence);
    onDone(outcome.value.audit_ids);
  };
  return (
    <ReasonDialog
      title={say('takeDown', { kind })}
      text={say('takeDownText', { title, count: reports.length })}
      action={say('takeDown', { kind })}
      busy={busy}
      problem={problem}
      onConfirm={confirm}
      onClose={onClose}
    />
  );
}
