import { request } from '../../api/client.ts';
import { withQuery } from '../../api/endpoints.ts';
import type { OwnReport } from '../../api/schema.gen.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Handle } from '../../ui/handle.tsx';
import { Failed, Loading, Notice, Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import styles from '../settings.module.css';
import { say } from './say.ts';

const PATH = '/api/v1/reports';
const OUTCOME = { waiting: 'waiting', done: 'done', 'not-done': 'notDone' } as const;

interface Shown {
  readonly reports: readonly OwnReport[];
  readonly next: string | null;
}

async function load(path: string) {
  const outcome = await request<OwnReport[]>('GET', path);
  if (!outcome.ok) return outcome;
  return { ok: true as const, value: { reports: outcome.value, next: outcome.next ?? null } };
}

/** What one reported, and whether something was done about it. */
export function OwnReportsPage() {
  const [remote, reload, set] = useRemote<Shown>('own-reports', () => load(withQuery(PATH, {})));
  const { reports, next } = remote.state === 'ready' ? remote.value : { reports: [], next: null };
  const more = async (path: string) => {
    const outcome = await load(path);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    set({ ...outcome.value, reports: [...reports, ...outcome.value.reports] });
  };
  return (
    <Page title={say('title')}>
      <p class={styles.muted}>{say('intro')}</p>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' && reports.length === 0 && (
        <Notice icon="flag" title={say('empty')} text={say('emptyText')} />
      )}
      {reports.length > 0 && (
        <ul class={styles.list} aria-label={say('list')}>
          {reports.map((report) => (
            <li key={report.id} class={styles.card}>
              <div class={styles.line}>
                <Handle account={report.target_account} />
                <TimeAgo iso={report.created_at} />
              </div>
              {report.comment !== '' && <p dir="auto">{report.comment}</p>}
              <p class={styles.muted}>{say(OUTCOME[report.outcome])}</p>
            </li>
          ))}
        </ul>
      )}
      {next !== null && (
        <Button look="quiet" onPress={() => more(next)}>
          {say('more')}
        </Button>
      )}
    </Page>
  );
}
