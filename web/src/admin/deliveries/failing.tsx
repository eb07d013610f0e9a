import { useState } from 'preact/hooks';
import { count } from '../../format.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Failed, Loading } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { retryServer } from '../domains/calls.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Section } from '../parts/detail.tsx';
import { moment } from '../parts/moment.ts';
import { may } from '../permissions.ts';
import { type FailingHost, failingHosts } from './calls.ts';
import { say } from './say.ts';

/** Servers of which nothing was heard the last times, those that fail for longest first. */
export function FailingSection() {
  const [remote, reload] = useRemote('failing hosts', failingHosts);
  return (
    <Section title={say('failing')}>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' && remote.value.length === 0 && <p>{say('noneFailing')}</p>}
      {remote.state === 'ready' && remote.value.length > 0 && (
        <FailingTable rows={remote.value} onTried={reload} />
      )}
    </Section>
  );
}

/** The page about a server, and trying it, are for those who decide about servers. */
function FailingTable({ rows, onTried }: { rows: readonly FailingHost[]; onTried: () => void }) {
  const [busy, setBusy] = useState<string | null>(null);
  const isMine = may('domains');
  const tryNow = async (host: string) => {
    setBusy(host);
    const outcome = await retryServer(host);
    setBusy(null);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    toast(say('tried', { n: outcome.value.queued_again }));
    onTried();
  };
  return (
    <DataTable
      label={say('failing')}
      rows={rows}
      rowKey={({ host }) => host}
      head={{
        title: say('server'),
        cell: ({ host }) =>
          isMine ? (
            <a href={`/admin/servers/${encodeURIComponent(host)}`}>
              <bdi>{host}</bdi>
            </a>
          ) : (
            <bdi>{host}</bdi>
          ),
      }}
      columns={[
        { title: say('since'), cell: ({ failing_since: at }) => <TimeAgo iso={at} /> },
        { title: say('failures'), isNumber: true, cell: ({ failures }) => count(failures) },
        {
          title: say('next'),
          cell: ({ next_probe_at: at }) => (at === null ? say('soon') : moment(at)),
        },
      ]}
      {...(isMine && {
        actions: ({ host }: FailingHost) => (
          <Button
            look="quiet"
            busy={busy === host}
            label={say('retryServerWho', { host })}
            onPress={() => tryNow(host)}
          >
            {say('retryServer')}
          </Button>
        ),
      })}
    />
  );
}
