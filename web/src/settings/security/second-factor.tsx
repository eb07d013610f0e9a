import { useState } from 'preact/hooks';
import type { ApiFailure } from '../../api/client.ts';
import type { SecondFactorSecret } from '../../api/types.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { copyText } from '../../ui/copy-text.ts';
import { ConfirmDialog, Dialog } from '../../ui/dialog.tsx';
import { Field, Form, FormError } from '../../ui/field.tsx';
import { Failed, Loading } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import styles from '../settings.module.css';
import { securityCalls } from './calls.ts';
import type { WithProof } from './proof.tsx';
import { say } from './say.ts';

/** Codes of an authenticator app beside the password: turned on, with a picture to scan, and off. */
export function SecondFactorPart({ withProof }: { withProof: WithProof }) {
  const [remote, reload] = useRemote('second-factor', securityCalls.secondFactor);
  const [secret, setSecret] = useState<SecondFactorSecret | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const [isLeaving, setIsLeaving] = useState(false);
  const [busy, setBusy] = useState(false);

  const begin = (proof: string) => {
    setBusy(true);
    securityCalls.beginSecondFactor(proof).then((outcome) => {
      setBusy(false);
      if (outcome.ok) setSecret(outcome.value);
      else toast(outcome.sentence, 'error');
    });
  };
  const turnOff = (proof: string) => {
    setBusy(true);
    securityCalls.disableSecondFactor(proof).then((outcome) => {
      setBusy(false);
      setIsLeaving(false);
      if (!outcome.ok) return toast(outcome.sentence, 'error');
      toast(say('turnedOff'));
      reload();
    });
  };

  return (
    <section class={styles.section} aria-labelledby="second-factor">
      <h2 id="second-factor">{say('factor')}</h2>
      <p>{say('factorText')}</p>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' && (
        <div class={styles.item}>
          <p class={styles.what} role="status">
            {remote.value.enabled
              ? say('factorOn', { left: remote.value.recovery_codes_left })
              : say('factorOff')}
          </p>
          {remote.value.enabled ? (
            <Button look="quiet" onPress={() => setIsLeaving(true)}>
              {say('turnOff')}
            </Button>
          ) : (
            <Button busy={busy} onPress={() => withProof(begin)}>
              {say('turnOn')}
            </Button>
          )}
        </div>
      )}
      {secret && (
        <SetUpDialog
          secret={secret}
          onClose={() => setSecret(null)}
          onConfirmed={(recovery) => {
            setSecret(null);
            setCodes(recovery);
            reload();
          }}
        />
      )}
      {codes && <RecoveryDialog codes={codes} onClose={() => setCodes(null)} />}
      {isLeaving && (
        <ConfirmDialog
          title={say('turnOffTitle')}
          text={say('turnOffText')}
          action={say('turnOff')}
          busy={busy}
          onConfirm={() => withProof(turnOff)}
          onClose={() => setIsLeaving(false)}
        />
      )}
    </section>
  );
}

function SetUpDialog(props: {
  secret: SecondFactorSecret;
  onConfirmed: (recoveryCodes: readonly string[]) => void;
  onClose: () => void;
}) {
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const confirm = async () => {
    setBusy(true);
    setFailure(null);
    const outcome = await securityCalls.confirmSecondFactor(code.trim());
    setBusy(false);
    if (outcome.ok) props.onConfirmed(outcome.value.recovery_codes);
    else setFailure(outcome);
  };
  return (
    <Dialog title={say('scan')} onClose={props.onClose}>
      <img
        class={styles.qr}
        src={`data:image/svg+xml,${encodeURIComponent(props.secret.qr_svg)}`}
        alt={say('scanAlt')}
      />
      <p class={styles.muted}>{say('secret')}</p>
      <p class={styles.secret}>{props.secret.secret}</p>
      <Form onSend={confirm} label={say('scan')}>
        {failure && <FormError sentence={failure.sentence} />}
        <Field
          label={say('code')}
          name="code"
          value={code}
          onInput={setCode}
          autocomplete="one-time-code"
          maxLength={MAX_CODE_CHARACTERS}
          required
        />
        <Button type="submit" busy={busy} wide>
          {say('turnOn')}
        </Button>
      </Form>
    </Dialog>
  );
}

/** Six digits, with room for the spaces that people put between them. */
const MAX_CODE_CHARACTERS = 12;

function RecoveryDialog({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  return (
    <Dialog title={say('recoveryTitle')} onClose={onClose}>
      <p class={styles.muted}>{say('recoveryText')}</p>
      <ul class={styles.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div class={styles.actions}>
        <Button look="quiet" onPress={() => copyText(codes.join('\n'))}>
          {say('copy')}
        </Button>
        <Button onPress={onClose}>{say('recoverySaved')}</Button>
      </div>
    </Dialog>
  );
}
