import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { ApiOutcome } from '../api/client.ts';
import type { CopyrightClaim, CounterNotice } from '../api/schema.gen.ts';
import { day } from '../format.ts';
import { toast } from '../state/toasts.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Form } from '../ui/field.tsx';
import { Failed, Loading, Notice, Page } from '../ui/page.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { claimBy, confirmClaim, goToCourt, withdrawClaim } from './calls.ts';
import styles from './copyright.module.css';
import { MAX } from './person-fields.tsx';
import { say } from './say.ts';

/** A claim by the link that was mailed: where whoever filed it reads how it goes on, and acts on it. */
export function ClaimPage() {
  const { token } = useLocation().query;
  if (!token) {
    return (
      <Notice icon="alert" level={1} title={say('noToken')} text={say('noTokenText')}>
        <ButtonLink href="/copyright">{say('newClaim')}</ButtonLink>
      </Notice>
    );
  }
  return <Known token={token} />;
}

function Known({ token }: { token: string }) {
  const [remote, reload, set] = useRemote(`claim ${token}`, () => claimBy(token));
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  const claim = remote.value;
  return (
    <Page title={say('claimTitle', { id: claim.id })}>
      <p role="status">
        <strong>{say('state', { state: claim.state })}</strong>
      </p>
      {claim.state === 'unconfirmed' && <Confirming claim={claim} token={token} onChange={set} />}
      {claim.answer !== '' && (
        <section class={styles.section}>
          <h2>{say('answer')}</h2>
          <p class={styles.text} dir="auto">
            {claim.answer}
          </p>
        </section>
      )}
      <Told claim={claim} />
      {claim.counter_notices.length > 0 && (
        <section class={styles.section}>
          <h2>{say('counters')}</h2>
          {claim.counter_notices.map((counter) => (
            <Countered key={counter.id} counter={counter} token={token} onChange={set} />
          ))}
        </section>
      )}
      {(claim.state === 'open' || claim.state === 'upheld') && <Withdrawing token={token} onChange={set} />}
    </Page>
  );
}

interface Acting {
  readonly token: string;
  readonly onChange: (claim: CopyrightClaim) => void;
}

/** Sends one thing, and says how that went. */
function useDeed(onChange: Acting['onChange']) {
  const [busy, setBusy] = useState(false);
  const run = async (call: () => Promise<ApiOutcome<CopyrightClaim>>, done: string): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    const outcome = await call();
    setBusy(false);
    toast(outcome.ok ? done : outcome.sentence, outcome.ok ? undefined : 'error');
    if (outcome.ok) onChange(outcome.value);
    return outcome.ok;
  };
  return [busy, run] as const;
}

function Confirming({ claim, token, onChange }: Acting & { claim: CopyrightClaim }) {
  const [busy, run] = useDeed(onChange);
  return (
    <div class={styles.section}>
      <p>{say('confirmText', { email: claim.email })}</p>
      <div class={styles.actions}>
        <Button busy={busy} onPress={() => run(() => confirmClaim(token), say('confirmed'))}>
          {say('confirm')}
        </Button>
      </div>
    </div>
  );
}

function Told({ claim }: { claim: CopyrightClaim }) {
  return (
    <>
      <section class={styles.section}>
        <h2>{say('work')}</h2>
        <p class={styles.text} dir="auto">
          {claim.work}
        </p>
        <ul>
          {claim.originals.map((url) => (
            <li key={url}>
              <a href={url} rel="noopener nofollow">
                {url}
              </a>
            </li>
          ))}
        </ul>
      </section>
      <section class={styles.section}>
        <h2>{say('videos')}</h2>
        <ul>
          {claim.videos.map(({ url, removed }) => (
            <li key={url}>
              <a href={url}>{url}</a> · {say(removed ? 'removed' : 'notRemoved')}
            </li>
          ))}
        </ul>
        <p class={styles.muted}>
          {claim.name}
          {claim.organisation !== '' && ` · ${claim.organisation}`} · <TimeAgo iso={claim.created_at} />
        </p>
      </section>
    </>
  );
}

function Countered({ counter, token, onChange }: Acting & { counter: CounterNotice }) {
  const { name, address, country, state } = counter;
  return (
    <article class={styles.section}>
      <h3 dir="auto">{say('counterBy', { name, address, country })}</h3>
      <p class={styles.text} dir="auto">
        {counter.text}
      </p>
      <p>{say('counterState', { state, day: day(counter.due_at) })}</p>
      {counter.answer !== '' && <p dir="auto">{counter.answer}</p>}
      {state === 'waiting' && <CourtForm counter={counter} token={token} onChange={onChange} />}
    </article>
  );
}

function CourtForm({ counter, token, onChange }: Acting & { counter: CounterNotice }) {
  const [court, setCourt] = useState('');
  const [busy, run] = useDeed(onChange);
  return (
    <Form
      label={say('sue')}
      onSend={() => run(() => goToCourt(token, counter.id, court.trim()), say('sued'))}
    >
      <Field
        label={say('court')}
        name="court"
        value={court}
        onInput={setCourt}
        maxLength={MAX.text}
        required
      />
      <div class={styles.actions}>
        <Button type="submit" busy={busy}>
          {say('sue')}
        </Button>
      </div>
    </Form>
  );
}

function Withdrawing({ token, onChange }: Acting) {
  const [isAsked, ask] = useState(false);
  const [busy, run] = useDeed(onChange);
  const confirm = async () => {
    if (await run(() => withdrawClaim(token), say('withdrawn'))) ask(false);
  };
  return (
    <div class={styles.actions}>
      <Button look="quiet" onPress={() => ask(true)}>
        {say('withdraw')}
      </Button>
      {isAsked && (
        <Dialog title={say('withdraw')} onClose={() => ask(false)}>
          <p>{say('withdrawText')}</p>
          <div class={styles.actions}>
            <Button look="quiet" onPress={() => ask(false)}>
              {say('keep')}
            </Button>
            <Button look="danger" busy={busy} onPress={confirm}>
              {say('withdraw')}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
