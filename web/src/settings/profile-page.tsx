import { useState } from 'preact/hooks';
import type { CredentialAccount } from '../api/types.ts';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Field, FieldError } from '../ui/field.tsx';
import { Icon } from '../ui/icon.tsx';
import { profilePath } from '../ui/links.ts';
import { Page } from '../ui/page.tsx';
import { changeMe } from './account.ts';
import { FeaturedTags } from './hashtags/featured-tags.tsx';
import { Section, SettingsForm, SwitchSetting } from './parts.tsx';
import { Pictures } from './pictures.tsx';
import { say } from './say.ts';
import styles from './settings.module.css';
import { useSaving } from './use-saving.ts';

/** As the server counts them. */
const MAX_NAME = 100;
const MAX_BIO = 1_000;
const MAX_FIELD = 255;
const FIELDS = 4;

/** What others see of an account. */
export function ProfileSettingsPage() {
  const account = me.value;
  if (!account) return null;
  return (
    <Page title={say('profile')}>
      <Pictures account={account} />
      <About account={account} />
      <FeaturedTags />
      <Section title={say('others')}>
        <SwitchSetting
          label={say('bot')}
          hint={say('botHint')}
          value={account.bot}
          save={(bot) => changeMe({ bot })}
        />
      </Section>
    </Page>
  );
}

interface Fact {
  readonly name: string;
  readonly value: string;
}

function factsOf({ source }: CredentialAccount): Fact[] {
  return Array.from({ length: FIELDS }, (_, at) => ({
    name: source.fields[at]?.name ?? '',
    value: source.fields[at]?.value ?? '',
  }));
}

function About({ account }: { account: CredentialAccount }) {
  const [name, setName] = useState(account.display_name);
  const [bio, setBio] = useState(account.source.note);
  const [facts, setFacts] = useState(() => factsOf(account));
  const { busy, errors, run } = useSaving(['display_name', 'note', 'fields_attributes']);

  const save = async () => {
    const fields_attributes = facts.filter((fact) => fact.name.trim() !== '' || fact.value.trim() !== '');
    const saved = await run(() => changeMe({ display_name: name, note: bio, fields_attributes }));
    if (!saved) return;
    setFacts(factsOf(saved.value));
    toast(say('profileSaved'));
  };
  const change = (at: number, part: Partial<Fact>) =>
    setFacts(facts.map((fact, n) => (n === at ? { ...fact, ...part } : fact)));

  return (
    <Section title={say('about')}>
      <SettingsForm label={say('about')} errors={errors} onSend={save}>
        <Field
          label={say('displayName')}
          hint={say('displayNameHint', { acct: account.acct })}
          name="display-name"
          value={name}
          onInput={setName}
          error={errors.at.display_name}
          maxLength={MAX_NAME}
          autocomplete="name"
        />
        <Field
          label={say('bio')}
          hint={say('bioHint', { left: MAX_BIO - [...bio].length })}
          name="bio"
          value={bio}
          onInput={setBio}
          error={errors.at.note}
          maxLength={MAX_BIO}
          multiline
        />
        <fieldset>
          <legend class={styles.legend}>{say('fields')}</legend>
          <p class={styles.muted}>{say('fieldsHint')}</p>
          {errors.at.fields_attributes && <FieldError sentence={errors.at.fields_attributes} alert />}
          {facts.map((fact, at) => (
            <div class={styles.pair} key={String(at)}>
              <Field
                label={say('fieldName', { n: at + 1 })}
                name={`field-name-${at}`}
                value={fact.name}
                onInput={(text) => change(at, { name: text })}
                maxLength={MAX_FIELD}
              />
              <Field
                label={say('fieldValue', { n: at + 1 })}
                name={`field-value-${at}`}
                value={fact.value}
                onInput={(text) => change(at, { value: text })}
                maxLength={MAX_FIELD}
              />
              {isVerified(account, fact) && (
                <p class={styles.verified}>
                  <Icon name="check" size={16} />
                  {say('fieldVerified')}
                </p>
              )}
            </div>
          ))}
        </fieldset>
        <div class={styles.actions}>
          <Button type="submit" busy={busy}>
            {say('save')}
          </Button>
          <ButtonLink href={profilePath(account)} look="quiet">
            {say('toProfile')}
          </ButtonLink>
        </div>
      </SettingsForm>
    </Section>
  );
}

function isVerified({ source }: CredentialAccount, fact: Fact): boolean {
  return source.fields.some(
    ({ name, value, verified_at }) => verified_at !== null && name === fact.name && value === fact.value,
  );
}
