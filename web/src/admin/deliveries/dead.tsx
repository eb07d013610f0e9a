import { useState } from 'preact/hooks';
import { count } from '../../format.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog, Dialog } from '../../ui/dialog.tsx';
import { Failed, Loading } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { useAddressState } from '../parts/address-state.ts';
import { Facts, Section } from '../parts/detail.tsx';
import { FilterBar, TextFilter } from '../parts/filter-bar.tsx';
import { List, useList } from '../parts/list.tsx';
import { moment } from '../parts/moment.ts';
import { actOn, type DeadDelivery, type Deed, deadPath, showDead, type Which } from './calls.ts';
import styles from './deliveries.module.css';
import { say } from './say.ts';

/** Deliveries that were given up: looked at, tried again or forgotten, one by one or all of a server. */
export function DeadSection() {
  const state = useAddressState();
  const [remote, reload] = useList<DeadDelivery>(deadPath, state);
  const [shown, setShown] = useState<string | null>(null);
  const [discarding, setDiscarding] = useState<Which | null>(null);
  const [busy, setBusy] = useState(false);
  const host = state.get('host');
  const hasAny = remote.state === 'ready' && remote.value.rows.length > 0;

  const act = async (which: Which, deed: Deed) => {
    setBusy(true);
    const outcome = await actOn(which, deed);
    setBusy(false);
    setDiscarding(null);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    toast(say(deed === 'retry' ? 'retried' : 'discarded', { n: outcome.value.count }));
    reload();
  };
  return (
    <Section title={say('dead')}>
      <FilterBar state={state}>
        <TextFilter state={state} name="host" label={say('server')} />
        {host !== '' && hasAny && (
          <>
            <Button busy={busy} onPress={() => act({ host }, 'retry')}>
              {say('retryAll', { host })}
            </Button>
            <Button look="quiet" busy={busy} onPress={() => setDiscarding({ host })}>
              {say('discardAll', { host })}
            </Button>
          </>
        )}
      </FilterBar>
      <List
        state={state}
        remote={remote}
        onRetry={reload}
        empty={{ icon: 'check', title: say('noneDead'), text: say('noneDeadText') }}
        label={say('dead')}
        rowKey={({ id }) => id}
        head={{ title: say('to'), cell: ({ host: to }) => <bdi>{to}</bdi> }}
        columns={[
          { title: say('what'), cell: ({ activity_type: type }) => <bdi>{type}</bdi> },
          { title: say('tries'), isNumber: true, cell: ({ attempts }) => count(attempts) },
          { title: say('error'), wide: true, cell: (letter) => <span dir="auto">{errorOf(letter)}</span> },
          { title: say('when'), cell: ({ died_at: at }) => <TimeAgo iso={at} /> },
        ]}
        actions={({ id }) => (
          <>
            <Button look="quiet" label={say('inspectWhich', { id })} onPress={() => setShown(id)}>
              {say('inspect')}
            </Button>
            <Button busy={busy} label={say('retryWhich', { id })} onPress={() => act({ id }, 'retry')}>
              {say('retry')}
            </Button>
            <Button look="quiet" label={say('discardWhich', { id })} onPress={() => setDiscarding({ id })}>
              {say('discard')}
            </Button>
          </>
        )}
      />
      {shown !== null && <Inspect id={shown} onClose={() => setShown(null)} />}
      {discarding && (
        <ConfirmDialog
          title={say('discardTitle')}
          text={say('discardText')}
          action={say('discard')}
          busy={busy}
          onConfirm={() => act(discarding, 'discard')}
          onClose={() => setDiscarding(null)}
        />
      )}
    </Section>
  );
}

const errorOf = ({ last_status: status, last_error: error }: DeadDelivery): string =>
  [status, error].filter((one) => one !== null).join(' ') || '–';

function Inspect({ id, onClose }: { id: string; onClose: () => void }) {
  const [remote, reload] = useRemote(`dead ${id}`, () => showDead(id));
  return (
    <Dialog title={say('inspectTitle')} onClose={onClose}>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' && (
        <>
          <Facts
            facts={[
              { term: say('inbox'), value: remote.value.inbox },
              { term: say('status'), value: remote.value.last_status },
              { term: say('error'), value: remote.value.last_error },
              { term: say('queued'), value: moment(remote.value.queued_at) },
            ]}
          />
          <pre class={styles.body} dir="ltr">
            {pretty(remote.value.body)}
          </pre>
        </>
      )}
    </Dialog>
  );
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
