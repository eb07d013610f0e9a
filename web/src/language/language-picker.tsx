import { useEffect, useRef } from 'preact/hooks';
import { language } from '../i18n/formats.ts';
import { chooseLanguage, ownName, shipped, wasJustChosen } from './choice.ts';
import styles from './language-picker.module.css';
import { say } from './say.ts';

/**
 * The languages of the page, each by its own name. They are buttons: a list to choose from would load the page anew while somebody is still
 * going through it with the keys.
 */
export function LanguagePicker() {
  const list = useRef<HTMLUListElement>(null);
  const current = language();
  useEffect(() => {
    if (wasJustChosen(current)) list.current?.querySelector<HTMLElement>('[aria-current]')?.focus();
  }, []);
  return (
    <ul class={styles.languages} aria-label={say('label')} ref={list}>
      {shipped.map((one) => (
        <li key={one}>
          <button
            type="button"
            class={styles.language}
            lang={one}
            dir="auto"
            aria-current={one === current ? 'true' : undefined}
            onClick={() => chooseLanguage(one)}
          >
            {ownName(one)}
          </button>
        </li>
      ))}
    </ul>
  );
}
