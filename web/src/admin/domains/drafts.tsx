import { Button } from '../../ui/button.tsx';
import { Failed, Loading } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { DataTable } from '../parts/data-table.tsx';
import { answerDrafts, drafts } from './calls.ts';
import styles from './domains.module.css';
import { done } from './done.ts';
import { levelName } from './levels.ts';
import { say } from './say.ts';

/** What followed lists propose. */
export function Drafts() {
  const [remote, reload] = useRemote('domain drafts', drafts);
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} onRetry={reload} />;
  const rows = remote.value;
  if (rows.length === 0) return <p>{say('noDrafts')}</p>;
  const answer = async (to: 'accept' | 'reject', ids: readonly string[]) => {
    await done(answerDrafts(to, ids));
    reload();
  };
  const all = rows.map(({ id }) => id);
  return (
    <>
      <div class={styles.row}>
        <Button onPress={() => answer('accept', all)}>{say('acceptAll')}</Button>
        <Button look="quiet" onPress={() => answer('reject', all)}>
          {say('rejectAll')}
        </Button>
      </div>
      <DataTable
        label={say('drafts')}
        rows={rows}
        rowKey={({ id }) => id}
        head={{ title: say('domain'), cell: ({ domain }) => <bdi>{domain}</bdi> }}
        columns={[
          { title: say('level'), cell: ({ severity }) => levelName(severity) },
          {
            title: say('publicNote'),
            wide: true,
            cell: ({ public_comment }) => <span dir="auto">{public_comment}</span>,
          },
        ]}
        actions={({ id, domain }) => (
          <>
            <Button look="quiet" label={say('acceptWho', { domain })} onPress={() => answer('accept', [id])}>
              {say('accept')}
            </Button>
            <Button look="quiet" label={say('rejectWho', { domain })} onPress={() => answer('reject', [id])}>
              {say('reject')}
            </Button>
          </>
        )}
      />
    </>
  );
}
