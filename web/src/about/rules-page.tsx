import { instance, serverName } from '../state/session.ts';
import { Notice, Page } from '../ui/page.tsx';
import styles from './about.module.css';
import { say } from './say.ts';

/** The rules of the server, with the numbers by which reports and decisions name them. */
export function RulesPage() {
  const rules = instance.value?.rules ?? [];
  return (
    <Page title={say('rulesTitle', { server: serverName() })}>
      {rules.length === 0 ? (
        <Notice icon="flag" title={say('noRules')} text={say('noRulesText')} />
      ) : (
        <>
          <p>{say('rulesIntro')}</p>
          <ol class={styles.rules}>
            {rules.map(({ id, text }) => (
              <li key={id} id={`rule-${id}`}>
                <span class={styles.number}>{say('ruleId', { id })}</span>
                <span dir="auto">{text}</span>
              </li>
            ))}
          </ol>
        </>
      )}
    </Page>
  );
}
