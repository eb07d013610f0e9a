import { useState } from 'preact/hooks';
import { toast } from '../../state/toasts.ts';
import { Choice, Field, SelectField } from '../../ui/field.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { decide, effectOf, type Level } from './calls.ts';
import { levelName, levels } from './levels.ts';
import { say } from './say.ts';

interface DecideDialogProps {
  /** About which; with none, one is named here. */
  readonly domains: readonly string[];
  readonly onDone: () => void;
  readonly onClose: () => void;
}

const DAY_MS = 86_400_000;

/** Decides about one or several domains, after it has said whom that is about. */
export function DecideDialog({ domains, onDone, onClose }: DecideDialogProps) {
  const [named, setNamed] = useState('');
  const [level, setLevel] = useState<Level>('silence');
  const [rejectMedia, setRejectMedia] = useState(false);
  const [rejectReports, setRejectReports] = useState(false);
  const [obfuscate, setObfuscate] = useState(false);
  const [publicNote, setPublicNote] = useState('');
  const [privateNote, setPrivateNote] = useState('');
  const [days, setDays] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const about = domains.length > 0 ? domains : named.trim() === '' ? [] : [named.trim()];

  const send = async (reason: string) => {
    setBusy(true);
    const outcome = await decide({
      ...{ domains: about, severity: level, reason, obfuscate },
      ...{ reject_media: rejectMedia, reject_reports: rejectReports },
      ...(publicNote.trim() === '' ? {} : { public_comment: publicNote.trim() }),
      ...(privateNote.trim() === '' ? {} : { private_comment: privateNote.trim() }),
      expires_at: days === '' ? null : new Date(Date.now() + Number(days) * DAY_MS).toISOString(),
    });
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome.sentence);
    toast(say('decided', { count: outcome.value.changed }));
    onDone();
  };

  return (
    <ReasonDialog
      title={domains.length === 0 ? say('add') : say('decideTitle', { count: domains.length })}
      text={level === 'suspend' ? say('suspendText') : ''}
      action={say('apply')}
      busy={busy}
      problem={problem}
      onConfirm={send}
      onClose={onClose}
    >
      {domains.length === 0 && (
        <Field label={say('domain')} name="domain" value={named} onInput={setNamed} required />
      )}
      {domains.length > 0 && <Effect domains={domains} />}
      <SelectField
        label={say('level')}
        value={level}
        choices={levels.map((value) => ({ value, name: levelName(value) }))}
        onChoose={(value) => setLevel(levels.find((one) => one === value) ?? level)}
      />
      <Choice type="checkbox" name="media" checked={rejectMedia} onChoose={setRejectMedia}>
        {say('rejectMedia')}
      </Choice>
      <Choice type="checkbox" name="reports" checked={rejectReports} onChoose={setRejectReports}>
        {say('rejectReports')}
      </Choice>
      <Choice type="checkbox" name="obfuscate" checked={obfuscate} onChoose={setObfuscate}>
        {say('obfuscate')}
      </Choice>
      <Field label={say('publicNote')} name="public" value={publicNote} onInput={setPublicNote} />
      <Field label={say('privateNote')} name="private" value={privateNote} onInput={setPrivateNote} />
      <Field
        label={say('days')}
        name="days"
        value={days}
        onInput={(text) => setDays(text.replace(/\D/g, '').slice(0, 5))}
        hint={say('daysHint')}
      />
    </ReasonDialog>
  );
}

/** Whom a decision about these domains would be about. */
export function Effect({ domains }: { domains: readonly string[] }) {
  const [remote] = useRemote(`effect:${domains.join(' ')}`, () => effectOf(domains));
  if (remote.state === 'loading') return <p>…</p>;
  if (remote.state === 'failed') return <p>{remote.failure.sentence}</p>;
  const { accounts, videos, local_followers, follows_in, open_deliveries } = remote.value;
  return (
    <p>
      {say('effect', {
        ...{ accounts, videos, localFollowers: local_followers },
        ...{ followsIn: follows_in, openDeliveries: open_deliveries },
      })}
    </p>
  );
}
