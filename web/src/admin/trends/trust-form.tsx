import { useState } from 'preact/hooks';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Field, Form, FormError } from '../../ui/field.tsx';
import { setTrust } from './calls.ts';
import { say } from './say.ts';

/** Sets how much people of a server count, over what it earned. */
export function TrustForm() {
  const [domain, setDomain] = useState('');
  const [text, setText] = useState('');
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const send = async () => {
    if (busy) return;
    const written = text.trim().replace(',', '.');
    const trust = written === '' ? null : Number(written);
    if (trust !== null && !(trust >= 0 && trust <= 1)) return setProblem(say('numberWrong'));
    setBusy(true);
    setProblem(undefined);
    const outcome = await setTrust(domain.trim().toLowerCase(), trust, note.trim());
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome.sentence);
    toast(say('saved'));
    setDomain('');
    setText('');
    setNote('');
  };
  return (
    <Form label={say('trust')} onSend={send}>
      <p>{say('trustText')}</p>
      {problem !== undefined && <FormError sentence={problem} />}
      <Field required label={say('domain')} name="domain" value={domain} onInput={setDomain} />
      <Field label={say('number')} name="trust" value={text} onInput={setText} />
      <Field label={say('trustNote')} name="note" value={note} onInput={setNote} maxLength={500} />
      <div>
        <Button type="submit" busy={busy}>
          {say('save')}
        </Button>
      </div>
    </Form>
  );
}
