import { useState } from 'preact/hooks';
import type { KnownServer } from '../../api/schema.gen.ts';
import { count } from '../../format.ts';
import { Button } from '../../ui/button.tsx';
import { Page } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { type AddressState, useAddressState } from '../parts/address-state.ts';
import { ChoiceFilter, FilterBar, TextFilter } from '../parts/filter-bar.tsx';
import { List, useList } from '../parts/list.tsx';
import { softwares } from './calls.ts';
import { DecideDialog } from './decide-dialog.tsx';
import styles from './domains.module.css';
import { say } from './say.ts';
import { ServerDetail } from './server-detail.tsx';
import { ServerState, Time } from './server-state.tsx';

/** Servers known here: found by what they are, decided about one by one or many at once. */
export function ServersPage({ id }: { readonly id: string | undefined }) {
  return id === undefined ? <Servers /> : <ServerDetail host={id} />;
}

function Servers() {
  const state = useAddressState();
  const [remote, reload] = useList<KnownServer>('/api/v1/admin/instances', state);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isDeciding, setDeciding] = useState(false);
  const rows = remote.state === 'ready' ? remote.value.rows : [];
  const toggle = (host: string, is: boolean) => {
    const next = new Set(chosen);
    if (is) next.add(host);
    else next.delete(host);
    setChosen(next);
  };
  return (
    <Page title={say('servers')} width="wide">
      <ServerFilters state={state} />
      {rows.length > 0 && (
        <div class={styles.row}>
          <Button
            look="quiet"
            onPress={() => setChosen(new Set([...chosen, ...rows.map(({ host }) => host)]))}
          >
            {say('chooseAll')}
          </Button>
          {chosen.size > 0 && (
            <Button onPress={() => setDeciding(true)}>{say('decideChosen', { count: chosen.size })}</Button>
          )}
        </div>
      )}
      <List
        state={state}
        remote={remote}
        onRetry={reload}
        empty={{ icon: 'globe', title: say('noServers'), text: say('noServersText') }}
        label={say('servers')}
        rowKey={({ host }) => host}
        head={{
          title: say('name'),
          cell: ({ host }) => (
            <span class={styles.name}>
              <input
                type="checkbox"
                aria-label={say('choose', { host })}
                checked={chosen.has(host)}
                onChange={(event) => toggle(host, event.currentTarget.checked)}
              />
              <a href={`/admin/servers/${encodeURIComponent(host)}`}>
                <bdi>{host}</bdi>
              </a>
            </span>
          ),
        }}
        columns={[
          { title: say('software'), cell: ({ software, version }) => `${software ?? '–'} ${version ?? ''}` },
          { title: say('accounts'), isNumber: true, cell: ({ accounts }) => count(accounts) },
          { title: say('lastIn'), cell: ({ last_inbound_at }) => <Time iso={last_inbound_at} /> },
          { title: say('lastOut'), cell: ({ last_outbound_ok_at }) => <Time iso={last_outbound_ok_at} /> },
          { title: say('state'), cell: (server) => <ServerState server={server} /> },
        ]}
      />
      {isDeciding && (
        <DecideDialog
          domains={[...chosen]}
          onDone={() => {
            setDeciding(false);
            setChosen(new Set());
            reload();
          }}
          onClose={() => setDeciding(false)}
        />
      )}
    </Page>
  );
}

function ServerFilters({ state }: { state: AddressState }) {
  const [known] = useRemote('server softwares', softwares);
  const names = known.state === 'ready' ? known.value : [];
  const yesNo = (yes: string, no: string) => [
    { value: 'true', name: yes },
    { value: 'false', name: no },
  ];
  return (
    <FilterBar state={state}>
      <TextFilter state={state} name="search" label={say('name')} />
      <ChoiceFilter
        state={state}
        name="software"
        label={say('software')}
        choices={names.map(({ software, servers }) => ({
          value: software,
          name: `${software} (${count(servers)})`,
        }))}
      />
      <ChoiceFilter
        state={state}
        name="failing"
        label={say('circuit')}
        choices={yesNo(say('failing'), say('answering'))}
      />
      <ChoiceFilter
        state={state}
        name="limited"
        label={say('policy')}
        choices={yesNo(say('limited'), say('notLimited'))}
      />
      <TextFilter state={state} name="min_accounts" label={say('minAccounts')} />
      <TextFilter state={state} name="silent_days" label={say('silentDays')} />
    </FilterBar>
  );
}
