import { useState } from 'preact/hooks';
import { api } from '../api/endpoints.ts';
import type { PendingAccount } from '../api/types.ts';
import { isStaff, me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { strings } from '../strings.ts';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { NeedsSession } from '../ui/needs-session.tsx';
import { Failed, Loading, Notice, Page } from '../ui/page.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useRemote } from '../ui/use-remote.ts';
import styles from './approvals.module.css';

/** Who asked to join, for the people who run this server. */
export function ApprovalsPage() {
  return (
    <NeedsSession title={strings.approvals.title} text={strings.auth.neededAdmin}>
      {isStaff(me.value) ? (
        <Approvals />
      ) : (
        <Notice icon="shield" title={strings.approvals.title} text={strings.approvals.staffOnly} level={1} />
      )}
    </NeedsSession>
  );
}

function Approvals() {
  const [remote, reload, set] = useRemote('pending', api.pendingAccounts);
  const [rejecting, setRejecting] = useState<PendingAccount | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const text = strings.approvals;

  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  const waiting = remote.state === 'ready' ? remote.value : [];

  const decide = async (account: PendingAccount, decision: 'approve' | 'reject') => {
    setBusy(account.id);
    const outcome = await api[decision](account.id);
    setBusy(null);
    setRejecting(null);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    toast(decision === 'approve' ? text.approved(account.username) : text.rejected(account.username));
    set(waiting.filter((other) => other.id !== account.id));
  };

  return (
    <Page title={text.title} width="wide">
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'ready' && waiting.length === 0 && (
        <Notice icon="check" title={text.empty} text={text.emptyText} />
      )}
      {waiting.length > 0 && (
        <>
          <p class={styles.intro}>{text.intro}</p>
          <PendingTable
            waiting={waiting}
            busy={busy}
            onApprove={(account) => decide(account, 'approve')}
            onReject={setRejecting}
          />
        </>
      )}
      {rejecting && (
        <ConfirmDialog
          title={text.rejectTitle(rejecting.username)}
          text={text.rejectText}
          action={text.reject}
          busy={busy !== null}
          onConfirm={() => decide(rejecting, 'reject')}
          onClose={() => setRejecting(null)}
        />
      )}
    </Page>
  );
}

interface PendingTableProps {
  readonly waiting: readonly PendingAccount[];
  readonly busy: string | null;
  readonly onApprove: (account: PendingAccount) => void;
  readonly onReject: (account: PendingAccount) => void;
}

/** A table on desktops; on phones each row stands as a card, with the heads as labels. */
function PendingTable({ waiting, busy, onApprove, onReject }: PendingTableProps) {
  const text = strings.approvals;
  return (
    <table class={styles.table}>
      <thead>
        <tr>
          <th scope="col">{text.name}</th>
          <th scope="col">{text.email}</th>
          <th scope="col">{text.reason}</th>
          <th scope="col">{text.asked}</th>
          <th scope="col">{text.actions}</th>
        </tr>
      </thead>
      <tbody>
        {waiting.map((account) => (
          <tr key={account.id}>
            <th scope="row">@{account.username}</th>
            <td data-label={text.email}>{account.email ?? text.none}</td>
            <td data-label={text.reason} dir="auto">
              {account.reason ?? text.none}
            </td>
            <td data-label={text.asked}>
              <TimeAgo iso={account.created_at} />
            </td>
            <td>
              <div class={styles.actions}>
                <Button
                  busy={busy === account.id}
                  label={text.approveWho(account.username)}
                  onPress={() => onApprove(account)}
                >
                  {text.approve}
                </Button>
                <Button
                  look="quiet"
                  busy={busy === account.id}
                  label={text.rejectWho(account.username)}
                  onPress={() => onReject(account)}
                >
                  {text.reject}
                </Button>
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
