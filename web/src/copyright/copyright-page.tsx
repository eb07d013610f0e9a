import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { CopyrightClaim } from '../api/schema.gen.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Choice, Field, FormError } from '../ui/field.tsx';
import { Notice, Page, useTitle } from '../ui/page.tsx';
import { fileClaim } from './calls.ts';
import styles from './copyright.module.css';
import { CountryField, MAX, SignatureField } from './person-fields.tsx';
import { say } from './say.ts';
import { linesOf, useForm } from './use-form.ts';

/** Where somebody without an account says that a video uses a work of theirs. `?video=` fills in what it is about. */
export function CopyrightPage() {
  const [filed, setFiled] = useState<CopyrightClaim | null>(null);
  if (filed) return <Filed claim={filed} />;
  return (
    <Page title={say('title')}>
      <p>{say('intro')}</p>
      <h2>{say('steps')}</h2>
      <ol class={styles.steps}>
        <li>{say('stepFile')}</li>
        <li>{say('stepDecide')}</li>
        <li>{say('stepAnswer')}</li>
      </ol>
      <p class={styles.muted}>{say('before')}</p>
      <ClaimForm onFiled={setFiled} />
    </Page>
  );
}

/** Says what comes next; where the server sends no mail, the page of the claim is all there is. */
function Filed({ claim }: { claim: CopyrightClaim }) {
  useTitle(say('title'));
  const { link, email } = claim;
  return (
    <div role="status">
      <Notice
        icon="check"
        level={1}
        title={say(link === null ? 'sentTitle' : 'openTitle')}
        text={link === null ? say('sent', { email }) : say('open')}
      >
        {link !== null && <ButtonLink href={link}>{say('toClaim')}</ButtonLink>}
      </Notice>
    </div>
  );
}

const NOTHING = {
  ...{ name: '', email: '', organisation: '', country: '', address: '', actsAs: 'owner' },
  ...{ work: '', originals: '', videos: '', signature: '', goodFaith: false, accurate: false },
};

type ClaimValues = typeof NOTHING;
type FormState = ReturnType<typeof useForm<ClaimValues>>;

function ClaimForm({ onFiled }: { onFiled: (claim: CopyrightClaim) => void }) {
  const { video } = useLocation().query;
  const form = useForm<ClaimValues>({ ...NOTHING, videos: video ?? '' });
  const { values, busy } = form;
  const send = () => {
    if (values.country === '') return form.refuse(say('noCountry'));
    if (!values.goodFaith || !values.accurate) return form.refuse(say('missing'));
    const { actsAs, goodFaith, originals, videos, ...said } = values;
    const claim = {
      ...{ ...said, acts_as: actsAs, good_faith: goodFaith },
      ...{ originals: linesOf(originals), videos: linesOf(videos) },
    };
    return form.send(() => fileClaim(claim), onFiled);
  };
  return (
    <form
      class={styles.section}
      aria-label={say('title')}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {form.problem !== undefined && <FormError sentence={form.problem} />}
      <Who form={form} />
      <What form={form} />
      <Statements form={form} />
      <div class={styles.actions}>
        <Button type="submit" busy={busy}>
          {say('send')}
        </Button>
      </div>
    </form>
  );
}

function Who({ form }: { form: FormState }) {
  const { values, set, error } = form;
  return (
    <fieldset class={styles.step}>
      <legend>{say('who')}</legend>
      <Field
        {...{ label: say('name'), name: 'name', value: values.name, onInput: set('name') }}
        {...{ error: error('name'), autocomplete: 'name', maxLength: MAX.name, required: true }}
      />
      <Field
        {...{ label: say('email'), name: 'email', type: 'email', value: values.email, onInput: set('email') }}
        {...{ error: error('email'), autocomplete: 'email', hint: say('emailHint'), required: true }}
      />
      <Field
        {...{ label: say('organisation'), name: 'organisation', value: values.organisation }}
        {...{ onInput: set('organisation'), autocomplete: 'organization', maxLength: MAX.name }}
      />
      <CountryField value={values.country} error={error('country')} onChoose={set('country')} />
      <Field
        {...{ label: say('address'), name: 'address', value: values.address, onInput: set('address') }}
        {...{ error: error('address'), hint: say('addressHint'), autocomplete: 'street-address' }}
        {...{ maxLength: MAX.address, required: values.country === 'US' }}
      />
      <div role="radiogroup" aria-label={say('actsAs')} class={styles.section}>
        <p aria-hidden="true">{say('actsAs')}</p>
        {(['owner', 'agent'] as const).map((who) => (
          <Choice
            key={who}
            type="radio"
            name="actsAs"
            checked={values.actsAs === who}
            onChoose={() => set('actsAs')(who)}
          >
            {say(who)}
          </Choice>
        ))}
      </div>
    </fieldset>
  );
}

function What({ form: { values, set, error } }: { form: FormState }) {
  return (
    <fieldset class={styles.step}>
      <legend>{say('what')}</legend>
      <Field
        multiline
        {...{ label: say('work'), name: 'work', value: values.work, onInput: set('work') }}
        {...{ error: error('work'), hint: say('workHint'), maxLength: MAX.text, required: true }}
      />
      <Field
        multiline
        {...{ label: say('originals'), name: 'originals', value: values.originals }}
        {...{ onInput: set('originals'), error: error('originals'), hint: say('originalsHint') }}
      />
      <Field
        multiline
        {...{ label: say('videos'), name: 'videos', value: values.videos, onInput: set('videos') }}
        {...{ error: error('videos'), hint: say('videosHint'), required: true }}
      />
    </fieldset>
  );
}

function Statements({ form: { values, set, error } }: { form: FormState }) {
  return (
    <fieldset class={styles.step}>
      <legend>{say('statements')}</legend>
      <Choice type="checkbox" name="goodFaith" checked={values.goodFaith} onChoose={set('goodFaith')}>
        {say('goodFaith')}
      </Choice>
      <Choice type="checkbox" name="accurate" checked={values.accurate} onChoose={set('accurate')}>
        {say('accurate')}
      </Choice>
      <SignatureField value={values.signature} error={error('signature')} onInput={set('signature')} />
      <p class={styles.muted}>{say('told')}</p>
    </fieldset>
  );
}
