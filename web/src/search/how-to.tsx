import { say } from './say.ts';
import styles from './search.module.css';

/** What can be written, as the server reads it, and what it means. */
const EXAMPLES = [
  ['"first snow"', 'inRow'],
  ['from:@name', 'ofOne'],
  ['-snow', 'without'],
  ['sno*', 'begun'],
  ['has:captions', 'withCaptions'],
  ['after:2026-01-31', 'sinceDay'],
] as const;

/** How somebody who wants to says more exactly what they look for: nobody guesses it. */
export function HowTo() {
  return (
    <details class={styles.howTo}>
      <summary>{say('howTo')}</summary>
      <dl>
        {EXAMPLES.map(([example, meaning]) => (
          <div key={example}>
            <dt>
              <code dir="ltr">{example}</code>
            </dt>
            <dd>{say(meaning)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
