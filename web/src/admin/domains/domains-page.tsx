import { useState } from 'preact/hooks';
import type { BlockListAudience, DomainPolicy } from '../../api/schema.gen.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Field, SelectField } from '../../ui/field.tsx';
import { Failed, Loading, Notice, Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { Badge } from '../parts/badge.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Section } from '../parts/detail.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { SomeRows } from '../parts/some-rows.tsx';
import { say as sayAdmin } from '../say.ts';
import { audience, deeds, lift, policies, setAudience } from './calls.ts';
import { DecideDialog } from './decide-dialog.tsx';
import { Deeds } from './deeds.tsx';
import styles from './domains.module.css';
import { ImportFile } from './import-file.tsx';
import { levelName, levelTone } from './levels.ts';
import { say } from './say.ts';

/** What is decided about domains, by hand and by files, and the way back. */
export function DomainsPage() {
  const [remote, reload] = useRemote('domain policies', policies);
  const [lately, reloadDeeds] = useRemote('domain deeds', deeds);
  const [deciding, setDeciding] = useState<DomainPolicy | 'new' | null>(null);
  const [lifting, setLifting] = useState<DomainPolicy | null>(null);
  const changed = () => {
    setDeciding(null);
    setLifting(null);
    reload();
    reloadDeeds();
  };
  return (
    <Page title={say('domains')} width="wide">
      <div>
        <Button icon="plus" onPress={() => setDeciding('new')}>
          {say('add')}
        </Button>
      </div>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' && (
        <Policies rows={remote.value} onDecide={setDeciding} onLift={setLifting} />
      )}
      <Section title={say('file')}>
        <ImportFile onApplied={changed} />
      </Section>
      <Section title={say('deeds')}>
        <Deeds remote={lately} onRetry={reloadDeeds} onUndone={changed} />
      </Section>
      <div class={styles.form}>
        <Audience />
      </div>
      {deciding && (
        <DecideDialog
          domains={deciding === 'new' ? [] : [deciding.domain]}
          from={deciding === 'new' ? null : deciding}
          onDone={changed}
          onClose={() => setDeciding(null)}
        />
      )}
      {lifting && <LiftDialog policy={lifting} onDone={changed} onClose={() => setLifting(null)} />}
    </Page>
  );
}

interface PoliciesProps {
  readonly rows: readonly DomainPolicy[];
  readonly onDecide: (policy: DomainPolicy) => void;
  readonly onLift: (policy: DomainPolicy) => void;
}

/** What is decided, to be found in. */
function Policies({ rows, onDecide, onLift }: PoliciesProps) {
  const [wanted, setWanted] = useState('');
  if (rows.length === 0) {
    return <Notice icon="globe" title={say('noPolicies')} text={say('noPoliciesText')} />;
  }
  const word = wanted.trim().toLowerCase();
  const found = rows.filter(({ domain, public_comment, private_comment }) =>
    `${domain} ${public_comment} ${private_comment}`.toLowerCase().includes(word),
  );
  return (
    <>
      <div class={styles.form}>
        <Field label={sayAdmin('find')} name="find" value={wanted} onInput={setWanted} />
      </div>
      {found.length === 0 && <p role="status">{sayAdmin('noMatch')}</p>}
      <SomeRows key={word} rows={found}>
        {(shown) => shown.length > 0 && <PolicyTable rows={shown} onDecide={onDecide} onLift={onLift} />}
      </SomeRows>
    </>
  );
}

function PolicyTable({ rows, onDecide, onLift }: PoliciesProps) {
  const origins: Readonly<Record<DomainPolicy['origin'], string>> = {
    ...{ hand: say('originHand'), import: say('originImport'), subscription: say('originSubscription') },
  };
  return (
    <DataTable
      label={say('domains')}
      rows={rows}
      rowKey={({ domain }) => domain}
      head={{ title: say('domain'), cell: ({ domain }) => <bdi>{domain}</bdi> }}
      columns={[
        {
          title: say('level'),
          cell: ({ severity }) => <Badge tone={levelTone(severity)}>{levelName(severity)}</Badge>,
        },
        {
          title: say('publicNote'),
          wide: true,
          cell: ({ public_comment }) => <span dir="auto">{public_comment}</span>,
        },
        { title: say('origin'), cell: ({ origin }) => origins[origin] },
        {
          title: say('until'),
          cell: ({ expires_at }) => (expires_at === null ? '–' : <TimeAgo iso={expires_at} />),
        },
      ]}
      actions={(policy) => (
        <>
          <Button
            look="quiet"
            label={say('decideWho', { domain: policy.domain })}
            onPress={() => onDecide(policy)}
          >
            {say('decide')}
          </Button>
          <Button
            look="quiet"
            label={say('liftWho', { domain: policy.domain })}
            onPress={() => onLift(policy)}
          >
            {say('lift')}
          </Button>
        </>
      )}
    />
  );
}

interface LiftProps {
  readonly policy: DomainPolicy;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

function LiftDialog({ policy: { domain }, onDone, onClose }: LiftProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  return (
    <ReasonDialog
      title={say('liftWho', { domain })}
      text={say('liftText')}
      action={say('lift')}
      busy={busy}
      problem={problem}
      onClose={onClose}
      onConfirm={async (reason) => {
        setBusy(true);
        const outcome = await lift(domain, reason);
        setBusy(false);
        if (!outcome.ok) return setProblem(outcome.sentence);
        toast(say('lifted', { domain }));
        onDone();
      }}
    />
  );
}

/** Who may read whom this server limits. */
function Audience() {
  const [remote, reload, set] = useRemote('block list audience', audience);
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} onRetry={reload} />;
  const choices: readonly { value: BlockListAudience['audience']; name: string }[] = [
    { value: 'public', name: say('audiencePublic') },
    { value: 'members', name: say('audienceMembers') },
    { value: 'hidden', name: say('audienceHidden') },
  ];
  return (
    <SelectField
      label={say('audience')}
      value={remote.value.audience}
      choices={choices}
      onChoose={async (value) => {
        const to = choices.find((one) => one.value === value);
        if (!to) return;
        const outcome = await setAudience({ audience: to.value });
        if (!outcome.ok) return toast(outcome.sentence, 'error');
        set(outcome.value);
        toast(say('saved'));
      }}
    />
  );
}
