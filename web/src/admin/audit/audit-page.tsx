import { withQuery } from '../../api/endpoints.ts';
import type { AuditEntry } from '../../api/schema.gen.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useAddressState } from '../parts/address-state.ts';
import { Badge } from '../parts/badge.tsx';
import { FilterBar, TextFilter } from '../parts/filter-bar.tsx';
import { List, useList } from '../parts/list.tsx';
import { say } from './say.ts';

/** What was done by whom. Actions are named as the command line and the API name them. */
export function AuditPage() {
  const state = useAddressState();
  const [remote, reload] = useList<AuditEntry>('/api/v1/admin/audit_log', state);
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
        head={{ title: say('what'), cell: What }}
        columns={[
          { title: say('when'), cell: ({ created_at }) => <TimeAgo iso={created_at} /> },
          { title: say('who'), cell: Who },
          { title: say('target'), cell: Target },
          { title: say('reason'), wide: true, cell: ({ reason }) => <span dir="auto">{reason || '–'}</span> },
        ]}
      />
      <p>
        <ButtonLink look="quiet" icon="download" href={withQuery('/api/v1/admin/audit_log/export', filters)}>
          {say('export')}
        </ButtonLink>
      </p>
    </Page>
  );
}

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
