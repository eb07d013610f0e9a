import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { ApiFailure } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, Form, FormError } from '../../ui/field.tsx';
import { hasPasskeys, signToProve } from '../passkey.ts';
import styles from '../settings.module.css';
import { securityCalls } from './calls.ts';
import { say } from './say.ts';

/** Does something with the proof that its person is there. */
export type WithProof = (work: (proof: string) => void) => void;

/** Some time before the server thinks so, so that no form is filled in for nothing. */
const RESERVE_MS = 60_000;

/**
 * Asks who sits here once, and again when some minutes have passed: the dialog to show while it asks, and what runs
 * something with the proof.
 */
export function useProof(mayUsePasskey: boolean): readonly [dialog: ComponentChildren, withProof: WithProof] {
  const known = useRef<{ proof: string; until: number } | null>(null);
  const [waiting, setWaiting] = useState<{ work: (proof: string) => void } | null>(null);
  const withProof: WithProof = (work) => {
    const { current } = known;
    if (current && current.until > Date.now()) work(current.proof);
    else setWaiting({ work });
  };
  const dialog = waiting && (
    <ProofDialog
      mayUsePasskey={mayUsePasskey}
      onProven={({ proof, expires_at }) => {
        known.current = { proof, until: Date.parse(expires_at) - RESERVE_MS };
        setWaiting(null);
        waiting.work(proof);
      }}
      onClose={() => setWaiting(null)}
    />
  );
  return [dialog, withProof];
}

interface Proven {
  readonly proof: string;
  readonly expires_at: string;
}

function ProofDialog(props: {
  mayUsePasskey: boolean;
  onProven: (proven: Proven) => void;
  onClose: () => void;
}) {
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);

  const prove = async (byPasskey: boolean) => {
    setBusy(true);
    setFailure(null);
    const signed = byPasskey ? await signToProve() : null;
    const outcome = signed
      ? signed.ok
        ? await securityCalls.prove({ credential: signed.value })
        : signed
      : await securityCalls.prove({ password });
    setBusy(false);
    if (outcome.ok) props.onProven(outcome.value);
    else setFailure(outcome);
  };

  return (
    <Dialog title={say('confirmTitle')} onClose={props.onClose}>
      <p class={styles.muted}>{say('confirmText')}</p>
      <Form onSend={() => prove(false)} label={say('confirmTitle')}>
        {failure && <FormError sentence={failure.sentence} />}
        <Field
          label={say('currentPassword')}
          name="password"
          type="password"
          value={password}
          onInput={setPassword}
          autocomplete="current-password"
          required
          isNext
        />
        <Button type="submit" busy={busy} wide>
          {say('confirm')}
        </Button>
      </Form>
      {props.mayUsePasskey && hasPasskeys() && (
        <div class={styles.other}>
          <p class={styles.or}>{say('or')}</p>
          <Button look="quiet" icon="key" busy={busy} wide onPress={() => prove(true)}>
            {say('confirmByPasskey')}
          </Button>
        </div>
      )}
    </Dialog>
  );
}
