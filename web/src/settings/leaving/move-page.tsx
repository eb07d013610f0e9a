import { useState } from 'preact/hooks';
import { lookAgainAtMe, me } from '../../state/session.ts';
import { toast } from '../../state/toasts.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Failed, Loading, Page } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { calls } from '../calls.ts';
import { Section, SettingsForm } from '../parts.tsx';
import styles from '../settings.module.css';
import { useSaving } from '../use-saving.ts';
import { say } from './say.ts';

/** As the server counts them. */
const MAX_NAMED = 2_000;

/** Codes that are about who was named, and not about who asks. */
const aboutTheOther = (field: string) => ({
  ...{
    'handle-invalid': field,
    'not-found': field,
    'account-gone': field,
    yourself: field,
    unreachable: field,
  },
  ...{
    'not-an-alias': field,
    'handle-unknown': field,
    'remote-unreachable': field,
    'account-not-found': field,
  },
});

/** Going on as another account, here or elsewhere. */
export function MovePage() {
  return (
    <Page title={say('move')}>
      <Here />
      <Away />
    </Page>
  );
}

function Here() {
  const [remote, reload, set] = useRemote('aliases', calls.aliases);
  const [named, setNamed] = useState('');
  const { busy, errors, run } = useSaving(['also_known_as_uris'], aboutTheOther('also_known_as_uris'));
  const uris = remote.state === 'ready' ? remote.value.also_known_as_uris : [];
  const add = async () => {
    if (named.trim() === '') return;
    const saved = await run(() => calls.setAliases([...uris, named.trim()]));
    if (!saved) return;
    set(saved.value);
    setNamed('');
    toast(say('aliasAdded'));
  };
  const remove = async (gone: string) => {
    const outcome = await calls.setAliases(uris.filter((uri) => uri !== gone));
    if (outcome.ok) set(outcome.value);
    else toast(outcome.sentence, 'error');
  };
  return (
    <Section title={say('here')} text={say('hereText')}>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' && (
        <>
          {uris.length === 0 && <p class={styles.muted}>{say('aliasesNone')}</p>}
          <ul class={styles.list} aria-label={say('aliases')}>
            {uris.map((uri) => (
              <li key={uri} class={styles.item}>
                <span class={styles.what}>{uri}</span>
                <Button
                  look="quiet"
                  label={say('aliasRemoveWhat', { what: uri })}
                  onPress={() => remove(uri)}
                >
                  {say('aliasRemove')}
                </Button>
              </li>
            ))}
          </ul>
          <SettingsForm label={say('here')} errors={errors} onSend={add}>
            <div class={styles.inline}>
              <Field
                label={say('alias')}
                hint={say('aliasHint')}
                name="alias"
                value={named}
                onInput={setNamed}
                error={errors.at.also_known_as_uris}
                maxLength={MAX_NAMED}
              />
              <Button type="submit" look="quiet" busy={busy}>
                {say('aliasAdd')}
              </Button>
            </div>
          </SettingsForm>
        </>
      )}
    </Section>
  );
}

function Away() {
  const [to, setTo] = useState('');
  const [password, setPassword] = useState('');
  const [asks, setAsks] = useState(false);
  const { busy, errors, run } = useSaving(['moved_to_uri', 'password'], {
    ...aboutTheOther('moved_to_uri'),
    'wrong-password': 'password',
  });
  const target = me.value?.moved;
  const move = async () => {
    const done = await run(() => calls.move(to.trim(), password));
    setAsks(false);
    setPassword('');
    if (!done) return;
    setTo('');
    toast(say('moved'));
    lookAgainAtMe();
  };
  return (
    <Section title={say('away')} text={say('awayText')}>
      {target && <p role="status">{say('movedTo', { to: `@${target.acct}` })}</p>}
      <ul class={styles.plain}>
        <li>{say('awayFirst')}</li>
        <li>{say('awayOnce')}</li>
      </ul>
      <SettingsForm label={say('away')} errors={errors} onSend={() => setAsks(true)}>
        <Field
          label={say('target')}
          hint={say('aliasHint')}
          name="target"
          value={to}
          onInput={setTo}
          error={errors.at.moved_to_uri}
          maxLength={MAX_NAMED}
          required
        />
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
        <div class={styles.actions}>
          <Button type="submit">{say('moveAction')}</Button>
          <ButtonLink href="/settings/data" look="quiet">
            {say('toData')}
          </ButtonLink>
        </div>
      </SettingsForm>
      {asks && (
        <ConfirmDialog
          title={say('moveTitle', { to: to.trim() })}
          text={say('moveText', { to: to.trim() })}
          action={say('moveAction')}
          busy={busy}
          onConfirm={move}
          onClose={() => setAsks(false)}
        />
      )}
    </Section>
  );
}
