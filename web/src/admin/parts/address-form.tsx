import { useState } from 'preact/hooks';
import type { ApiOutcome } from '../../api/client.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Field, Form } from '../../ui/field.tsx';
import { Section } from './detail.tsx';

interface AddressFormProps {
  readonly title: string;
  readonly field: {
    readonly name: string;
    readonly label: string;
    readonly hint: string;
    readonly maxLength: number;
  };
  /** The word of the button. */
  readonly action: string;
  readonly send: (address: string) => Promise<ApiOutcome<unknown>>;
  /** What is said once it is done. */
  readonly said: (address: string) => string;
  readonly onAdded: () => void;
}

/** Adds a server by its name or address; what is wrong with that stands at the field. */
export function AddressForm({ title, field, action, send, said, onAdded }: AddressFormProps) {
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const add = async () => {
    if (busy) return;
    const address = typed.trim();
    setBusy(true);
    setError(undefined);
    const outcome = await send(address);
    setBusy(false);
    if (!outcome.ok) return setError(outcome.sentence);
    toast(said(address));
    setTyped('');
    onAdded();
  };
  return (
    <Section title={title}>
      <Form label={title} onSend={add}>
        <Field {...field} value={typed} error={error} required onInput={setTyped} />
        <div>
          <Button type="submit" busy={busy}>
            {action}
          </Button>
        </div>
      </Form>
    </Section>
  );
}
