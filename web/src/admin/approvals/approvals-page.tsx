import { useState } from 'preact/hooks';
import type { PendingAccount } from '../../api/types.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Failed, Loading, Notice, Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { DataTable } from '../parts/data-table.tsx';
import { decideAbout, pendingAccounts } from './calls.ts';
import { say } from './say.ts';

/** Who asked to join. */
export function ApprovalsPage() {
  const [remote, reload, set] = useRemote('pending', pendingAccounts);
  const [rejecting, setRejecting] = useState<PendingAccount | null>(null);
  const [busy, setBusy] = useState<string | null>(null);

  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  const waiting = remote.state === 'ready' ? remote.value : [];

  const decide = async (account: PendingAccount, decision: 'approve' | 'reject') => {
    setBusy(account.id);
    const outcome = await decideAbout(account.id, decision);
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
    <Page title={say('title')} width="wide">
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'ready' && waiting.length === 0 && (
        <Notice icon="check" title={say('empty')} text={say('emptyText')} />
      )}
      {waiting.length > 0 && (
        <>
          <p>{say('intro')}</p>
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

function PendingTable({ waiting, busy, onApprove, onReject }: PendingTableProps) {
  return (
    <DataTable
      label={say('title')}
      rows={waiting}
      rowKey={({ id }) => id}
      head={{ title: say('name'), cell: ({ username }) => <bdi>@{username}</bdi> }}
      columns={[
        { title: say('email'), cell: ({ email }) => email ?? say('none') },
        {
          title: say('reason'),
          wide: true,
          cell: ({ reason }) => <span dir="auto">{reason ?? say('none')}</span>,
        },
        { title: say('asked'), cell: ({ created_at }) => <TimeAgo iso={created_at} /> },
      ]}
      actions={(account) => (
        <>
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
        </>
      )}
    />
  );
}
