import { useEffect, useState } from 'preact/hooks';
import type { DiscoveryPack } from '../../api/schema.gen.ts';
import { count } from '../../format.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Field, Form, FormError } from '../../ui/field.tsx';
import { Failed, Loading } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { Badge } from '../parts/badge.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Section } from '../parts/detail.tsx';
import { packs, startPack, turnPack } from './calls.ts';
import { LeftOut } from './left-out.tsx';
import { say } from './say.ts';

/** How often one looks how far it is, while something is brought. */
const LOOK_MS = 3_000;

/** What a new server begins with: chosen, brought, and how far that is. */
export function Packs() {
  const [remote, retry, set] = useRemote('discovery packs', packs);
  const [busy, setBusy] = useState<string | null>(null);
  const rows = remote.state === 'ready' ? remote.value : [];
  const isRunning = rows.some(({ state }) => state === 'running');

  /** In place, so that nothing jumps. */
  const reload = async () => {
    const outcome = await packs();
    if (outcome.ok) set(outcome.value);
  };
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(reload, LOOK_MS);
    return () => clearInterval(timer);
  }, [isRunning]);

  const turn = async (pack: DiscoveryPack, verb: 'stop' | 'resume') => {
    setBusy(pack.id);
    const outcome = await turnPack(pack.id, verb);
    setBusy(null);
    if (!outcome.ok) toast(outcome.sentence, 'error');
    reload();
  };
  const deeds = (pack: DiscoveryPack) => {
    if (pack.state === 'done') return null;
    const verb = pack.state === 'running' ? 'stop' : 'resume';
    return (
      <Button look="quiet" busy={busy === pack.id} onPress={() => turn(pack, verb)}>
        {verb === 'stop' ? say('stop') : say('resume')}
      </Button>
    );
  };

  return (
    <>
      <Choosing onBegun={reload} />
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={retry} />}
      {rows.length > 0 && (
        <Section title={say('brought')}>
          <DataTable
            label={say('brought')}
            rows={rows}
            rowKey={({ id }) => id}
            head={{ title: say('from'), wide: true, cell: (pack) => <bdi>{originsOf(pack)}</bdi> }}
            columns={[
              { title: say('state'), cell: ({ state }) => <Standing state={state} /> },
              { title: say('begun'), cell: ({ created_at: at }) => <TimeAgo iso={at} /> },
              { title: say('waiting'), isNumber: true, cell: ({ waiting: n }) => count(n) },
              { title: say('accepted'), isNumber: true, cell: ({ found: n }) => count(n) },
              { title: say('playable'), isNumber: true, cell: ({ playable: n }) => count(n) },
              { title: say('refused'), cell: ({ refused }) => <LeftOut refused={refused} /> },
            ]}
            actions={deeds}
          />
        </Section>
      )}
    </>
  );
}

function originsOf({ topics, hosts, accounts }: DiscoveryPack): string {
  return [...topics.map((topic) => `#${topic}`), ...hosts, ...accounts.map((handle) => `@${handle}`)].join(
    ' ',
  );
}

function Standing({ state }: Pick<DiscoveryPack, 'state'>) {
  if (state === 'running') return <Badge tone="good">{say('running')}</Badge>;
  return <Badge>{state === 'stopped' ? say('stopped') : say('done')}</Badge>;
}

/** Words as people write lists of them: with spaces or commas. */
const wordsOf = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '');

/** Chooses topics, servers and accounts; what is wrong may be with all of them together. */
function Choosing({ onBegun }: { onBegun: () => void }) {
  const [topics, setTopics] = useState('');
  const [hosts, setHosts] = useState('');
  const [accounts, setAccounts] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const send = async () => {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    const outcome = await startPack({
      ...{ topics: wordsOf(topics), hosts: wordsOf(hosts), accounts: wordsOf(accounts) },
    });
    setBusy(false);
    if (!outcome.ok) return setError(outcome.sentence);
    toast(say('isBegun'));
    setTopics('');
    setHosts('');
    setAccounts('');
    onBegun();
  };
  return (
    <Section title={say('begin')}>
      <p>{say('beginText')}</p>
      <Form label={say('begin')} onSend={send}>
        {error && <FormError sentence={error} />}
        <Field
          {...{ label: say('topics'), hint: say('topicsHint'), name: 'topics', value: topics }}
          maxLength={1_000}
          onInput={setTopics}
        />
        <Field
          {...{ label: say('hosts'), hint: say('hostsHint'), name: 'hosts', value: hosts }}
          maxLength={1_500}
          onInput={setHosts}
        />
        <Field
          {...{ label: say('accounts'), hint: say('accountsHint'), name: 'accounts', value: accounts }}
          maxLength={6_000}
          onInput={setAccounts}
        />
        <div>
          <Button type="submit" busy={busy}>
            {say('bring')}
          </Button>
        </div>
      </Form>
    </Section>
  );
}
