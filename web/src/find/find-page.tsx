import { useState } from 'preact/hooks';
import { api } from '../api/endpoints.ts';
import type { Account } from '../api/types.ts';
import { loadRelationships } from '../state/relationships.ts';
import { strings } from '../strings.ts';
import { Button } from '../ui/button.tsx';
import { Field, Form, FormError } from '../ui/field.tsx';
import { NeedsSession } from '../ui/needs-session.tsx';
import { Page } from '../ui/page.tsx';
import { AccountCard } from './account-card.tsx';
import styles from './find.module.css';

/** Finds somebody by their handle, on this server or on any other, to follow them. */
export function FindPage() {
  return (
    <NeedsSession title={strings.find.title} text={strings.find.signIn}>
      <Find />
    </NeedsSession>
  );
}

/** `@name`, `name@server` or `@name@server`; the server is checked by the server. */
const HANDLE = /^@?[^\s@/]+(@[^\s@/]+)?$/;

function Find() {
  const [handle, setHandle] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const [found, setFound] = useState<readonly Account[]>([]);
  const text = strings.find;

  const search = async () => {
    const wanted = handle.trim();
    setFound([]);
    setProblem('');
    if (!HANDLE.test(wanted)) return setProblem(text.badHandle);
    setBusy(true);
    const outcome = await api.resolveAccount(wanted);
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome.sentence);
    if (outcome.value.accounts.length === 0) return setProblem(text.none(wanted));
    setFound(outcome.value.accounts);
    loadRelationships(outcome.value.accounts.map((account) => account.id));
  };

  return (
    <Page title={text.title}>
      <Form onSend={search} label={text.title}>
        {problem && <FormError sentence={problem} />}
        <Field
          label={text.label}
          name="handle"
          value={handle}
          onInput={setHandle}
          hint={text.hint}
          placeholder={text.placeholder}
          autocomplete="off"
          required
        />
        <Button type="submit" icon="search" busy={busy}>
          {busy ? text.searching : text.action}
        </Button>
      </Form>
      <ul class={styles.results} aria-live="polite">
        {found.map((account) => (
          <li key={account.id}>
            <AccountCard account={account} />
          </li>
        ))}
      </ul>
    </Page>
  );
}
