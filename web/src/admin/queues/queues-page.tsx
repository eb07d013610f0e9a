import { useState } from 'preact/hooks';
import { ago, count } from '../../format.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Failed, Loading, Notice, Page } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { DataTable } from '../parts/data-table.tsx';
import { type Queue, queues, setPaused, workers } from './calls.ts';
import { Jobs } from './jobs.tsx';
import { say } from './say.ts';

/** Background work: what waits and for how long, what failed, and whether anybody works. */
export function QueuesPage() {
  const [remote, reload] = useRemote('queues', queues);
  const [crew] = useRemote('workers', workers);
  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  const isDeserted = crew.state === 'ready' && !crew.value.some(({ alive }) => alive);
  return (
    <Page title={say('title')} width="wide">
      <p>{say('intro')}</p>
      {isDeserted && <Notice icon="alert" title={say('noWorkers')} text={say('noWorkersText')} />}
      {remote.state === 'loading' ? <Loading /> : <QueueTable rows={remote.value} onChange={reload} />}
      {remote.state === 'ready' && <Jobs names={remote.value.map(({ name }) => name)} onChange={reload} />}
    </Page>
  );
}

function QueueTable({ rows, onChange }: { rows: readonly Queue[]; onChange: () => void }) {
  const [busy, setBusy] = useState<string | null>(null);
  const change = async ({ name: queue, paused_at: pausedAt }: Queue) => {
    setBusy(queue);
    const outcome = await setPaused(queue, pausedAt === null);
    setBusy(null);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    toast(pausedAt === null ? say('isPaused', { queue }) : say('isResumed', { queue }));
    onChange();
  };
  return (
    <DataTable
      label={say('title')}
      rows={rows}
      rowKey={({ name }) => name}
      head={{ title: say('queue'), cell: ({ name }) => <bdi>{name}</bdi> }}
      columns={[
        { title: say('waiting'), isNumber: true, cell: ({ waiting }) => count(waiting) },
        { title: say('oldest'), cell: ({ oldest_seconds: seconds }) => oldest(seconds) },
        { title: say('running'), isNumber: true, cell: ({ running }) => count(running) },
        { title: say('failed'), isNumber: true, cell: ({ failed }) => count(failed) },
        { title: say('workers'), cell: ({ workers: some }) => (some > 0 ? count(some) : say('noWorker')) },
      ]}
      actions={(queue) => (
        <>
          {queue.paused_at !== null && <span>{say('paused', { ago: ago(queue.paused_at) })}</span>}
          <Button
            look="quiet"
            busy={busy === queue.name}
            label={say(queue.paused_at === null ? 'pauseWhich' : 'resumeWhich', { queue: queue.name })}
            onPress={() => change(queue)}
          >
            {say(queue.paused_at === null ? 'pause' : 'resume')}
          </Button>
        </>
      )}
    />
  );
}

function oldest(seconds: number | null): string {
  if (seconds === null) return say('none');
  return ago(new Date(Date.now() - seconds * 1_000).toISOString());
}
