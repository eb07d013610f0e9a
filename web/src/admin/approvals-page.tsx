import { useState } from 'preact/hooks';
import { otherApi } from '../api/other-endpoints.ts';
import type { PendingAccount } from '../api/types.ts';
import { isStaff, me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { NeedsSession } from '../ui/needs-session.tsx';
import { Failed, Loading, Notice, Page } from '../ui/page.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useRemote } from '../ui/use-remote.ts';
import styles from './approvals.module.css';
import { say } from './say.ts';

/** Who asked to join, for the people who run this server. */
export function ApprovalsPage() {
  return (
    <NeedsSession title={say('approvals')} text={say('needed')}>
      {isStaff(me.value) ? (
        <Approvals />
      ) : (
        <Notice icon="shield" title={say('approvals')} text={say('staffOnly')} level={1} />
      )}
    </NeedsSession>
  );
}

function Approvals() {
  const [remote, reload, set] = useRemote('pending', otherApi.pendingAccounts);
  const [rejecting, setRejecting] = useState<PendingAccount | null>(null);
  const [busy, setBusy] = useState<string | null>(null);

  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  const waiting = remote.state === 'ready' ? remote.value : [];

  const decide = async (account: PendingAccount, decision: 'approve' | 'reject') => {
    setBusy(account.id);
    const outcome = await otherApi[decision](account.id);
    setBusy(null);
    setRejecting(null);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    toast(
      decision === 'approve'
        ? say('approved', { username: account.username })
        : say('rejected', { username: account.username }),
    );
    set(waiting.filter((other) => other.id !== account.id));
  };

  return (
    <Page title={say('approvals')} width="wide">
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'ready' && waiting.length === 0 && (
        <Notice icon="check" title={say('empty')} text={say('emptyText')} />
      )}
      {waiting.length > 0 && (
        <>
          <p class={styles.intro}>{say('intro')}</p>
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
          title={say('rejectTitle', { username: rejecting.username })}
          text={say('rejectText')}
          action={say('reject')}
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
  return (
    <table class={styles.table}>
      <thead>
        <tr>
          <th scope="col">{say('name')}</th>
          <th scope="col">{say('email')}</th>
          <th scope="col">{say('reason')}</th>
          <th scope="col">{say('asked')}</th>
          <th scope="col">{say('actions')}</th>
        </tr>
      </thead>
      <tbody>
        {waiting.map((account) => (
          <tr key={account.id}>
            <th scope="row">
              <bdi>@{account.username}</bdi>
            </th>
            <td data-label={say('email')}>{account.email ?? say('none')}</td>
            <td data-label={say('reason')} dir="auto">
              {account.reason ?? say('none')}
            </td>
            <td data-label={say('asked')}>
              <TimeAgo iso={account.created_at} />
            </td>
            <td>
              <div class={styles.actions}>
                <Button
                  busy={busy === account.id}
                  label={say('approveWho', { username: account.username })}
                  onPress={() => onApprove(account)}
                >
                  {say('approve')}
                </Button>
                <Button
                  look="quiet"
                  busy={busy === account.id}
                  label={say('rejectWho', { username: account.username })}
                  onPress={() => onReject(account)}
                >
                  {say('reject')}
                </Button>
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
