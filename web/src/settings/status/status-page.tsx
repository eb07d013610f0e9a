import { useState } from 'preact/hooks';
import { useRoute } from 'preact-iso/router';
import type { Strike } from '../../api/schema.gen.ts';
import { CounterPart } from '../../copyright/counter-part.tsx';
import { day } from '../../format.ts';
import { me } from '../../state/session.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { NeedsSession } from '../../ui/needs-session.tsx';
import { Failed, Loading, Notice, Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import styles from '../settings.module.css';
import { appealAgainst, decisions } from './calls.ts';
import { say } from './say.ts';

const MAX_CHARACTERS = 2_000;

/** What the staff decided about somebody: for whoever is signed in, and by the link of the mail for whoever cannot be. */
export function AccountStatusPage() {
  const token = useRoute().query.token ?? null;
  if (token !== null || me.value) return <Decisions token={token} />;
  return (
    <NeedsSession title={say('title')} text={say('needed')}>
      <Decisions token={null} />
    </NeedsSession>
  );
}

function Decisions({ token }: { token: string | null }) {
  const [remote, reload, set] = useRemote(`decisions ${token ?? ''}`, () => decisions(token));
  const strikes = remote.state === 'ready' ? remote.value : [];
  return (
    <Page title={say('title')}>
      <p class={styles.muted}>{say('intro')}</p>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' && strikes.length === 0 && (
        <Notice icon="check" title={say('empty')} text={say('emptyText')} />
      )}
      {strikes.length > 0 && (
        <ul class={styles.list} aria-label={say('list')}>
          {strikes.map((strike) => (
            <li key={strike.id}>
              <Decision
                strike={strike}
                token={token}
                onChange={(changed) => set(strikes.map((one) => (one.id === changed.id ? changed : one)))}
              />
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}

interface DecisionProps {
  readonly strike: Strike;
  readonly token: string | null;
  readonly onChange: (strike: Strike) => void;
}

function Decision({ strike, token, onChange }: DecisionProps) {
  const { action, target, appeal } = strike;
  return (
    <article class={styles.card}>
      <h2>{say('did', { action })}</h2>
      <p class={styles.muted}>
        {say('number', { number: strike.number })} · {say('about', { kind: target.kind })} ·{' '}
        <TimeAgo iso={strike.created_at} />
      </p>
      {strike.text !== '' && <p dir="auto">{strike.text}</p>}
      {strike.rules.length > 0 && (
        <>
          <h3>{say('rules')}</h3>
          <ul>
            {strike.rules.map((rule) => (
              <li key={rule.id} dir="auto">
                {rule.text}
              </li>
            ))}
          </ul>
        </>
      )}
      <p class={styles.muted}>
        {say(strike.automated ? 'automated' : 'byPerson')} {standingOf(strike)}
      </p>
      {strike.claim && <CounterPart {...{ strikeId: strike.id, claim: strike.claim, token, onChange }} />}
      {appeal && (
        <>
          <h3>{say('appealed')}</h3>
          <p dir="auto">{appeal.text}</p>
          <p>{say(appeal.state)}</p>
          {appeal.answer !== '' && <p dir="auto">{appeal.answer}</p>}
        </>
      )}
      {strike.appeal_until !== null && (
        <AppealForm strike={strike} token={token} until={strike.appeal_until} onChange={onChange} />
      )}
    </article>
  );
}

function standingOf({ lifted_at, counts, expires_at, final_at }: Strike): string {
  if (lifted_at !== null) return say('lifted');
  if (final_at !== null) return say('finalAt', { day: day(final_at) });
  if (!counts) return say('expired');
  return expires_at === null ? '' : say('countsUntil', { day: day(expires_at) });
}

function AppealForm({ strike, token, until, onChange }: DecisionProps & { readonly until: string }) {
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    const outcome = await appealAgainst(strike.id, token, text.trim());
    setBusy(false);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    toast(say('sent'));
    onChange(outcome.value);
  };
  return (
    <form
      aria-label={say('appeal')}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) send();
      }}
    >
      <Field
        multiline
        label={say('appealText')}
        name="appeal"
        value={text}
        onInput={setText}
        hint={say('appealUntil', { day: day(until) })}
        required
        maxLength={MAX_CHARACTERS}
      />
      <Button type="submit" busy={busy}>
        {say('send')}
      </Button>
    </form>
  );
}
