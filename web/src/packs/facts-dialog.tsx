import { useState } from 'preact/hooks';
import type { ApiOutcome } from '../api/client.ts';
import type { Pack } from '../api/schema.gen.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import styles from './packs.module.css';
import { say } from './say.ts';

const MOST = { title: 100, description: 500 };

interface FactsDialogProps {
  readonly title: string;
  readonly action: string;
  readonly first: Pick<Pack, 'title' | 'description'>;
  /** Where the file says what connects them, that is not asked for. */
  readonly asksDescription?: boolean;
  readonly onSave: (facts: Pick<Pack, 'title' | 'description'>) => Promise<ApiOutcome<unknown>>;
  readonly onClose: () => void;
}

/** Asks what a starter pack is called. */
export function FactsDialog(props: FactsDialogProps) {
  const { title, action, first, asksDescription = true, onSave, onClose } = props;
  const [facts, setFacts] = useState({ title: first.title, description: first.description });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const save = async () => {
    setBusy(true);
    setProblem(undefined);
    const outcome = await onSave(facts);
    setBusy(false);
    if (!outcome.ok) setProblem(outcome.sentence);
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        class={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) save();
        }}
      >
        <Field
          label={say('name')}
          name="title"
          value={facts.title}
          required
          isNext
          maxLength={MOST.title}
          error={problem}
          onInput={(value) => setFacts({ ...facts, title: value })}
        />
        {asksDescription && (
          <Field
            label={say('description')}
            name="description"
            value={facts.description}
            multiline
            maxLength={MOST.description}
            hint={say('makeText')}
            onInput={(value) => setFacts({ ...facts, description: value })}
          />
        )}
        <div class={styles.actions}>
          <Button type="submit" busy={busy}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
