import { useState } from 'preact/hooks';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useAddressState } from '../parts/address-state.ts';
import { ChoiceFilter, FilterBar } from '../parts/filter-bar.tsx';
import { List, useList } from '../parts/list.tsx';
import { actOnJob, actOnQueue, type Deed, type Job } from './calls.ts';
import { say } from './say.ts';

interface JobsProps {
  readonly names: readonly string[];
  /** Something was done: the numbers above have changed. */
  readonly onChange: () => void;
}

/** Jobs in one state: those that failed, where nothing else is asked for. */
export function Jobs({ names, onChange }: JobsProps) {
  const state = useAddressState();
  const [remote, reload] = useList<Job>('/api/v1/admin/jobs', state);
  const [asking, setAsking] = useState<Job | 'all' | null>(null);
  const [busy, setBusy] = useState(false);
  const queue = state.get('queue');
  const isDead = ['', 'dead'].includes(state.get('state'));

  const act = async (which: Job | 'all', deed: Deed) => {
    setBusy(true);
    const outcome = await (which === 'all' ? actOnQueue(queue, deed) : actOnJob(which.id, deed));
    setBusy(false);
    setAsking(null);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    if (which === 'all') toast(say('doneAll', { count: outcome.value.count }));
    else toast(say(deed === 'retry' ? 'retried' : 'discarded'));
    reload();
    onChange();
  };

  const hasAny = remote.state === 'ready' && remote.value.rows.length > 0;
  return (
    <section aria-labelledby="jobs">
      <h2 id="jobs">{say('jobs')}</h2>
      <FilterBar state={state}>
        <ChoiceFilter
          state={state}
          name="state"
          label={say('state')}
          usual="dead"
          choices={[
            { value: 'dead', name: say('dead') },
            { value: 'waiting', name: say('waiting') },
            { value: 'running', name: say('running') },
          ]}
        />
        <ChoiceFilter
          state={state}
          name="queue"
          label={say('queue')}
          choices={names.map((name) => ({ value: name, name }))}
        />
        {isDead && queue !== '' && hasAny && (
          <>
            <Button busy={busy} onPress={() => act('all', 'retry')}>
              {say('retryAll', { queue })}
            </Button>
            <Button look="quiet" busy={busy} onPress={() => setAsking('all')}>
              {say('discardAll', { queue })}
            </Button>
          </>
        )}
      </FilterBar>
      <List
        state={state}
        remote={remote}
        onRetry={reload}
        empty={{ icon: 'check', title: say('noJobs'), text: say('noJobsText') }}
        label={say('jobs')}
        rowKey={({ id }) => id}
        head={{ title: say('job'), cell: ({ name }) => <bdi>{name}</bdi> }}
        columns={[
          { title: say('queue'), cell: ({ queue: name }) => name },
          { title: say('tries'), isNumber: true, cell: ({ attempts }) => attempts },
          {
            title: say('error'),
            wide: true,
            cell: ({ error }) => <span dir="auto">{error ?? say('none')}</span>,
          },
          { title: say('about'), cell: ({ payload }) => <code dir="ltr">{payload}</code> },
          { title: say('when'), cell: ({ created_at: at }) => <TimeAgo iso={at} /> },
        ]}
        {...(isDead
          ? {
              actions: (job: Job) => (
                <>
                  <Button
                    busy={busy}
                    label={say('retryWhich', { id: job.id })}
                    onPress={() => act(job, 'retry')}
                  >
                    {say('retry')}
                  </Button>
                  <Button
                    look="quiet"
                    busy={busy}
                    label={say('discardWhich', { id: job.id })}
                    onPress={() => setAsking(job)}
                  >
                    {say('discard')}
                  </Button>
                </>
              ),
            }
          : {})}
      />
      {asking && (
        <ConfirmDialog
          title={asking === 'all' ? say('discardAllTitle', { queue }) : say('discardTitle')}
          text={say('discardText')}
          action={say('discard')}
          busy={busy}
          onConfirm={() => act(asking, 'discard')}
          onClose={() => setAsking(null)}
        />
      )}
    </section>
  );
}
