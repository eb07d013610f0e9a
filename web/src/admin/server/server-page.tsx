import type { Releases, Worker } from '../../api/schema.gen.ts';
import { ago } from '../../format.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { Failed, Loading, Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { Callout } from '../parts/callout.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Facts, Section } from '../parts/detail.tsx';
import { may } from '../permissions.ts';
import { workers } from '../queues/calls.ts';
import { releases } from './calls.ts';
import { Lock } from './lock.tsx';
import { say } from './say.ts';
import styles from './server.module.css';

/** Which version runs, whether there is a newer one, and how to come to it. */
export function ServerPage() {
  const [remote, reload] = useRemote('releases', releases);
  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  return (
    <Page title={say('title')} width="wide">
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'ready' && <Running {...remote.value} />}
      <Lock />
      {may('queues') && <Workers />}
    </Page>
  );
}

function Running(state: Releases) {
  const { version, schema } = state;
  return (
    <>
      <Facts
        facts={[
          { term: say('title'), value: version },
          { term: say('schema'), value: schema.newest },
        ]}
      />
      <News {...state} />
      {schema.from_newer && <Callout tone="bad" title={say('fromNewer')} text={say('fromNewerText')} />}
      <Section title={say('how')}>
        <ol class={styles.steps}>
          <li>
            {say('howBackup')}{' '}
            {may('storage') && (
              <a class={styles.link} href="/admin/backups">
                {say('toBackups')}
              </a>
            )}
          </li>
          <li>{say('howInstall')}</li>
          <li>{say('howMany')}</li>
        </ol>
      </Section>
    </>
  );
}

function News({ version, newest, watched, checked_at: checkedAt, last_error: error }: Releases) {
  if (!watched) return <Callout title={say('unwatched')} text={say('unwatchedText')} />;
  if (newest) {
    const title = say(newest.security ? 'security' : 'newer', { version: newest.version });
    const text = say(newest.security ? 'securityText' : 'newerText', { running: version });
    return (
      <Callout tone={newest.security ? 'bad' : 'plain'} title={title} text={text}>
        <ButtonLink small href={newest.url}>
          {say('news')}
        </ButtonLink>
      </Callout>
    );
  }
  if (error !== null) return <Callout tone="bad" title={say('unread')} text={error} />;
  if (checkedAt === null) return <p>{say('notChecked')}</p>;
  return <Callout title={say('newest')} text={say('newestText', { ago: ago(checkedAt) })} />;
}

function Workers() {
  const [remote, reload] = useRemote('workers', workers);
  const alive = remote.state === 'ready' ? remote.value.filter((worker) => worker.alive) : [];
  return (
    <Section title={say('workers')}>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' && <p>{say(alive.length === 0 ? 'noWorkers' : 'workersText')}</p>}
      {alive.length > 0 && <WorkerTable rows={alive} />}
    </Section>
  );
}

function WorkerTable({ rows }: { rows: readonly Worker[] }) {
  return (
    <DataTable
      label={say('workers')}
      rows={rows}
      rowKey={({ id }) => id}
      head={{ title: say('host'), cell: ({ host }) => <bdi>{host}</bdi> }}
      columns={[
        { title: say('title'), cell: ({ version }) => <bdi>{version}</bdi> },
        { title: say('queues'), wide: true, cell: ({ queues }) => queues.join(', ') },
        { title: say('started'), cell: ({ started_at: at }) => <TimeAgo iso={at} /> },
        { title: say('seen'), cell: ({ seen_at: at }) => <TimeAgo iso={at} /> },
      ]}
    />
  );
}
