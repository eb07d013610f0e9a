import type { AdminClaim } from '../../api/schema.gen.ts';
import { count } from '../../format.ts';
import { Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useAddressState } from '../parts/address-state.ts';
import { ChoiceFilter, FilterBar, TextFilter } from '../parts/filter-bar.tsx';
import { List, useList } from '../parts/list.tsx';
import { LIST } from './calls.ts';
import { ClaimDetail } from './claim-detail.tsx';
import { say } from './say.ts';
import { ClaimState } from './state.tsx';

const STATES = ['open', 'upheld', 'rejected', 'restored', 'withdrawn', 'unconfirmed'];

/** The queue of copyright claims, and all that is known of one. */
export function ClaimsPage({ id }: { readonly id: string | undefined }) {
  return id === undefined ? <Claims /> : <ClaimDetail key={id} id={id} />;
}

function Claims() {
  const state = useAddressState();
  const [remote, reload] = useList<AdminClaim>(LIST, state);
  return (
    <Page title={say('title')} width="wide">
      <FilterBar state={state}>
        <ChoiceFilter
          state={state}
          name="state"
          label={say('state')}
          choices={STATES.map((value) => ({ value, name: say('stateOf', { state: value }) }))}
        />
        <TextFilter state={state} name="q" label={say('search')} />
      </FilterBar>
      <List
        state={state}
        remote={remote}
        onRetry={reload}
        empty={{ icon: 'check', title: say('none'), text: say('noneText') }}
        label={say('title')}
        rowKey={({ id }) => id}
        head={{
          title: say('claimant'),
          cell: ({ id, name, organisation }) => (
            <a href={`/admin/claims/${id}`} dir="auto">
              {organisation === '' ? name : `${name} (${organisation})`}
            </a>
          ),
        }}
        columns={[
          { title: say('state'), cell: (claim) => <ClaimState claim={claim} /> },
          { title: say('work'), wide: true, cell: ({ work }) => <span dir="auto">{shortened(work)}</span> },
          { title: say('videos'), isNumber: true, cell: ({ video_count }) => count(video_count) },
          { title: say('filed'), cell: ({ created_at }) => <TimeAgo iso={created_at} /> },
        ]}
      />
    </Page>
  );
}

const SHOWN = 160;

function shortened(text: string): string {
  const signs = [...text];
  return signs.length <= SHOWN ? text : `${signs.slice(0, SHOWN).join('')}…`;
}
