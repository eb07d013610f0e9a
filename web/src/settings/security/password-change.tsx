import { useState } from 'preact/hooks';
import type { ApiFailure } from '../../api/client.ts';
import { instance, me } from '../../state/session.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Field, Form, FormError } from '../../ui/field.tsx';
import styles from '../settings.module.css';
import { securityCalls } from './calls.ts';
import type { WithProof } from './proof.tsx';
import { say } from './say.ts';

/** A new password, which ends every other session. */
export function PasswordChange({ withProof }: { withProof: WithProof }) {
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const limits = instance.value?.registrations;

  const change = (proof: string) => {
    setBusy(true);
    setFailure(null);
    securityCalls.changePassword(password, proof).then((outcome) => {
      setBusy(false);
      if (!outcome.ok) return setFailure(outcome);
      setPassword('');
      toast(say('passwordChanged'));
    });
  };

  return (
    <section class={styles.section} aria-labelledby="password">
      <h2 id="password">{say('password')}</h2>
      <p>{say('passwordText')}</p>
      <Form onSend={() => withProof(change)} label={say('changePassword')}>
        {failure && <FormError sentence={failure.fields.new_password ?? failure.sentence} />}
        {/* Password managers want to know whose password it is. */}
        <input type="hidden" name="username" autocomplete="username" value={me.value?.username ?? ''} />
        <Field
          label={say('newPassword')}
          name="new-password"
          type="password"
          value={password}
          onInput={setPassword}
          hint={limits && say('passwordHint', { min: limits.min_password_length })}
          minLength={limits?.min_password_length}
          maxLength={limits?.max_password_length}
          autocomplete="new-password"
          required
        />
        <div>
          <Button type="submit" busy={busy}>
            {say('changePassword')}
          </Button>
        </div>
      </Form>
    </section>
  );
}
