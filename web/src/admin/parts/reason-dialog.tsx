import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, FormError } from '../../ui/field.tsx';
import { say } from '../say.ts';
import styles from './reason-dialog.module.css';

const MAX_REASON_CHARACTERS = 1_000;

interface ReasonDialogProps {
  readonly title: string;
  /** What will happen. */
  readonly text: string;
  readonly action: string;
  readonly look?: 'primary' | 'danger';
  /** Why, as the log keeps it; what it is for, where that is something else. */
  readonly hint?: string;
  readonly isRequired?: boolean;
  readonly busy: boolean;
  /** Why it was refused. */
  readonly problem?: string | undefined;
  /** Further fields, above the reason. */
  readonly children?: ComponentChildren;
  readonly onConfirm: (reason: string) => void;
  readonly onClose: () => void;
}

/** Asks before a deed of the staff, and why it is done. */
export function ReasonDialog(props: ReasonDialogProps) {
  const [reason, setReason] = useState('');
  const { busy, problem } = props;
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form
        class={styles.form}
        aria-label={props.title}
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) props.onConfirm(reason.trim());
        }}
      >
        {problem !== undefined && <FormError sentence={problem} />}
        <p>{props.text}</p>
        {props.children}
        <Field
          multiline
          label={say('reason')}
          name="reason"
          value={reason}
          onInput={setReason}
          hint={props.hint ?? say('reasonHint')}
          required={props.isRequired ?? false}
          maxLength={MAX_REASON_CHARACTERS}
        />
        <div class={styles.actions}>
          <Button look="quiet" onPress={props.onClose}>
            {say('cancel')}
          </Button>
          <Button type="submit" look={props.look ?? 'danger'} busy={busy}>
            {props.action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
