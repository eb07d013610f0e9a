import { useEffect, useRef, useState } from 'preact/hooks';
import type { ApiOutcome } from '../api/client.ts';
import type { Account, Relationship, Report } from '../api/types.ts';
import { refreshRelationship } from '../state/relationships.ts';
import { serverName } from '../state/session.ts';
import { takeOut } from '../state/timelines.ts';
import { toast } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { calls } from './calls.ts';
import styles from './report.module.css';
import { say } from './say.ts';

interface ResultProps {
  readonly report: Report;
  readonly account: Account;
  readonly onClose: () => void;
}

/** What becomes of a report, and a way not to see the account any more. */
export function ReportResult({ report, account, onClose }: ResultProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const who = `@${account.acct}`;
  const takeAway = () => {
    takeOut((status) => status.account.id === account.id);
  };
  return (
    <div class={styles.steps}>
      <span class={styles.mark}>
        <Icon name="check" size={34} />
      </span>
      <h3 class={styles.question} ref={heading} tabIndex={-1}>
        {say('done')}
      </h3>
      <p>{say('doneText', { server: serverName() })}</p>
      {report.forwarded && account.host && <p>{say('doneForwarded', { host: account.host })}</p>}
      <p>{say('notSee', { who })}</p>
      <Offer
        icon="mute"
        label={say('mute', { who })}
        done={say('muted')}
        hint={say('muteHint')}
        onPress={() => calls.mute(account.id)}
        onDone={takeAway}
      />
      <Offer
        icon="block"
        label={say('block', { who })}
        done={say('blocked')}
        hint={say('blockHint')}
        onPress={() => calls.block(account.id)}
        onDone={takeAway}
      />
      <div class={styles.buttons}>
        <Button onPress={onClose}>{say('close')}</Button>
      </div>
    </div>
  );
}

interface OfferProps {
  readonly icon: 'mute' | 'block';
  readonly label: string;
  readonly done: string;
  readonly hint: string;
  readonly onPress: () => Promise<ApiOutcome<Relationship>>;
  /** Takes what the account made out of the lists. */
  readonly onDone: () => void;
}

function Offer({ icon, label, done, hint, onPress, onDone }: OfferProps) {
  const [state, setState] = useState<'open' | 'busy' | 'done'>('open');
  const press = async () => {
    setState('busy');
    const outcome = await onPress();
    setState(outcome.ok ? 'done' : 'open');
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    onDone();
    void refreshRelationship(outcome.value.id);
  };
  return (
    <div class={styles.offer}>
      <Button look="quiet" icon={state === 'done' ? 'check' : icon} busy={state !== 'open'} onPress={press}>
        {state === 'done' ? done : label}
      </Button>
      <p>{hint}</p>
    </div>
  );
}
