import { useState } from 'preact/hooks';
import { toast } from '../../state/toasts.ts';
import { setTag, type TagDeed } from '../../tags/calls.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { SettingsForm } from '../parts.tsx';
import styles from '../settings.module.css';
import { useSaving } from '../use-saving.ts';
import { say } from './say.ts';

const MAX_CHARACTERS = 100;

interface AddTagProps {
  readonly deed: TagDeed;
  readonly action: string;
  readonly onAdded: () => void;
}

/** A hashtag to write, and what is done with it. */
export function AddTag({ deed, action, onAdded }: AddTagProps) {
  const [name, setName] = useState('');
  // A word that is no hashtag, and one too many.
  const { busy, errors, run } = useSaving(['name'], { 'not-found': 'name', 'too-many-tags': 'name' });
  const add = async () => {
    const wanted = name.trim().replace(/^#/, '');
    if (wanted === '') return;
    const added = await run(() => setTag(wanted, deed, true));
    if (!added) return;
    toast(say('added', { tag: `#${added.value.name}` }));
    setName('');
    onAdded();
  };
  return (
    <SettingsForm label={action} errors={errors} onSend={add}>
      <div class={styles.inline}>
        <Field
          label={say('tag')}
          hint={say('tagHint')}
          name={`${deed}-tag`}
          value={name}
          onInput={setName}
          error={errors.at.name}
          maxLength={MAX_CHARACTERS}
        />
        <Button type="submit" look="quiet" busy={busy}>
          {action}
        </Button>
      </div>
    </SettingsForm>
  );
}
