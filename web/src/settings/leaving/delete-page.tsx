import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { absolute } from '../../format.ts';
import { become, me } from '../../state/session.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { NeedsSession } from '../../ui/needs-session.tsx';
import { Notice, Page } from '../../ui/page.tsx';
import { calls } from '../calls.ts';
import { PageLinks, Section, SettingsForm } from '../parts.tsx';
import styles from '../settings.module.css';
import { useSaving } from '../use-saving.ts';
import { say } from './say.ts';

/** When the account is deleted that was just left; as long as that is shown. */
const leftUntil = signal<string | null>(null);

/** Leaving: what happens, and the way to it. */
export function DeletePage() {
  useEffect(
    () => () => {
      leftUntil.value = null;
    },
    [],
  );
  if (leftUntil.value !== null) {
    return (
      <Notice
        icon="leave"
        title={say('gone')}
        text={say('goneText', { date: absolute(leftUntil.value) })}
        level={1}
      >
        <ButtonLink href="/login" look="quiet">
          {say('signIn')}
        </ButtonLink>
      </Notice>
    );
  }
  return (
    <NeedsSession title={say('delete')} text={say('needed')}>
      <Leaving />
    </NeedsSession>
  );
}

function Leaving() {
  return (
    <Page title={say('delete')}>
      <Section title={say('deleteWhat')}>
        <ul class={styles.plain}>
          {(['deleteNow', 'deleteWait', 'deleteThen', 'deleteName'] as const).map((key) => (
            <li key={key}>{say(key)}</li>
          ))}
        </ul>
      </Section>
      <Section title={say('deleteBefore')} text={say('deleteBeforeText')}>
        <PageLinks names={['data', 'move']} />
      </Section>
      <Leave />
    </Page>
  );
}

function Leave() {
  const [password, setPassword] = useState('');
  const [asks, setAsks] = useState(false);
  const { busy, errors, run } = useSaving(['password'], { 'wrong-password': 'password' });
  const leave = async () => {
    const done = await run(() => calls.leave(password));
    setAsks(false);
    setPassword('');
    if (!done) return;
    leftUntil.value = done.value.delete_at;
    become(null);
  };
  return (
    <Section title={say('deleteSure')}>
      <SettingsForm label={say('deleteSure')} errors={errors} onSend={() => setAsks(true)}>
        <Field
          label={say('password')}
          name="password"
          type="password"
          value={password}
          onInput={setPassword}
          error={errors.at.password}
          autocomplete="current-password"
          required
        />
        <div>
          <Button type="submit" look="danger">
            {say('deleteAction')}
          </Button>
        </div>
      </SettingsForm>
      {asks && (
        <ConfirmDialog
          title={say('deleteTitle', { name: me.value?.username ?? '' })}
          text={say('deleteText')}
          action={say('deleteAction')}
          busy={busy}
          onConfirm={leave}
          onClose={() => setAsks(false)}
        />
      )}
    </Section>
  );
}
