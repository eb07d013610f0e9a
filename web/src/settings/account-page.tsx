import { useState } from 'preact/hooks';
import { otherApi } from '../api/other-endpoints.ts';
import type { EmailPreferences } from '../api/types.ts';
import { instance, me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Failed, Loading, Page } from '../ui/page.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { calls } from './calls.ts';
import { PageLinks, Section, SettingsForm } from './parts.tsx';
import { say } from './say.ts';
import styles from './settings.module.css';
import { useSaving } from './use-saving.ts';

/** Where an account is reached, and the ways to what belongs to it. */
export function AccountPage() {
  const [remote, reload, set] = useRemote('email', calls.emailPreferences);
  return (
    <Page title={say('account')}>
      <Section title={say('handle')} text={say('handleText')}>
        <p class={styles.handle} dir="ltr">
          @{me.value?.username}@{instance.value?.domain}
        </p>
      </Section>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' && <Email preferences={remote.value} onChange={set} />}
      <Section title={say('password')} text={say('passwordText')}>
        <ButtonLink href="/settings/security" look="quiet" icon="key">
          {say('toSecurity')}
        </ButtonLink>
      </Section>
      <Section title={say('yourData')} text={say('yourDataText')}>
        <PageLinks names={['data', 'move', 'delete']} />
      </Section>
    </Page>
  );
}

/** As the server counts them. */
const MAX_ADDRESS = 254;

function Email(props: { preferences: EmailPreferences; onChange: (preferences: EmailPreferences) => void }) {
  const { email, confirmed } = props.preferences;
  const [wanted, setWanted] = useState('');
  const [password, setPassword] = useState('');
  const { busy, errors, run } = useSaving(['email', 'password'], {
    'wrong-password': 'password',
    'email-taken': 'email',
    'email-invalid': 'email',
  });
  const change = async () => {
    const changed = await run(() => calls.changeEmail(wanted.trim(), password));
    if (!changed) return;
    setWanted('');
    setPassword('');
    if (changed.value.waits) return toast(say('emailWaits', { email: wanted.trim() }));
    toast(say('emailChanged', { email: wanted.trim() }));
    props.onChange({ ...props.preferences, email: wanted.trim() });
  };
  const again = async () => {
    const outcome = await otherApi.mailConfirmation();
    if (outcome.ok) toast(say('emailSent', { email: email ?? '' }));
    else toast(outcome.sentence, 'error');
  };
  return (
    <Section title={say('email')}>
      <p role="status">
        {email === null ? say('emailNone') : say(confirmed ? 'emailIs' : 'emailUnconfirmed', { email })}
      </p>
      {email !== null && !confirmed && (
        <div class={styles.after}>
          <Button look="quiet" onPress={again}>
            {say('emailAgain')}
          </Button>
        </div>
      )}
      <SettingsForm label={say('emailChange')} errors={errors} onSend={change}>
        <Field
          label={say('emailNew')}
          name="email"
          type="email"
          value={wanted}
          onInput={setWanted}
          error={errors.at.email}
          maxLength={MAX_ADDRESS}
          autocomplete="email"
          required
        />
        <Field
          label={say('password')}
          hint={say('passwordHint')}
          name="password"
          type="password"
          value={password}
          onInput={setPassword}
          error={errors.at.password}
          autocomplete="current-password"
          required
        />
        <div>
          <Button type="submit" busy={busy}>
            {say('emailChange')}
          </Button>
        </div>
      </SettingsForm>
    </Section>
  );
}
