import { useState } from 'preact/hooks';
import type { AdminAccountDetail } from '../../api/schema.gen.ts';
import { toast } from '../../state/toasts.ts';
import { SelectField } from '../../ui/field.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { assignRole, staffRoles } from './calls.ts';
import { say } from './say.ts';
import { roleName } from './states.tsx';

/** Gives somebody another role. */
export function RoleDialog(props: { account: AdminAccountDetail; onDone: () => void; onClose: () => void }) {
  const { account, onDone, onClose } = props;
  const [remote] = useRemote('roles', staffRoles);
  const [role, setRole] = useState(account.role.id);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const { username } = account;

  const confirm = async (reason: string) => {
    setBusy(true);
    const outcome = await assignRole(account.id, role, reason);
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome.sentence);
    toast(say('roleChanged', { username }));
    onDone();
  };

  const known = remote.state === 'ready' ? remote.value : [account.role];
  return (
    <ReasonDialog
      title={say('changeRoleOf', { username })}
      text={say('changeRoleText')}
      action={say('changeRole')}
      look="primary"
      busy={busy}
      problem={problem ?? (remote.state === 'failed' ? remote.failure.sentence : undefined)}
      onConfirm={confirm}
      onClose={onClose}
    >
      <SelectField
        label={say('role')}
        value={role}
        choices={known.map((one) => ({ value: one.id, name: roleName(one) }))}
        onChoose={setRole}
      />
    </ReasonDialog>
  );
}
