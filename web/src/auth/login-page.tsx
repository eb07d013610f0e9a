import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { ApiFailure } from '../api/client.ts';
import { instance, me, signIn } from '../state/session.ts';
import { strings } from '../strings.ts';
import { Button } from '../ui/button.tsx';
import { Field, Form, FormError } from '../ui/field.tsx';
import { safeNext } from '../ui/links.ts';
import { Page } from '../ui/page.tsx';
import styles from './auth.module.css';

/** Signs in and goes back to where somebody came from. */
export function LoginPage() {
  const { query, route } = useLocation();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const text = strings.auth;
  const title = text.signInTitle(instance.value?.title ?? strings.product);
  const signedIn = Boolean(me.value);

  useEffect(() => {
    if (signedIn) route(safeNext(query.next), true);
  }, [signedIn]);

  const send = async () => {
    setBusy(true);
    setFailure(null);
    const outcome = await signIn(login.trim(), password);
    setBusy(false);
    if (!outcome.ok) setFailure(outcome);
  };

  return (
    <Page title={title} width="narrow">
      <Form onSend={send} label={title}>
        {failure && <FormError sentence={failure.sentence} />}
        <Field
          label={text.login}
          name="login"
          value={login}
          onInput={setLogin}
          autocomplete="username"
          required
        />
        <Field
          label={text.password}
          name="password"
          type="password"
          value={password}
          onInput={setPassword}
          autocomplete="current-password"
          required
        />
        <Button type="submit" busy={busy} wide>
          {busy ? text.signingIn : text.signIn}
        </Button>
      </Form>
      {instance.value?.registrations.enabled && (
        <p class={styles.other}>
          {text.noAccount} <a href="/register">{text.register}</a>
        </p>
      )}
    </Page>
  );
}
