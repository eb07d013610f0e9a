import { Page } from '../../ui/page.tsx';
import { TabPanel, Tabs } from '../../ui/tabs.tsx';
import { useAddressState } from '../parts/address-state.ts';
import { Listed } from './listed.tsx';
import { Matches } from './matches.tsx';
import { say } from './say.ts';

const VIEWS = ['list', 'matches'] as const;

/** What must not be posted again, and what was kept away because of that. */
export function HashesPage() {
  const state = useAddressState();
  const view = VIEWS.find((one) => one === state.get('view')) ?? 'list';
  return (
    <Page title={say('title')} width="wide">
      <p>{say('intro')}</p>
      <Tabs
        label={say('kinds')}
        current={view}
        tabs={VIEWS.map((id) => ({ id, label: say(id) }))}
        onChange={(next) => state.set({ view: next === 'list' ? '' : next })}
      />
      <TabPanel id={view}>{view === 'list' ? <Listed /> : <Matches />}</TabPanel>
    </Page>
  );
}
