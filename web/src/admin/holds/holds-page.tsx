import { useState } from 'preact/hooks';
import { bytes } from '../../format.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import type { AdminPageProps } from '../page-props.ts';
import { useAddressState } from '../parts/address-state.ts';
import { List, useList } from '../parts/list.tsx';
import { AddDialog } from './add-dialog.tsx';
import { type LegalHold, LIST } from './calls.ts';
import { HoldDetail } from './hold-detail.tsx';
import { say } from './say.ts';
import { HoldState } from './state.tsx';

/** What is kept for authorities, or one of it. */
export function HoldsPage({ id }: AdminPageProps) {
  return id === undefined ? <Holds /> : <HoldDetail key={id} id={id} />;
}

function Holds() {
  const state = useAddressState();
  const [remote, reload] = useList<LegalHold>(LIST, { ...state, isFiltered: false });
  // A page about something leads here with what is to be held.
  const asked = state.get('hold');
  const [isAdding, setAdding] = useState(asked !== '');
  const close = () => {
    setAdding(false);
    if (asked !== '') state.set({ hold: '' });
  };
  return (
    <Page title={say('title')} width="wide">
      <p>{say('intro')}</p>
      <p>
        <Button onPress={() => setAdding(true)}>{say('add')}</Button>
      </p>
      <List
        state={{ ...state, isFiltered: false }}
        remote={remote}
        onRetry={reload}
        empty={{ icon: 'shield', title: say('none'), text: say('noneText') }}
        label={say('title')}
        rowKey={({ id }) => id}
        head={{
          title: say('what'),
          cell: ({ id, label }) => (
            <a href={`/admin/holds/${id}`}>
              <bdi>{label}</bdi>
            </a>
          ),
        }}
        columns={[
          { title: say('kind'), cell: ({ kind }) => say('kindOf', { kind }) },
          {
            title: say('files'),
            cell: ({ kept, bytes: size }) => say('filesOf', { n: kept, size: bytes(size) }),
          },
          { title: say('since'), cell: ({ created_at: at }) => <TimeAgo iso={at} /> },
          { title: say('state'), cell: (hold) => <HoldState hold={hold} /> },
        ]}
      />
      {isAdding && (
        <AddDialog
          about={asked}
          onDone={() => {
            toast(say('held'));
            close();
            reload();
          }}
          onClose={close}
        />
      )}
    </Page>
  );
}
