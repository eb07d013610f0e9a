import { useState } from 'preact/hooks';
import type { DomainPolicy } from '../../api/schema.gen.ts';
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
  /** What is decided about the one domain now. */
  readonly from?: DomainPolicy | null;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

const DAY_MS = 86_400_000;

/** Decides about one or several domains, after it has said whom that is about. */
export function DecideDialog({ domains, from, onDone, onClose }: DecideDialogProps) {
  const [named, setNamed] = useState('');
  const [level, setLevel] = useState<Level>(from?.severity ?? 'silence');
  const [rejectMedia, setRejectMedia] = useState(from?.reject_media ?? false);
  const [rejectReports, setRejectReports] = useState(from?.reject_reports ?? false);
  const [obfuscate, setObfuscate] = useState(from?.obfuscate ?? false);
  const [publicNote, setPublicNote] = useState(from?.public_comment ?? '');
  const [privateNote, setPrivateNote] = useState(from?.private_comment ?? '');
  const [days, setDays] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const about = domains.length > 0 ? domains : named.trim() === '' ? [] : [named.trim()];

  const send = async (reason: string) => {
    setBusy(true);
    // Of several, each keeps what is not chosen here; of one, all of it stands in the form.
    const isOne = about.length === 1;
    const flag = (is: boolean) => (isOne || is ? is : undefined);
    const text = (value: string) => (isOne || value.trim() !== '' ? value.trim() : undefined);
    const outcome = await decide({
      ...{ domains: about, severity: level, reason, obfuscate: flag(obfuscate) },
      ...{ reject_media: flag(rejectMedia), reject_reports: flag(rejectReports) },
      ...{ public_comment: text(publicNote), private_comment: text(privateNote) },
      expires_at: expiry(days, from?.expires_at ?? null),
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
        hint={say('levelMeans', { level: level.replace('-', '_') })}
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
        hint={from?.expires_at == null && about.length <= 1 ? say('daysHintNew') : say('daysHint')}
      />
    </ReasonDialog>
  );
}

/** Until when it counts: what stood there, where nothing was written. */
function expiry(days: string, before: string | null): string | null {
  if (days === '') return before;
  return days === '0' ? null : new Date(Date.now() + Number(days) * DAY_MS).toISOString();
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
