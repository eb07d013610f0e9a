import { useState } from 'preact/hooks';
import type { DomainSubscription } from '../../api/schema.gen.ts';
import { count } from '../../format.ts';
import { Button } from '../../ui/button.tsx';
import { Choice, Field, Form, FormError } from '../../ui/field.tsx';
import { Failed, Loading, Notice, Page } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Section } from '../parts/detail.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { fetchNow, subscribe, subscriptions, unsubscribe } from './calls.ts';
import { done } from './done.ts';
import { Drafts } from './drafts.tsx';
import { Excludes } from './excludes.tsx';
import { say } from './say.ts';
import { Time } from './server-state.tsx';
import { Watches } from './watches.tsx';

/** What others say of servers: lists that are followed, and whom peers block. */
export function DomainListsPage() {
  return (
    <Page title={say('lists')} width="wide">
      <Followed />
      <Section title={say('drafts')}>
        <Drafts />
      </Section>
      <Section title={say('excludes')}>
        <Excludes />
      </Section>
      <Watches />
    </Page>
  );
}

function Followed() {
  const [remote, reload] = useRemote('domain subscriptions', subscriptions);
  const [ending, setEnding] = useState<DomainSubscription | null>(null);
  return (
    <Section title={say('followed')}>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' && remote.value.length === 0 && (
        <Notice icon="link" title={say('noLists')} text={say('noListsText')} />
      )}
      {remote.state === 'ready' && remote.value.length > 0 && (
        <FollowedTable rows={remote.value} onFetched={reload} onEnd={setEnding} />
      )}
      <FollowForm onFollowed={reload} />
      {ending && (
        <EndDialog
          list={ending}
          onClose={() => setEnding(null)}
          onDone={() => {
            setEnding(null);
            reload();
          }}
        />
      )}
    </Section>
  );
}

interface FollowedProps {
  readonly rows: readonly DomainSubscription[];
  readonly onFetched: () => void;
  readonly onEnd: (list: DomainSubscription) => void;
}

function FollowedTable({ rows, onFetched, onEnd }: FollowedProps) {
  return (
    <DataTable
      label={say('followed')}
      rows={rows}
      rowKey={({ id }) => id}
      head={{ title: say('listTitle'), cell: (list) => <bdi>{nameOf(list)}</bdi> }}
      columns={[
        { title: say('priority'), isNumber: true, cell: ({ priority }) => count(priority) },
        { title: say('entries'), isNumber: true, cell: ({ entries }) => count(entries) },
        { title: say('changedDomains'), isNumber: true, cell: ({ policies }) => count(policies) },
        {
          title: say('fetched'),
          wide: true,
          cell: ({ succeeded_at, failure }) => failure ?? <Time iso={succeeded_at} />,
        },
      ]}
      actions={(list) => (
        <>
          <Button
            look="quiet"
            label={`${say('fetchNow')}: ${nameOf(list)}`}
            onPress={async () => {
              if (await done(fetchNow(list.id))) onFetched();
            }}
          >
            {say('fetchNow')}
          </Button>
          <Button look="quiet" label={`${say('unfollow')}: ${nameOf(list)}`} onPress={() => onEnd(list)}>
            {say('unfollow')}
          </Button>
        </>
      )}
    />
  );
}

const nameOf = ({ title, url }: DomainSubscription): string => title || url;

function FollowForm({ onFollowed }: { onFollowed: () => void }) {
  const [url, setUrl] = useState('');
  const [title, setTitle] = useState('');
  const [priority, setPriority] = useState('0');
  const [drafts, setDrafts] = useState(true);
  const [adopts, setAdopts] = useState(false);
  const [problem, setProblem] = useState<string>();
  const send = async () => {
    const outcome = await subscribe({
      ...{ url: url.trim(), title: title.trim(), priority: Number(priority), drafts },
      adopt_orphans: adopts,
    });
    if (!outcome.ok) return setProblem(outcome.sentence);
    setProblem(undefined);
    setUrl('');
    setTitle('');
    onFollowed();
  };
  return (
    <Form label={say('followList')} onSend={send}>
      {problem !== undefined && <FormError sentence={problem} />}
      <Field label={say('address')} name="url" value={url} onInput={setUrl} required />
      <Field label={say('listTitle')} name="title" value={title} onInput={setTitle} />
      <Field
        label={say('priority')}
        name="priority"
        value={priority}
        onInput={(text) => setPriority(text.replace(/\D/g, '').slice(0, 3))}
      />
      <Choice type="checkbox" name="drafts" checked={drafts} onChoose={setDrafts}>
        {say('proposes')}
      </Choice>
      <Choice type="checkbox" name="adopts" checked={adopts} onChoose={setAdopts}>
        {say('adopts')}
      </Choice>
      <Button type="submit">{say('followList')}</Button>
    </Form>
  );
}

interface EndProps {
  readonly list: DomainSubscription;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

function EndDialog({ list, onDone, onClose }: EndProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  return (
    <ReasonDialog
      title={`${say('unfollow')}: ${nameOf(list)}`}
      text={say('unfollowText')}
      action={say('unfollow')}
      busy={busy}
      problem={problem}
      onClose={onClose}
      onConfirm={async (reason) => {
        setBusy(true);
        const outcome = await unsubscribe(list.id, reason);
        setBusy(false);
        if (!outcome.ok) return setProblem(outcome.sentence);
        onDone();
      }}
    />
  );
}
