import { useState } from 'preact/hooks';
import type { Sound } from '../api/schema.gen.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Form, FormError } from '../ui/field.tsx';
import { changeSound } from './calls.ts';
import { draftOf, saidIn, wrongIn } from './rights.ts';
import { RightsFields } from './rights-fields.tsx';
import { say } from './say.ts';

const MAX_TITLE = 100;

interface ChangeProps {
  readonly sound: Sound;
  readonly onChange: (sound: Sound) => void;
  readonly onClose: () => void;
}

/** What one's own sound is called, whose it is and what may be done with it. */
export function ChangeDialog({ sound, onChange, onClose }: ChangeProps) {
  const [title, setTitle] = useState(sound.title);
  const [draft, setDraft] = useState(draftOf(sound.rights));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [wrong, setWrong] = useState<ReadonlySet<string>>(new Set());
  const isSettled = sound.rights?.by_staff === true;
  const send = async () => {
    if (busy) return;
    setBusy(true);
    const outcome = await changeSound(sound.id, {
      title: title.trim(),
      ...(!isSettled && { rights: saidIn(draft) }),
    });
    setBusy(false);
    if (outcome.ok) {
      onChange(outcome.value);
      onClose();
      return;
    }
    setProblem(outcome.sentence);
    setWrong(wrongIn(outcome.fields));
  };
  return (
    <Dialog title={say('changeTitle')} onClose={onClose}>
      <Form label={say('changeTitle')} onSend={send}>
        {problem !== undefined && <FormError sentence={problem} />}
        <Field
          label={say('name')}
          name="title"
          value={title}
          onInput={setTitle}
          maxLength={MAX_TITLE}
          hint={say('nameHint')}
        />
        {isSettled ? <p>{say('settled')}</p> : <RightsFields {...{ draft, wrong }} onChange={setDraft} />}
        <div>
          <Button type="submit" busy={busy}>
            {say('keep')}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
