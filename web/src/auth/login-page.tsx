import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { ApiFailure } from '../api/client.ts';
import { hasPasskeys, signToEnter } from '../settings/passkey.ts';
import { instance, me, serverName } from '../state/session.ts';
import { signIn, signInByPasskey } from '../state/signing.ts';
import { Button } from '../ui/button.tsx';
import { Field, Form, FormError } from '../ui/field.tsx';
import { withNext } from '../ui/links.ts';
import { afterSignIn } from '../welcome/seen.ts';
import styles from './auth.module.css';
import { AuthFrame } from './auth-frame.tsx';
import { say } from './say.ts';

/** Signs in, with a code where the account wants one, and goes back to where somebody came from. */
export function LoginPage() {
  const { query, route } = useLocation();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [asksForCode, setAsksForCode] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const title = say('signInTitle', { server: serverName() });
  const account = me.value;

  useEffect(() => {
    if (account) route(afterSignIn(account, query.next), true);
  }, [account?.id]);

  const send = async (code?: string) => {
    setBusy(true);
    setFailure(null);
    const outcome = await signIn({ login: login.trim(), password, ...(code === undefined ? {} : { code }) });
    setBusy(false);
    if (outcome.ok) return;
    const isCodeMissing = outcome.reason === 'second-factor-required';
    // The password may have been changed in the meantime.
    if (isCodeMissing || outcome.reason === 'wrong-credentials') setAsksForCode(isCodeMissing);
    if (!isCodeMissing) setFailure(outcome);
  };
  const sendPasskey = async () => {
    setBusy(true);
    setFailure(null);
    const signed = await signToEnter();
    const outcome = signed.ok ? await signInByPasskey(signed.value) : signed;
    setBusy(false);
    if (!outcome.ok) setFailure(outcome);
  };
  const back = () => {
    setFailure(null);
    setAsksForCode(false);
  };
  const shared = { busy, failure };

  return (
    <AuthFrame title={title}>
      {!asksForCode && hasPasskeys() && <PasskeyWay busy={busy} onSend={sendPasskey} />}
      {asksForCode ? (
        <CodeForm {...shared} onSend={send} onBack={back} />
      ) : (
        <PasswordForm
          {...shared}
          {...{ title, login, password, setLogin, setPassword }}
          onSend={() => send()}
        />
      )}
      {instance.value?.configuration.urls.password_reset && (
        <p class={styles.other}>
          <a href={instance.value.configuration.urls.password_reset} target="_top">
            {say('forgot')}
          </a>
        </p>
      )}
      <JoinLink next={query.next} />
    </AuthFrame>
  );
}

/** First, since it is the shortest: one press, and nothing to remember. */
function PasskeyWay({ busy, onSend }: { busy: boolean; onSend: () => void }) {
  return (
    <div class={styles.passkey}>
      <Button look="quiet" icon="key" busy={busy} wide onPress={onSend}>
        {say('byPasskey')}
      </Button>
      <p class={styles.or}>{say('or')}</p>
    </div>
  );
}

/** The way to an account, where there is one. */
function JoinLink({ next }: { next: string | undefined }) {
  const rules = instance.value?.registrations;
  if (rules?.mode === 'invite') {
    return (
      <p class={styles.other}>
        {say('haveInvite')} <a href={withNext('/register', next)}>{say('useInvite')}</a>
      </p>
    );
  }
  if (!rules?.enabled) return null;
  return (
    <p class={styles.other}>
      {say('noAccount')} <a href={withNext('/register', next)}>{say('register')}</a>
    </p>
  );
}

interface FormState {
  readonly busy: boolean;
  readonly failure: ApiFailure | null;
}

function PasswordForm(
  props: FormState & {
    title: string;
    login: string;
    password: string;
    setLogin: (login: string) => void;
    setPassword: (password: string) => void;
    onSend: () => void;
  },
) {
  return (
    <Form onSend={props.onSend} label={props.title}>
      {props.failure && <FormError sentence={props.failure.sentence} />}
      <Field
        label={say('login')}
        name="login"
        value={props.login}
        onInput={props.setLogin}
        autocomplete="username"
        required
      />
      <Field
        label={say('password')}
        name="password"
        type="password"
        value={props.password}
        onInput={props.setPassword}
        autocomplete="current-password"
        required
      />
      <SendButton busy={props.busy} />
    </Form>
  );
}

/** The second step: what the password alone does not open. */
function CodeForm(props: FormState & { onSend: (code: string) => void; onBack: () => void }) {
  const [code, setCode] = useState('');
  return (
    <Form onSend={() => props.onSend(code.trim())} label={say('codeLabel')}>
      {props.failure && <FormError sentence={props.failure.sentence} />}
      <Field
        label={say('code')}
        hint={say('codeHint')}
        name="code"
        value={code}
        onInput={setCode}
        autocomplete="one-time-code"
        maxLength={MAX_CODE_CHARACTERS}
        required
        isNext
      />
      <SendButton busy={props.busy} />
      <Button look="quiet" wide onPress={props.onBack}>
        {say('codeBack')}
      </Button>
    </Form>
  );
}

/** More than any code has, and what the server reads of one. */
const MAX_CODE_CHARACTERS = 60;

function SendButton({ busy }: { busy: boolean }) {
  return (
    <Button type="submit" busy={busy} wide>
      {busy ? say('signingIn') : say('signIn')}
    </Button>
  );
}
