import { count } from '../../format.ts';
import { DownloadLink } from '../../ui/download-link.tsx';
import { Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import type { AdminPageProps } from '../page-props.ts';
import { useAddressState } from '../parts/address-state.ts';
import { ChoiceFilter, FilterBar, TextFilter } from '../parts/filter-bar.tsx';
import { List, useList } from '../parts/list.tsx';
import { Person } from '../parts/person.tsx';
import { type AdminSound, LIST, usagePath } from './calls.ts';
import { say } from './say.ts';
import { SoundDetail } from './sound-detail.tsx';
import { nameOf, Standing } from './standing.tsx';

const STANDINGS = ['mute', 'refuse', 'allow', 'listed'];

/** Sounds that videos share, and what was decided about them; or one of them. */
export function SoundsPage({ id }: AdminPageProps) {
  return id === undefined ? <Sounds /> : <SoundDetail key={id} id={id} />;
}

function Sounds() {
  const state = useAddressState();
  const [remote, reload] = useList<AdminSound>(LIST, state);
  return (
    <Page title={say('title')} width="wide">
      <p>{say('intro')}</p>
      <FilterBar state={state}>
        <TextFilter state={state} name="q" label={say('search')} />
        <ChoiceFilter
          state={state}
          name="standing"
          label={say('standing')}
          choices={STANDINGS.map((value) => ({ value, name: say('standingOf', { standing: value }) }))}
        />
      </FilterBar>
      <List
        state={state}
        remote={remote}
        onRetry={reload}
        empty={{ icon: 'soundOn', title: say('none'), text: say('noneText') }}
        label={say('title')}
        rowKey={({ id }) => id}
        head={{
          title: say('sound'),
          cell: (sound) => (
            <a href={`/admin/sounds/${sound.id}`}>
              <bdi>{nameOf(sound)}</bdi>
            </a>
          ),
        }}
        columns={[
          { title: say('author'), cell: ({ account }) => account && <Person account={account} /> },
          { title: say('standing'), cell: (sound) => <Standing sound={sound} /> },
          { title: say('uses'), isNumber: true, cell: ({ uses }) => count(uses) },
          { title: say('muted'), isNumber: true, cell: ({ muted }) => count(muted) },
          { title: say('since'), cell: ({ created_at: at }) => <TimeAgo iso={at} /> },
        ]}
      />
      <p>
        <DownloadLink href={usagePath()}>{say('usage')}</DownloadLink>
      </p>
    </Page>
  );
}
