import { useState } from 'preact/hooks';
import type { Invite } from '../../api/types.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Choice, Form, SelectField } from '../../ui/field.tsx';
import { securityCalls } from '../security/calls.ts';
import { say } from './say.ts';

const DAY_SECONDS = 24 * 3_600;
const ANY = '';

const usesChoices = [ANY, '1', '5', '10', '25', '50', '100'].map((value) => ({
  value,
  name: value === ANY ? say('usesAny') : say('usesCount', { n: Number(value) }),
}));
const dayChoices = [ANY, '1', '7', '30', '90'].map((value) => ({
  value,
  name: value === ANY ? say('expiresNever') : say('days', { n: Number(value) }),
}));

/** Makes an invite of whoever is signed in. */
export function NewInvite({ onMade }: { onMade: (invite: Invite) => void }) {
  const [uses, setUses] = useState(ANY);
  const [days, setDays] = useState('7');
  const [autofollow, setAutofollow] = useState(false);
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    const outcome = await securityCalls.createInvite({
      max_uses: uses === ANY ? null : Number(uses),
      expires_in: days === ANY ? null : Number(days) * DAY_SECONDS,
      autofollow,
    });
    setBusy(false);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    toast(say('made'));
    onMade(outcome.value);
  };
  return (
    <Form onSend={make} label={say('create')}>
      <SelectField label={say('uses')} value={uses} choices={usesChoices} onChoose={setUses} />
      <SelectField label={say('expires')} value={days} choices={dayChoices} onChoose={setDays} />
      <Choice type="checkbox" name="autofollow" checked={autofollow} onChoose={setAutofollow}>
        {say('autofollow')}
      </Choice>
      <div>
        <Button type="submit" busy={busy}>
          {say('create')}
        </Button>
      </div>
    </Form>
  );
}
