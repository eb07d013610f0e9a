import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Suggestion } from '../api/schema.gen.ts';
import { loadRelationships } from '../state/relationships.ts';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { AccountCard } from '../ui/account/account-card.tsx';
import { IconButton } from '../ui/button.tsx';
import { Loading } from '../ui/page.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { peopleCalls } from './calls.ts';
import styles from './people.module.css';
import { reasonOf } from './reason.ts';
import { say } from './say.ts';

/** People for whoever is signed in, and why; nothing where nobody comes to mind. What stands below comes with it, so that it does not jump. */
export function Suggested({ children }: { children: ComponentChildren }) {
  const viewer = me.value;
  const [remote, , set] = useRemote(`suggested ${viewer?.id}`, peopleCalls.suggestions);
  const people = remote.state === 'ready' ? remote.value : [];
  useEffect(() => {
    loadRelationships(people.map(({ account }) => account.id));
  }, [remote]);
  if (remote.state === 'loading') return <Loading />;
  const dismiss = async (suggestion: Suggestion) => {
    const { id, acct } = suggestion.account;
    set(people.filter((one) => one !== suggestion));
    const outcome = await peopleCalls.dismiss(id);
    if (outcome.ok) return toast(say('dismissed', { acct }));
    set(people);
    toast(outcome.sentence, 'error');
  };
  return (
    <>
      {people.length > 0 && (
        <section class={styles.part} aria-labelledby="suggested">
          <h2 id="suggested">{say('suggested')}</h2>
          <ul class={styles.people}>
            {people.map((suggestion) => (
              <li key={suggestion.account.id} class={styles.suggestion}>
                <p class={styles.reason}>{reasonOf(suggestion)}</p>
                <AccountCard account={suggestion.account} />
                <span class={styles.dismiss}>
                  <IconButton
                    icon="close"
                    label={say('dismiss', { acct: suggestion.account.acct })}
                    onPress={() => dismiss(suggestion)}
                  />
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {children}
    </>
  );
}
