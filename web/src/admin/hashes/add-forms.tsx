import { useState } from 'preact/hooks';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Field, Form, FormError } from '../../ui/field.tsx';
import { add, type NewEntry } from './calls.ts';
import styles from './hashes.module.css';
import { say } from './say.ts';

const DISTANCE = '10';

/** By a video that is here, or by what is known of it elsewhere. */
export function AddForms({ onAdded }: { onAdded: () => void }) {
  return (
    <div class={styles.forms}>
      <VideoForm onAdded={onAdded} />
      <details>
        <summary class={styles.summary}>{say('addHash')}</summary>
        <HashForm onAdded={onAdded} />
      </details>
    </div>
  );
}

/** Sends an entry; says in the form why it was refused. */
function useAdding(onAdded: () => void) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const send = async (entry: NewEntry): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    setProblem(undefined);
    const outcome = await add(entry);
    setBusy(false);
    if (!outcome.ok) {
      setProblem(outcome.sentence);
      return false;
    }
    toast(say('added'));
    onAdded();
    return true;
  };
  return { busy, problem, setProblem, send };
}

function VideoForm({ onAdded }: { onAdded: () => void }) {
  const [video, setVideo] = useState('');
  const [label, setLabel] = useState('');
  const { busy, problem, setProblem, send } = useAdding(onAdded);
  const submit = async () => {
    // The address of a clip ends with its number.
    const [, id] = /(\d+)\/?\s*$/.exec(video) ?? [];
    if (id === undefined) return setProblem(say('videoWrong'));
    if (await send({ video_id: id, label: label.trim() })) {
      setVideo('');
      setLabel('');
    }
  };
  return (
    <Form label={say('addVideo')} onSend={submit}>
      {problem !== undefined && <FormError sentence={problem} />}
      <Field
        required
        label={say('video')}
        hint={say('videoHint')}
        name="video"
        value={video}
        onInput={setVideo}
      />
      <Field label={say('label')} name="label" value={label} onInput={setLabel} maxLength={200} />
      <div>
        <Button type="submit" busy={busy}>
          {say('add')}
        </Button>
      </div>
    </Form>
  );
}

function HashForm({ onAdded }: { onAdded: () => void }) {
  const [sha256, setSha256] = useState('');
  const [phash, setPhash] = useState('');
  const [distance, setDistance] = useState(DISTANCE);
  const [label, setLabel] = useState('');
  const { busy, problem, send } = useAdding(onAdded);
  const submit = async () => {
    const entry = {
      ...{ sha256: sha256.trim() || null, phash: phash.replaceAll(/\s/g, '') || null },
      ...{ distance: Number(distance), label: label.trim() },
    };
    if (!(await send(entry))) return;
    setSha256('');
    setPhash('');
    setLabel('');
  };
  return (
    <Form label={say('addHash')} onSend={submit}>
      {problem !== undefined && <FormError sentence={problem} />}
      <Field label={say('sha256')} name="sha256" value={sha256} onInput={setSha256} />
      <Field
        multiline
        label={say('phash')}
        hint={say('phashHint')}
        name="phash"
        value={phash}
        onInput={setPhash}
      />
      <Field type="whole" label={say('distance')} name="distance" value={distance} onInput={setDistance} />
      <Field label={say('label')} name="label" value={label} onInput={setLabel} maxLength={200} />
      <div>
        <Button type="submit" busy={busy}>
          {say('add')}
        </Button>
      </div>
    </Form>
  );
}
