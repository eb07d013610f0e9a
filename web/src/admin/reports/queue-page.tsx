import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { me } from '../../state/session.ts';
import { Button } from '../../ui/button.tsx';
import { Failed, Loading, Notice, Page } from '../../ui/page.tsx';
import { type AddressState, useAddressState } from '../parts/address-state.ts';
import { ChoiceFilter, FilterBar, TextFilter } from '../parts/filter-bar.tsx';
import { useList } from '../parts/list.tsx';
import { Pager } from '../parts/pager.tsx';
import { say as sayAdmin } from '../say.ts';
import { type Group, groupsPath } from './calls.ts';
import { CloseDialog, type Closing } from './close-dialog.tsx';
import { change, undoLast } from './deeds.ts';
import { GroupRow } from './group-row.tsx';
import { KeysDialog } from './keys-dialog.tsx';
import styles from './reports.module.css';
import { say } from './say.ts';
import { useKeys } from './use-keys.ts';

/** Reported accounts, that with the oldest report first; one is marked, and keys act on it. */
export function QueuePage() {
  const state = useAddressState();
  const { route } = useLocation();
  const [remote, reload] = useList<Group>(groupsPath, state);
  const [marked, setMarked] = useState(0);
  const [closing, setClosing] = useState<Closing | null>(null);
  const [helping, setHelping] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const known = useRef<readonly Group[]>([]);
  // What was there stays while it is looked at again: rows that vanish and come back take the place away.
  if (remote.state === 'ready') known.current = remote.value.rows;
  const groups = remote.state === 'failed' ? [] : known.current;
  const at = Math.min(marked, Math.max(0, groups.length - 1));
  const current = groups[at];
  const isOpen = state.get('state') === '' || state.get('state') === 'open';

  const move = (by: number) => setMarked(Math.max(0, Math.min(groups.length - 1, at + by)));
  const take = (group: Group) => {
    const isMine = group.assigned_to.some(({ id }) => id === me.value?.id);
    const to = isMine ? null : (me.value?.id ?? null);
    return change(group.reports, { change: 'assign', to }, reload);
  };
  const close = (as: Closing['as'], group: Group) => setClosing({ as, reports: group.reports });
  const on = (act: (group: Group) => void) => () => current && isOpen && act(current);
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    o: () => current && route(`/admin/reports/${current.id}`),
    e: () => current && route(`/admin/reports/${current.id}?evidence=${current.reports[0]?.id ?? ''}`),
    a: on((group) => void take(group)),
    r: on((group) => close('resolve', group)),
    d: on((group) => close('dismiss', group)),
    u: undoLast,
    '?': () => setHelping(true),
  });
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  }, [at]);

  return (
    <Page title={say('title')} width="wide">
      <Filters state={state} />
      <p>
        <Button look="quiet" small icon="help" onPress={() => setHelping(true)}>
          {say('keys')}
        </Button>
      </p>
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'loading' && groups.length === 0 && <Loading />}
      {remote.state === 'ready' && groups.length === 0 && (
        <Notice
          icon="flag"
          title={state.isFiltered ? sayAdmin('noMatch') : say('empty')}
          text={state.isFiltered ? sayAdmin('noMatchText') : say('emptyText')}
        />
      )}
      <ul class={styles.queue} aria-label={say('list')} ref={list}>
        {groups.map((group, index) => (
          <GroupRow
            key={group.id}
            group={group}
            isMarked={index === at}
            isOpen={isOpen}
            onMark={() => setMarked(index)}
            onTake={() => take(group)}
            onClose={(as) => close(as, group)}
            onReopen={() => change(group.reports, { change: 'reopen' }, reload)}
          />
        ))}
      </ul>
      {remote.state === 'ready' && groups.length > 0 && <Pager state={state} next={remote.value.next} />}
      {closing && <CloseDialog {...closing} onDone={reload} onClose={() => setClosing(null)} />}
      {helping && <KeysDialog onClose={() => setHelping(false)} />}
    </Page>
  );
}

function Filters({ state }: { state: AddressState }) {
  const choice = (name: (typeof STATES | typeof CATEGORIES)[number]) => ({ value: name, name: say(name) });
  return (
    <FilterBar state={state}>
      <ChoiceFilter
        {...{ state, name: 'state', label: say('state'), usual: 'open' }}
        choices={STATES.map(choice)}
      />
      <ChoiceFilter
        {...{ state, name: 'assigned', label: say('taken') }}
        choices={[
          { value: 'me', name: say('mine') },
          { value: 'nobody', name: say('untaken') },
        ]}
      />
      <ChoiceFilter
        {...{ state, name: 'category', label: say('category') }}
        choices={CATEGORIES.map(choice)}
      />
      <TextFilter {...{ state, name: 'source', label: say('source') }} />
    </FilterBar>
  );
}

const STATES = ['open', 'resolved', 'dismissed', 'closed'] as const;
const CATEGORIES = ['spam', 'legal', 'violation', 'other'] as const;
