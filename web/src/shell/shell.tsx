import type { ComponentChildren } from 'preact';
import { sheetIsOpen } from '../state/panels.ts';
import { pageTitle, VisuallyHidden } from '../ui/page.tsx';
import { ConfirmSlot } from './confirm-slot.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { Navigation } from './navigation.tsx';
import { NewsSlot } from './news-slot.tsx';
import { Panels } from './panels.tsx';
import { say } from './say.ts';
import styles from './shell.module.css';
import { Toasts } from './toasts.tsx';
import { UploadTraySlot } from './upload-tray.tsx';

const MAIN = 'main';

/** After a change of page the keyboard starts at the new content. */
export function focusMain(): void {
  document.getElementById(MAIN)?.focus();
}

/** The frame around every page: navigation, messages, and the way past them. */
export function Shell({ children }: { children: ComponentChildren }) {
  return (
    <>
      <a class={styles.skip} href={`#${MAIN}`}>
        {say('skip')}
      </a>
      <Navigation />
      <div class={styles.beside}>
        <NewsSlot />
      </div>
      <main class={styles.main} id={MAIN} tabIndex={-1}>
        {children}
      </main>
      <Panels />
      <div class={styles.stack}>
        <ConfirmSlot />
        <UploadTraySlot />
        {!sheetIsOpen.value && <Toasts />}
        <ConnectionBanner />
      </div>
      <p role="status">
        <VisuallyHidden>{pageTitle.value}</VisuallyHidden>
      </p>
    </>
  );
}
