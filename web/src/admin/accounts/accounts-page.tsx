import type { AdminAccount } from '../../api/schema.gen.ts';
import { Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import type { AdminPageProps } from '../page-props.ts';
import { useAddressState } from '../parts/address-state.ts';
import { ChoiceFilter, FilterBar, TextFilter } from '../parts/filter-bar.tsx';
import { List, useList } from '../parts/list.tsx';
import { AccountDetail } from './account-detail.tsx';
import { say } from './say.ts';
import { AccountStates, roleName } from './states.tsx';

/** All accounts, or one of them. */
export function AccountsPage({ id }: AdminPageProps) {
  return id === undefined ? <Accounts /> : <AccountDetail id={id} />;
}

const STATES = ['active', 'pending', 'disabled', 'silenced', 'suspended', 'sensitized', 'leaving'] as const;

const choices = (keys: readonly ('local' | 'remote' | (typeof STATES)[number])[]) =>
  keys.map((key) => ({ value: key, name: say(key) }));

function Accounts() {
  const state = useAddressState();
  const [remote, reload] = useList<AdminAccount>('/api/v2/admin/accounts', state);
  return (
    <Page title={say('title')} width="wide">
      <FilterBar state={state}>
        <TextFilter state={state} name="username" label={say('name')} />
        <TextFilter state={state} name="email" label={say('email')} />
        <TextFilter state={state} name="ip" label={say('ip')} />
        <ChoiceFilter
          state={state}
          name="origin"
          label={say('origin')}
          choices={choices(['local', 'remote'])}
        />
        <ChoiceFilter state={state} name="status" label={say('state')} choices={choices(STATES)} />
        <ChoiceFilter
          state={state}
          name="permissions"
          label={say('role')}
          choices={[{ value: 'staff', name: say('staff') }]}
        />
      </FilterBar>
      <List
        label={say('title')}
        state={state}
        remote={remote}
        onRetry={reload}
        empty={{ icon: 'person', title: say('empty'), text: say('emptyText') }}
        rowKey={(account) => account.id}
        head={{
          title: say('name'),
          cell: (account) => (
            <a href={`/admin/accounts/${account.id}`}>
              <bdi>@{account.account.acct}</bdi>
            </a>
          ),
        }}
        columns={[
          { title: say('state'), cell: (account) => <AccountStates account={account} /> },
          { title: say('role'), cell: ({ role }) => (role.highlighted ? roleName(role) : '–') },
          { title: say('email'), cell: ({ email }) => <bdi>{email ?? '–'}</bdi> },
          {
            title: say('lastActive'),
            cell: ({ last_active_at }) => (last_active_at === null ? '–' : <TimeAgo iso={last_active_at} />),
          },
        ]}
      />
    </Page>
  );
}
