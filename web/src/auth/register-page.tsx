import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation, useRoute } from 'preact-iso/router';
import type { ApiFailure } from '../api/client.ts';
import { otherApi } from '../api/other-endpoints.ts';
import type { Instance } from '../api/types.ts';
import { count } from '../format.ts';
import { instance, me, serverName } from '../state/session.ts';
import { signIn } from '../state/signing.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Field, Form, FormError } from '../ui/field.tsx';
import { withNext } from '../ui/links.ts';
import { Failed, Loading, Notice, useTitle } from '../ui/page.tsx';
import { say as sayOfUi } from '../ui/say.ts';
import { useRemote } from '../ui/use-remote.ts';
import { afterSignIn } from '../welcome/seen.ts';
import styles from './auth.module.css';
import { AuthFrame } from './auth-frame.tsx';
import { say } from './say.ts';

/** Creates an account, if this server takes new ones; with the code of an invite where its link led here. */
export function RegisterPage() {
  const { route, query } = useLocation();
  const { code } = useRoute().params;
  const [waiting, setWaiting] = useState<string | null>(null);
  const server = instance.value;
  const account = me.value;
  const isJoining = useRef(false);
  const title = say('registerTitle', { server: serverName() });
  useTitle(title);

  useEffect(() => {
    if (account) route(afterSignIn(account, query.next, isJoining.current), true);
  }, [account?.id]);

  if (!server) return <Loading />;
  if (waiting) {
    return (
      <div role="status">
        <Notice
          icon="clock"
          title={say('pendingTitle')}
          text={
            server.registrations.email_required
              ? `${say('pending', { username: waiting })} ${say('confirmPending')}`
              : say('pending', { username: waiting })
          }
          level={1}
        >
          <ButtonLink href="/">{sayOfUi('toFeed')}</ButtonLink>
        </Notice>
      </div>
    );
  }
  if (server.registrations.mode === 'closed') {
    return (
      <Notice icon="person" title={say('closedTitle')} text={say('closed')} level={1}>
        <ButtonLink href="/login">{say('signIn')}</ButtonLink>
      </Notice>
    );
  }
  const form = (
    <RegisterForm
      key={code}
      server={server}
      invite={code ?? null}
      next={query.next}
      onJoin={() => {
        isJoining.current = true;
      }}
      onPending={setWaiting}
    />
  );
  return code ? (
    <Invited code={code} mode={server.registrations.mode}>
      {form}
    </Invited>
  ) : (
    form
  );
}

/** Shows the form where the invite counts, so that nobody fills it in for nothing. */
function Invited(props: {
  code: string;
  mode: Instance['registrations']['mode'];
  children: ComponentChildren;
}) {
  const [remote, reload] = useRemote(props.code, () => otherApi.inviteCheck(props.code));
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'ready') return <>{props.children}</>;
  if (remote.failure.status !== 404) return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  return (
    <Notice icon="alert" title={say('inviteGoneTitle')} text={say('inviteGone')} level={1}>
      <ButtonLink href="/register">
        {props.mode === 'invite' ? say('useInvite') : say('joinAnyway')}
      </ButtonLink>
    </Notice>
  );
}

/** Which field a refusal is about, when the server does not say so itself. */
const fieldOfReason: Readonly<Record<string, string>> = {
  'username-taken': 'username',
  'username-invalid': 'username',
  'username-reserved': 'username',
  'email-taken': 'email',
  'email-required': 'email',
  'reason-required': 'reason',
  ...{ 'invite-required': 'invite_code', 'invite-invalid': 'invite_code' },
  ...{ 'age-required': 'age', 'too-young': 'age' },
};

function RegisterForm(props: {
  server: Instance;
  /** From the address. */
  invite: string | null;
  /** Where to go on. */
  next: string | undefined;
  onJoin: () => void;
  onPending: (username: string) => void;
}) {
  const { registrations, domain, title: serverTitle } = props.server;
  const [username, setUsername] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [reason, setReason] = useState('');
  const [invite, setInvite] = useState(props.invite ?? '');
  const [age, setAge] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);

  const title = say('registerTitle', { server: serverTitle });

  const errorOf = (field: string) => {
    if (!failure) return undefined;
    return failure.fields[field] ?? (fieldOfReason[failure.reason] === field ? failure.sentence : undefined);
  };

  const send = async () => {
    setBusy(true);
    setFailure(null);
    const outcome = await otherApi.register({
      username: username.trim(),
      password,
      ...(email.trim() ? { email: email.trim() } : {}),
      ...(reason.trim() ? { reason: reason.trim() } : {}),
      ...(invite.trim() ? { invite_code: invite.trim() } : {}),
      ...(age.trim() ? { age: Number(age) } : {}),
    });
    if (outcome.ok && !outcome.value.pending) {
      props.onJoin();
      const session = await signIn({ login: username.trim(), password });
      if (!session.ok) setFailure(session);
    }
    setBusy(false);
    if (!outcome.ok) setFailure(outcome);
    else if (outcome.value.pending) props.onPending(outcome.value.account.username);
  };

  return (
    <AuthFrame title={title}>
      {props.invite !== null && <p class={styles.intro}>{say('invited')}</p>}
      {props.invite === null && registrations.mode === 'invite' && (
        <p class={styles.intro}>{say('byInvite')}</p>
      )}
      <Form onSend={send} label={title}>
        {failure && <FormError sentence={failure.sentence} />}
        <InviteField
          mode={registrations.mode}
          value={invite}
          isGiven={props.invite !== null}
          onInput={setInvite}
          error={errorOf('invite_code')}
        />
        <Field
          label={say('username')}
          name="username"
          value={username}
          onInput={setUsername}
          hint={
            username.trim() === ''
              ? say('usernameHint', { domain })
              : say('youWillBe', { handle: `@${username.trim()}@${domain}` })
          }
          error={errorOf('username')}
          autocomplete="username"
          required
        />
        <Field
          label={registrations.email_required ? say('emailNeeded') : say('email')}
          name="email"
          type="email"
          value={email}
          onInput={setEmail}
          hint={registrations.email_required ? say('emailHint') : undefined}
          error={errorOf('email')}
          autocomplete="email"
          required={registrations.email_required}
        />
        <Field
          label={say('password')}
          name="password"
          type="password"
          value={password}
          onInput={setPassword}
          hint={say('passwordHint', { min: registrations.min_password_length })}
          error={errorOf('password')}
          minLength={registrations.min_password_length}
          maxLength={registrations.max_password_length}
          autocomplete="new-password"
          required
        />
        {registrations.min_age !== null && (
          <Field
            label={say('age')}
            name="age"
            type="whole"
            value={age}
            onInput={setAge}
            hint={say('ageHint', { min: count(registrations.min_age) })}
            error={errorOf('age')}
            maxLength={3}
            required
          />
        )}
        {registrations.approval_required && !invite.trim() && (
          <Field
            label={say('reason')}
            name="reason"
            value={reason}
            onInput={setReason}
            hint={say('reasonHint')}
            error={errorOf('reason')}
            multiline
            required
          />
        )}
        <p class={styles.intro}>
          {say('beforeJoining')} <a href="/about/rules">{say('rulesLink')}</a> ·{' '}
          <a href="/about/privacy">{say('privacyLink')}</a>
        </p>
        <Button type="submit" busy={busy} wide>
          {busy ? say('registering') : say('register')}
        </Button>
      </Form>
      <p class={styles.other}>
        {say('haveAccount')} <a href={withNext('/login', props.next)}>{say('signIn')}</a>
      </p>
    </AuthFrame>
  );
}

/** Asked for where it counts: it opens the door, or spares the wait at it. */
function InviteField(props: {
  mode: Instance['registrations']['mode'];
  isGiven: boolean;
  value: string;
  onInput: (code: string) => void;
  error: string | undefined;
}) {
  const isNeeded = props.mode === 'invite' || props.isGiven;
  if (!isNeeded && props.mode === 'open') return null;
  return (
    <Field
      label={isNeeded ? say('invite') : say('inviteOptional')}
      name="invite_code"
      value={props.value}
      onInput={props.onInput}
      hint={isNeeded ? say('inviteHint') : say('inviteSpares')}
      error={props.error}
      maxLength={MAX_CODE_CHARACTERS}
      autocomplete="off"
      required={isNeeded}
    />
  );
}

/** More than any code has, and what the server reads of one. */
const MAX_CODE_CHARACTERS = 40;
