import { useState } from 'preact/hooks';
import { request } from '../../api/client.ts';
import { withQuery } from '../../api/endpoints.ts';
import type { AuditEntry, AuditUndo } from '../../api/schema.gen.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { DownloadLink } from '../../ui/download-link.tsx';
import { Page } from '../../ui/page.tsx';
import { useAddressState } from '../parts/address-state.ts';
import { Badge } from '../parts/badge.tsx';
import { FilterBar, TextFilter } from '../parts/filter-bar.tsx';
import { List, useList } from '../parts/list.tsx';
import { moment } from '../parts/moment.ts';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import styles from './audit.module.css';
import { say } from './say.ts';

/** What was done by whom. Actions are named as the command line and the API name them. */
export function AuditPage() {
  const state = useAddressState();
  const [remote, reload] = useList<AuditEntry>('/api/v1/admin/audit_log', state);
  const [taken, setTaken] = useState<AuditEntry | null>(null);
  const { max_id, min_id, ...filters } = state.query;
  return (
    <Page title={say('title')} width="wide">
      <p>{say('intro')}</p>
      <FilterBar state={state}>
        <TextFilter state={state} name="action" label={say('area')} />
        <TextFilter state={state} name="account_id" label={say('account')} />
        <TextFilter state={state} name="since" label={say('from')} type="date" />
        <TextFilter state={state} name="until" label={say('until')} type="date" />
      </FilterBar>
      <List
        label={say('title')}
        state={state}
        remote={remote}
        onRetry={reload}
        empty={{ icon: 'clock', title: say('empty'), text: say('emptyText') }}
        rowKey={({ id }) => id}
        actions={(entry) => <TakeBack entry={entry} onPress={() => setTaken(entry)} />}
        head={{ title: say('what'), cell: What }}
        columns={[
          {
            title: say('when'),
            cell: ({ created_at: at }) => (
              <time class={styles.when} dateTime={at}>
                {moment(at)}
              </time>
            ),
          },
          { title: say('who'), cell: Who },
          { title: say('target'), cell: Target },
          { title: say('reason'), wide: true, cell: ({ reason }) => <span dir="auto">{reason || '–'}</span> },
        ]}
      />
      {taken && (
        <TakeBackDialog
          entry={taken}
          onDone={() => {
            setTaken(null);
            reload();
          }}
          onClose={() => setTaken(null)}
        />
      )}
      <p>
        <DownloadLink href={withQuery('/api/v1/admin/audit_log/export', filters)}>
          {say('export')}
        </DownloadLink>
      </p>
    </Page>
  );
}

/** The way back, or why there is none. */
function TakeBack({ entry, onPress }: { entry: AuditEntry; onPress: () => void }) {
  const { undoable, final_because: because, id, action } = entry;
  if (undoable) {
    return (
      <Button look="quiet" small label={say('takeBackWhat', { id, action })} onPress={onPress}>
        {say('takeBack')}
      </Button>
    );
  }
  return <span dir="auto">{because ?? '–'}</span>;
}

function TakeBackDialog(props: { entry: AuditEntry; onDone: () => void; onClose: () => void }) {
  const { entry, onDone, onClose } = props;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const confirm = async (reason: string) => {
    setBusy(true);
    const outcome = await takeBack([entry.id], reason);
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome.sentence);
    toast(say('takenBack'));
    onDone();
  };
  return (
    <ReasonDialog
      title={say('takeBack')}
      text={say('takeBackText', { id: entry.id, action: entry.action })}
      action={say('takeBack')}
      look="primary"
      busy={busy}
      problem={problem}
      onConfirm={confirm}
      onClose={onClose}
    />
  );
}

const takeBack = (auditIds: readonly string[], reason: string) =>
  request<AuditUndo>('POST', '/api/v1/admin/audit_log/undo', { audit_ids: auditIds, reason });

function What({ action, undone_by, undoes }: AuditEntry) {
  return (
    <>
      <code>{action}</code> {undone_by !== null && <Badge>{say('undone')}</Badge>}
      {undoes !== null && <Badge>{say('undoes', { id: undoes })}</Badge>}
    </>
  );
}

function Who({ actor }: AuditEntry) {
  if (actor.kind === 'operator') return <>{say('operator')}</>;
  if (actor.account_id === null) return <bdi>{actor.name}</bdi>;
  return (
    <a href={`/admin/accounts/${actor.account_id}`}>
      <bdi>{actor.name === null ? say('gone', { id: actor.account_id }) : `@${actor.name}`}</bdi>
    </a>
  );
}

function Target({ target }: AuditEntry) {
  if (target.kind !== 'account') {
    return (
      <bdi>
        {target.kind} {target.id}
      </bdi>
    );
  }
  return (
    <a href={`/admin/accounts/${target.id}`}>
      <bdi>{target.name === null ? say('gone', { id: target.id }) : `@${target.name}`}</bdi>
    </a>
  );
}
