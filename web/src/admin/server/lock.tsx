import { useState } from 'preact/hooks';
import type { ServerLock } from '../../api/schema.gen.ts';
import { absolute } from '../../format.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Failed, Loading } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { Callout } from '../parts/callout.tsx';
import { Section } from '../parts/detail.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { serverLock, setServerLock } from './calls.ts';
import { say } from './say.ts';

/** Makes the whole server read-only for work on it, and opens it again. */
export function Lock() {
  const [remote, reload, set] = useRemote('server-lock', serverLock);
  const [isAsking, setAsking] = useState(false);
  return (
    <Section title={say('lock')}>
      <p>{say('lockText')}</p>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' && (
        <>
          <State {...remote.value} />
          <Button look="quiet" onPress={() => setAsking(true)}>
            {say(remote.value.locked ? 'unlockNow' : 'lockNow')}
          </Button>
          {isAsking && (
            <Ask
              isLocked={remote.value.locked}
              onDone={(now) => {
                setAsking(false);
                set(now);
                toast(say(now.locked ? 'locked' : 'open'));
              }}
              onClose={() => setAsking(false)}
            />
          )}
        </>
      )}
    </Section>
  );
}

function State({ since, note }: ServerLock) {
  if (since === null) return <p role="status">{say('open')}</p>;
  return <Callout tone="bad" title={say('lockedSince', { since: absolute(since) })} text={note} />;
}

interface AskProps {
  readonly isLocked: boolean;
  readonly onDone: (now: ServerLock) => void;
  readonly onClose: () => void;
}

function Ask({ isLocked, onDone, onClose }: AskProps) {
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | undefined>();
  const turn = async (reason: string) => {
    setBusy(true);
    setProblem(undefined);
    const outcome = await setServerLock({ locked: !isLocked, note, reason });
    setBusy(false);
    if (outcome.ok) onDone(outcome.value);
    else setProblem(outcome.sentence);
  };
  const action = say(isLocked ? 'unlockNow' : 'lockNow');
  return (
    <ReasonDialog
      title={action}
      text={say(isLocked ? 'unlockText' : 'lockWarning')}
      action={action}
      look="primary"
      busy={busy}
      problem={problem}
      onConfirm={turn}
      onClose={onClose}
    >
      {!isLocked && (
        <Field
          label={say('note')}
          hint={say('noteHint')}
          name="note"
          value={note}
          onInput={setNote}
          maxLength={500}
        />
      )}
    </ReasonDialog>
  );
}
