import { useState } from 'preact/hooks';
import { count } from '../../format.ts';
import { Button } from '../../ui/button.tsx';
import { Field, Form } from '../../ui/field.tsx';
import { Failed, Loading } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Section } from '../parts/detail.tsx';
import { dismiss, notices, unwatch, watch, watches } from './calls.ts';
import styles from './domains.module.css';
import { done } from './done.ts';
import { say } from './say.ts';
import { Time } from './server-state.tsx';

const MOST_FOLLOWED = 10;

/** Whom other servers block, by their own word. */
export function Watches() {
  return (
    <>
      <Section title={say('notices')}>
        <Notices />
      </Section>
      <Section title={say('watches')}>
        <p>{say('watchesText')}</p>
        <Asked />
      </Section>
    </>
  );
}

function Notices() {
  const [remote, reload] = useRemote('block notices', notices);
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} onRetry={reload} />;
  if (remote.value.length === 0) return <p>{say('noNotices')}</p>;
  return (
    <DataTable
      label={say('notices')}
      rows={remote.value}
      rowKey={({ domain }) => domain}
      head={{
        title: say('domain'),
        cell: ({ domain }) => <a href={`/admin/servers/${encodeURIComponent(domain)}`}>{domain}</a>,
      }}
      columns={[
        { title: say('blocks'), wide: true, cell: ({ peers }) => say('notice', { peers }) },
        { title: say('when'), cell: ({ created_at }) => <Time iso={created_at} /> },
      ]}
      actions={({ domain }) => (
        <Button
          look="quiet"
          label={say('dismissWho', { domain })}
          onPress={async () => {
            if (await done(dismiss(domain))) reload();
          }}
        >
          {say('dismiss')}
        </Button>
      )}
    />
  );
}

function Asked() {
  const [remote, reload] = useRemote('block watches', watches);
  const [host, setHost] = useState('');
  const ask = async (input: { host: string } | { most_followed: number }) => {
    if (!(await done(watch(input)))) return;
    setHost('');
    reload();
  };
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} onRetry={reload} />;
  return (
    <>
      {remote.value.length === 0 ? (
        <p>{say('noWatches')}</p>
      ) : (
        <DataTable
          label={say('watches')}
          rows={remote.value}
          rowKey={(one) => one.host}
          head={{ title: say('server'), cell: (one) => <bdi>{one.host}</bdi> }}
          columns={[
            { title: say('blocks'), isNumber: true, cell: ({ blocks }) => count(blocks) },
            {
              title: say('fetched'),
              wide: true,
              cell: ({ succeeded_at, failure }) => failure ?? <Time iso={succeeded_at} />,
            },
          ]}
          actions={(one) => (
            <Button
              look="quiet"
              label={say('unwatchWho', { host: one.host })}
              onPress={async () => {
                if (await done(unwatch(one.host))) reload();
              }}
            >
              {say('unwatch')}
            </Button>
          )}
        />
      )}
      <div class={styles.row}>
        <Button look="quiet" onPress={() => ask({ most_followed: MOST_FOLLOWED })}>
          {say('mostFollowed')}
        </Button>
      </div>
      <Form label={say('watch')} onSend={() => ask({ host: host.trim() })}>
        <Field label={say('server')} name="watch" value={host} onInput={setHost} required />
        <Button type="submit" look="quiet">
          {say('watch')}
        </Button>
      </Form>
    </>
  );
}
