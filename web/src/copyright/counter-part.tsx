import { useState } from 'preact/hooks';
import type { Strike, StrikeClaim } from '../api/schema.gen.ts';
import { day } from '../format.ts';
import { toast } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { Choice, Field, FormError } from '../ui/field.tsx';
import { sendCounter } from './calls.ts';
import styles from './copyright.module.css';
import { CountryField, MAX, SignatureField } from './person-fields.tsx';
import { say } from './say.ts';
import { useForm } from './use-form.ts';

interface CounterPartProps {
  readonly strikeId: string;
  readonly claim: StrikeClaim;
  /** Of the link of a mail, where the viewer is not signed in. */
  readonly token: string | null;
  readonly onChange: (strike: Strike) => void;
}

/** What an uploader reads of the claim for which a video was removed, and answers to it. */
export function CounterPart({ strikeId, claim, token, onChange }: CounterPartProps) {
  const [isOpen, open] = useState(false);
  const { name, organisation, counter_notice: counter, counter_until: until } = claim;
  return (
    <section class={styles.section}>
      <h3>{say('claimTitle', { id: claim.id })}</h3>
      <p>{say('claimOf', { who: organisation === '' ? name : `${name} (${organisation})` })}</p>
      <p class={styles.text} dir="auto">
        {claim.work}
      </p>
      {claim.originals.length > 0 && (
        <ul aria-label={say('originals')}>
          {claim.originals.map((url) => (
            <li key={url}>
              <a href={url} rel="noopener nofollow">
                {url}
              </a>
            </li>
          ))}
        </ul>
      )}
      {counter && (
        <>
          <h4>{say('counterYours')}</h4>
          <p class={styles.text} dir="auto">
            {counter.text}
          </p>
          <p role="status">{say('counterYoursState', { state: counter.state, day: day(counter.due_at) })}</p>
          {counter.answer !== '' && <p dir="auto">{counter.answer}</p>}
        </>
      )}
      {until !== null && (
        <>
          <p>{say('counterIntro', { day: day(until) })}</p>
          {isOpen ? (
            <CounterForm {...{ strikeId, token, onChange }} />
          ) : (
            <div class={styles.actions}>
              <Button onPress={() => open(true)}>{say('counterOpen')}</Button>
            </div>
          )}
        </>
      )}
    </section>
  );
}

const NOTHING = {
  ...{ name: '', address: '', country: '', text: '', signature: '' },
  ...{ mistaken: false, jurisdiction: false },
};

function CounterForm({ strikeId, token, onChange }: Omit<CounterPartProps, 'claim'>) {
  const form = useForm<typeof NOTHING>(NOTHING);
  const { values, set, error } = form;
  const send = () => {
    if (values.country === '') return form.refuse(say('noCountry'));
    if (!values.mistaken || !values.jurisdiction) return form.refuse(say('missing'));
    return form.send(
      () => sendCounter(strikeId, token, values),
      (strike) => {
        toast(say('counterSent'));
        onChange(strike);
      },
    );
  };
  return (
    <form
      class={styles.section}
      aria-label={say('counterTitle')}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {form.problem !== undefined && <FormError sentence={form.problem} />}
      <p>{say('counterTold')}</p>
      <Field
        {...{ label: say('name'), name: 'name', value: values.name, onInput: set('name') }}
        {...{ error: error('name'), autocomplete: 'name', maxLength: MAX.name, required: true }}
      />
      <Field
        {...{ label: say('address'), name: 'address', value: values.address, onInput: set('address') }}
        {...{
          error: error('address'),
          autocomplete: 'street-address',
          maxLength: MAX.address,
          required: true,
        }}
      />
      <CountryField value={values.country} error={error('country')} onChoose={set('country')} />
      <Field
        multiline
        {...{ label: say('counterText'), name: 'text', value: values.text, onInput: set('text') }}
        {...{ error: error('text'), maxLength: MAX.text, required: true }}
      />
      <Choice type="checkbox" name="mistaken" checked={values.mistaken} onChoose={set('mistaken')}>
        {say('mistaken')}
      </Choice>
      <Choice
        type="checkbox"
        name="jurisdiction"
        checked={values.jurisdiction}
        onChoose={set('jurisdiction')}
      >
        {say('jurisdiction')}
      </Choice>
      <SignatureField value={values.signature} error={error('signature')} onInput={set('signature')} />
      <div class={styles.actions}>
        <Button type="submit" busy={form.busy}>
          {say('counterSend')}
        </Button>
      </div>
    </form>
  );
}
