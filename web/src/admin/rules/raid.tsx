import { useState } from 'preact/hooks';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { Section } from '../parts/detail.tsx';
import { moment } from '../parts/moment.ts';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { raidMode, setRaid } from './calls.ts';
import { say } from './say.ts';

/** The switch against a wave of spam. */
export function Raid() {
  const [remote, , set] = useRemote('raid', raidMode);
  const [isAsking, setAsking] = useState(false);
  const [hours, setHours] = useState('24');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | undefined>();
  if (remote.state !== 'ready') return null;
  const { on, until } = remote.value;

  const turn = async (reason: string) => {
    setBusy(true);
    setProblem(undefined);
    const outcome = await setRaid({ on: !on, reason, ...(on ? {} : { hours: Number(hours) }) });
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome.sentence);
    setAsking(false);
    set(outcome.value);
    toast(stateOf(outcome.value));
  };

  return (
    <Section title={say('raid')}>
      <p>{say('raidText')}</p>
      <p role="status">{stateOf({ until })}</p>
      <Button look="quiet" onPress={() => setAsking(true)}>
        {on ? say('raidEnd') : say('raidStart')}
      </Button>
      {isAsking && (
        <ReasonDialog
          title={on ? say('raidEnd') : say('raidStart')}
          text={say('raidText')}
          action={on ? say('raidEnd') : say('raidStart')}
          look="primary"
          busy={busy}
          problem={problem}
          onConfirm={turn}
          onClose={() => setAsking(false)}
        >
          {!on && (
            <Field
              type="whole"
              label={say('raidHours')}
              name="hours"
              value={hours}
              onInput={setHours}
              required
            />
          )}
        </ReasonDialog>
      )}
    </Section>
  );
}

function stateOf({ until }: { until: string | null }): string {
  return until === null ? say('raidOff') : say('raidUntil', { until: moment(until) });
}
