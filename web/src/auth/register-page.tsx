import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { ApiFailure } from '../api/client.ts';
import { api } from '../api/endpoints.ts';
import type { Instance } from '../api/types.ts';
import { instance, me, signIn } from '../state/session.ts';
import { strings } from '../strings.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Field, Form, FormError } from '../ui/field.tsx';
import { Loading, Notice, Page, useTitle } from '../ui/page.tsx';
import styles from './auth.module.css';

/** Creates an account, if this server takes new ones. */
export function RegisterPage() {
  const { route } = useLocation();
  const [waiting, setWaiting] = useState<string | null>(null);
  const server = instance.value;
  const signedIn = Boolean(me.value);
  const text = strings.auth;
  const title = text.registerTitle(server?.title ?? strings.product);
  useTitle(title);

  useEffect(() => {
    if (signedIn) route('/', true);
  }, [signedIn]);

  if (!server) return <Loading />;
  if (waiting) {
    return (
      <div role="status">
        <Notice
          icon="clock"
          title={text.pendingTitle}
          text={
            server.registrations.email_required
              ? `${text.pending(waiting)} ${text.confirmPending}`
              : text.pending(waiting)
          }
          level={1}
        >
          <ButtonLink href="/">{strings.errors.toFeed}</ButtonLink>
        </Notice>
      </div>
    );
  }
  if (!server.registrations.enabled) {
    return (
      <Notice icon="person" title={text.closedTitle} text={text.closed} level={1}>
        <ButtonLink href="/login">{text.signIn}</ButtonLink>
      </Notice>
    );
  }
  return <RegisterForm server={server} onPending={setWaiting} />;
}

/** Which field a refusal is about, when the server does not say so itself. */
const fieldOfReason: Readonly<Record<string, string>> = {
  'username-taken': 'username',
  'username-invalid': 'username',
  'username-reserved': 'username',
  'email-taken': 'email',
  'email-required': 'email',
  'reason-required': 'reason',
};

function RegisterForm(props: { server: Instance; onPending: (username: string) => void }) {
  const { registrations, domain, title: serverTitle } = props.server;
  const [username, setUsername] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const text = strings.auth;

  const title = text.registerTitle(serverTitle);

  const errorOf = (field: string) => {
    if (!failure) return undefined;
    return failure.fields[field] ?? (fieldOfReason[failure.reason] === field ? failure.sentence : undefined);
  };

  const send = async () => {
    setBusy(true);
    setFailure(null);
    const outcome = await api.register({
      username: username.trim(),
      password,
      ...(email.trim() ? { email: email.trim() } : {}),
      ...(reason.trim() ? { reason: reason.trim() } : {}),
    });
    if (outcome.ok && !outcome.value.pending) {
      const session = await signIn({ login: username.trim(), password });
      if (!session.ok) setFailure(session);
    }
    setBusy(false);
    if (!outcome.ok) setFailure(outcome);
    else if (outcome.value.pending) props.onPending(outcome.value.account.username);
  };

  return (
    <Page title={title} width="narrow">
      <Form onSend={send} label={title}>
        {failure && <FormError sentence={failure.sentence} />}
        <Field
          label={text.username}
          name="username"
          value={username}
          onInput={setUsername}
          hint={text.usernameHint(domain)}
          error={errorOf('username')}
          autocomplete="username"
          required
        />
        <Field
          label={registrations.email_required ? text.emailNeeded : text.email}
          name="email"
          type="email"
          value={email}
          onInput={setEmail}
          hint={registrations.email_required ? text.emailHint : undefined}
          error={errorOf('email')}
          autocomplete="email"
          required={registrations.email_required}
        />
        <Field
          label={text.password}
          name="password"
          type="password"
          value={password}
          onInput={setPassword}
          hint={text.passwordHint(registrations.min_password_length)}
          error={errorOf('password')}
          minLength={registrations.min_password_length}
          maxLength={registrations.max_password_length}
          autocomplete="new-password"
          required
        />
        {registrations.approval_required && (
          <Field
            label={text.reason}
            name="reason"
            value={reason}
            onInput={setReason}
            hint={text.reasonHint}
            error={errorOf('reason')}
            multiline
            required
          />
        )}
        <Button type="submit" busy={busy} wide>
          {busy ? text.registering : text.register}
        </Button>
      </Form>
      <p class={styles.other}>
        {text.haveAccount} <a href="/login">{text.signIn}</a>
      </p>
    </Page>
  );
}
