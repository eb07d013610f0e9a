import { useState } from 'preact/hooks';
import { type ApiOutcome, request } from '../../api/client.ts';
import type { Measure } from '../../api/schema.gen.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Failed, Loading } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Section } from '../parts/detail.tsx';
import { ActionDialog } from './action-dialog.tsx';
import { undo } from './calls.ts';
import { say } from './say.ts';

const measuresOf = (id: string): Promise<ApiOutcome<readonly Measure[]>> =>
  request<Measure[]>('GET', `/api/v1/admin/accounts/${id}/measures`);

/** What was done to an account and its posts, the way to take it back, and to do more. */
export function AccountMeasures({ id }: { id: string }) {
  const [remote, reload] = useRemote(`measures ${id}`, () => measuresOf(id));
  const [isActing, act] = useState(false);
  const [busy, setBusy] = useState<string | null>(null);
  const takeBack = async (measure: Measure) => {
    setBusy(measure.id);
    const outcome = await undo(measure.id, '');
    setBusy(null);
    toast(outcome.ok ? say('undone') : outcome.sentence, outcome.ok ? undefined : 'error');
    if (outcome.ok) reload();
  };
  return (
    <Section title={say('marks')}>
      <Button look="danger" onPress={() => act(true)}>
        {say('act')}
      </Button>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' && remote.value.length > 0 && (
        <DataTable
          label={say('marks')}
          rows={remote.value}
          rowKey={(measure) => measure.id}
          head={{ title: say('measure'), cell: ({ action }) => say('did', { action }) }}
          columns={[
            { title: say('added'), cell: ({ created_at }) => <TimeAgo iso={created_at} /> },
            { title: say('decision'), wide: true, cell: ({ text }) => <span dir="auto">{text}</span> },
          ]}
          actions={(measure) =>
            measure.lifted_at !== null || measure.purged_at !== null ? (
              say('undone')
            ) : (
              <Button look="quiet" busy={busy === measure.id} onPress={() => takeBack(measure)}>
                {say('undo')}
              </Button>
            )
          }
        />
      )}
      {isActing && (
        <ActionDialog
          targets={[{ kind: 'account', id }]}
          onDone={({ action }) => {
            toast(say('done', { action: say('did', { action }) }));
            act(false);
            reload();
          }}
          onClose={() => act(false)}
        />
      )}
    </Section>
  );
}
