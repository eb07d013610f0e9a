import { useEffect, useState } from 'preact/hooks';
import type { DomainPurge, KnownServerDetail, ServerProbe } from '../../api/schema.gen.ts';
import { bytes, count } from '../../format.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Failed, Loading } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { Detail, Facts, Section } from '../parts/detail.tsx';
import { moment } from '../parts/moment.ts';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { probeServer, purgeServer, retryServer, showServer } from './calls.ts';
import { DecideDialog } from './decide-dialog.tsx';
import styles from './domains.module.css';
import { levelName } from './levels.ts';
import { say } from './say.ts';
import { ServerState, Time } from './server-state.tsx';

/** How often it is looked how far a purge has come. */
const LOOK_AGAIN_MS = 2_000;

/** All that is known of one server, and what can be done about it. */
export function ServerDetail({ host }: { host: string }) {
  const [remote, reload, set] = useRemote(`server:${host}`, () => showServer(host));
  const [isDeciding, setDeciding] = useState(false);
  const [isPurging, setPurging] = useState(false);
  const [probe, setProbe] = useState<ServerProbe | null>(null);
  const [busy, setBusy] = useState(false);
  const isBeingPurged = remote.state === 'ready' && remote.value.purge?.finished_at === null;
  useEffect(() => {
    if (!isBeingPurged) return;
    const timer = setInterval(async () => {
      const outcome = await showServer(host);
      if (outcome.ok) set(outcome.value);
    }, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isBeingPurged, host, set]);
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  const server = remote.value;

  const ask = async () => {
    setBusy(true);
    const outcome = await probeServer(host);
    setBusy(false);
    if (outcome.ok) setProbe(outcome.value);
    else toast(outcome.sentence, 'error');
  };
  const retry = async () => {
    setBusy(true);
    const outcome = await retryServer(host);
    setBusy(false);
    toast(outcome.ok ? say('retried') : outcome.sentence, outcome.ok ? undefined : 'error');
    reload();
  };
  const actions = (
    <>
      <Button onPress={() => setDeciding(true)}>{say('decide')}</Button>
      <Button look="quiet" busy={busy} onPress={retry}>
        {say('retryNow')}
      </Button>
      <Button look="quiet" busy={busy} onPress={ask}>
        {say('probe')}
      </Button>
      {!isBeingPurged && (
        <Button look="danger" onPress={() => setPurging(true)}>
          {say('purge')}
        </Button>
      )}
    </>
  );
  return (
    <Detail
      title={host}
      back={{ href: '/admin/servers', words: say('allServers') }}
      badges={<ServerState server={server} />}
      actions={actions}
    >
      {probe && <ProbeSteps probe={probe} />}
      <Known server={server} />
      {isDeciding && (
        <DecideDialog
          domains={[host]}
          from={server.policy?.domain === host ? server.policy : null}
          onDone={() => {
            setDeciding(false);
            reload();
          }}
          onClose={() => setDeciding(false)}
        />
      )}
      {isPurging && (
        <PurgeDialog
          server={server}
          onDone={() => {
            setPurging(false);
            reload();
          }}
          onClose={() => setPurging(false)}
        />
      )}
    </Detail>
  );
}

function Known({ server }: { server: KnownServerDetail }) {
  const { policy, effect, refusals, blocked_by } = server;
  return (
    <>
      <Facts
        facts={[
          { term: say('software'), value: `${server.software ?? '–'} ${server.version ?? ''}` },
          { term: say('firstMet'), value: <Time iso={server.first_seen_at} /> },
          { term: say('lastIn'), value: <Time iso={server.last_inbound_at} /> },
          { term: say('lastOut'), value: <Time iso={server.last_outbound_ok_at} /> },
          { term: say('circuit'), value: circuitOf(server) },
          ...(server.purge ? [{ term: say('purgeTerm'), value: <PurgeState purge={server.purge} /> }] : []),
          { term: say('waiting'), value: count(effect.open_deliveries) },
          { term: say('deadLetters'), value: count(server.dead_letters) },
          { term: say('accounts'), value: count(server.accounts) },
          { term: say('mediaBytes'), value: bytes(effect.media_bytes) },
          {
            term: say('policy'),
            value: policy ? `${levelName(policy.severity)} (${policy.domain})` : say('notLimited'),
          },
          { term: say('publicNote'), value: policy?.public_comment },
          { term: say('privateNote'), value: policy?.private_comment },
        ]}
      />
      <Section title={say('refusals')}>
        {refusals.length === 0 ? (
          <p>{say('noRefusals')}</p>
        ) : (
          <Facts facts={refusals.map((one) => ({ term: one.reason, value: count(one.count) }))} />
        )}
      </Section>
      <Section title={say('blockedBy')}>
        {blocked_by.length === 0 ? (
          <p>{say('noBlockedBy')}</p>
        ) : (
          <Facts
            facts={blocked_by.map((one) => ({
              term: one.host,
              value: <Blocked by={one} />,
            }))}
          />
        )}
      </Section>
    </>
  );
}

function Blocked({ by: { severity, comment } }: { by: KnownServerDetail['blocked_by'][number] }) {
  return (
    <>
      {levelName(severity)}
      {comment !== '' && <p dir="auto">{comment}</p>}
    </>
  );
}

function PurgeState({ purge }: { purge: DomainPurge }) {
  const words = say(purge.finished_at === null ? 'purgeRuns' : 'purgeDone', purge);
  return <span role="status">{words}</span>;
}

function circuitOf({ failures, open_until }: KnownServerDetail): string {
  const state = open_until === null ? say('circuitClosed') : say('circuitOpen', { time: moment(open_until) });
  return failures === 0 ? state : `${state} (${say('failures', { count: failures })})`;
}

function ProbeSteps({ probe }: { probe: ServerProbe }) {
  return (
    <Section title={say('probeTitle')}>
      <ol class={styles.stack}>
        {probe.steps.map(({ step, what, ms }) => (
          <li key={`${ms} ${what}`}>
            <strong>{step}</strong> <bdi>{what}</bdi> ({ms} ms)
          </li>
        ))}
      </ol>
    </Section>
  );
}

interface PurgeProps {
  readonly server: KnownServerDetail;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

function PurgeDialog({ server, onDone, onClose }: PurgeProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  return (
    <ReasonDialog
      title={say('purge')}
      text={say('purgeText', { count: server.effect.accounts })}
      action={say('purge')}
      busy={busy}
      problem={problem}
      isRequired
      onClose={onClose}
      onConfirm={async (reason) => {
        setBusy(true);
        const outcome = await purgeServer(server.host, reason);
        setBusy(false);
        if (!outcome.ok) return setProblem(outcome.sentence);
        toast(say('purged'));
        onDone();
      }}
    />
  );
}
