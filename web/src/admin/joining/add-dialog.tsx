import { useState } from 'preact/hooks';
import type { ApiOutcome } from '../../api/client.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Choice, Field, Form } from '../../ui/field.tsx';
import { type Added, add, addLines, type Kind } from './calls.ts';
import { IpFields, type IpForm, newIpForm, secondsOf } from './ip-fields.tsx';
import styles from './joining.module.css';
import { say } from './say.ts';

interface AddProps {
  readonly kind: Kind;
  readonly onAdded: () => void;
  readonly onClose: () => void;
}

const TITLES = { email: 'addEmails', ip: 'addIps', name: 'addNames' } as const;
const LABELS = { email: 'domains', ip: 'networks', name: 'names' } as const;
const HINTS = { email: 'domainsHint', ip: 'networksHint', name: 'namesHint' } as const;

/** Takes one or many: a line each, such as a list that was copied elsewhere. */
export function AddDialog({ kind, onAdded, onClose }: AddProps) {
  const [text, setText] = useState('');
  const [byApproval, setByApproval] = useState(false);
  const [comment, setComment] = useState('');
  const [ip, setIp] = useState<IpForm>(newIpForm);
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<Added | null>(null);

  const addLine = (line: string): Promise<ApiOutcome<object>> => {
    if (kind === 'email') return add(kind, { domain: line, allow_with_approval: byApproval });
    if (kind === 'name') return add(kind, { name: line.replace(/^@/, ''), comment });
    const [network = '', ...note] = line.split(/[\s,;]+/);
    const expires_in = secondsOf(ip);
    const own = { ip: network, comment: note.join(' ') || ip.comment, severity: ip.severity };
    return add(kind, { ...own, ...(expires_in !== null && { expires_in }) });
  };
  const send = async () => {
    if (busy) return;
    setBusy(true);
    const done = await addLines(text, addLine);
    setBusy(false);
    if (done.added > 0) onAdded();
    if (done.refused.length === 0) {
      toast(say('added', { added: done.added }));
      return onClose();
    }
    setResult(done);
    // What is left is what was refused: to be mended and sent again.
    setText(done.refused.map(({ line }) => line).join('\n'));
  };

  return (
    <Dialog title={say(TITLES[kind])} onClose={onClose}>
      <Form label={say(TITLES[kind])} onSend={send}>
        {result && <Refused result={result} />}
        <Field
          multiline
          required
          label={say(LABELS[kind])}
          hint={say(HINTS[kind])}
          name="lines"
          value={text}
          onInput={setText}
        />
        {kind === 'email' && (
          <Choice type="checkbox" name="approval" checked={byApproval} onChoose={setByApproval}>
            {say('byApproval')}
          </Choice>
        )}
        {kind === 'ip' && <IpFields form={ip} onChange={setIp} />}
        {kind === 'name' && <Field label={say('note')} name="comment" value={comment} onInput={setComment} />}
        <div class={styles.buttons}>
          <Button look="quiet" onPress={onClose}>
            {say('cancel')}
          </Button>
          <Button type="submit" busy={busy}>
            {say('add')}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

function Refused({ result: { added, refused } }: { result: Added }) {
  return (
    <div role="alert">
      {added > 0 && <p>{say('added', { added })}</p>}
      <p>{say('notAdded', { n: refused.length })}</p>
      <ul>
        {refused.map(({ line, sentence }) => (
          <li key={line}>
            <bdi>{line}</bdi>: {sentence}
          </li>
        ))}
      </ul>
    </div>
  );
}
