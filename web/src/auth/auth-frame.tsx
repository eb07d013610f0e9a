import type { ComponentChildren } from 'preact';
import { LanguagePicker } from '../language/language-picker.tsx';
import { Logo } from '../shell/logo.tsx';
import { instance } from '../state/session.ts';
import { useTitle } from '../ui/page.tsx';
import styles from './auth.module.css';

interface AuthFrameProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

/** What the pages for signing in and joining look like: the server, what it says of itself, and a form. */
export function AuthFrame({ title, children }: AuthFrameProps) {
  useTitle(title);
  const about = instance.value?.description;
  return (
    <div class={styles.frame}>
      <header class={styles.server}>
        <Logo />
        <h1>{title}</h1>
        {about && (
          <p class={styles.about} dir="auto">
            {about}
          </p>
        )}
      </header>
      <div class={styles.box}>{children}</div>
      <footer>
        <LanguagePicker />
      </footer>
    </div>
  );
}
