import { effect, signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import type { ApiFailure } from '../api/client.ts';
import { serverName } from '../state/session.ts';
import { Button } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';
import styles from './page.module.css';
import { say } from './say.ts';

/** The title of the page that is shown; the shell reads it out after a change of page. */
export const pageTitle = signal('');

effect(() => {
  const server = serverName();
  document.title = pageTitle.value ? say('pageTitle', { page: pageTitle.value, server }) : server;
});

/** Sets the title of the document for as long as the page is shown. */
export function useTitle(title: string): void {
  useEffect(() => {
    pageTitle.value = title;
  }, [title]);
}

/** Makes the room dark for as long as a clip is shown, whatever the system prefers. */
export function useDarkRoom(): void {
  useLayoutEffect(() => {
    document.documentElement.dataset.room = 'dark';
    return () => {
      delete document.documentElement.dataset.room;
    };
  }, []);
}

interface PageProps {
  readonly title: string;
  readonly width?: 'narrow' | 'normal' | 'wide';
  readonly children: ComponentChildren;
}

/** A page of text and forms with its heading. */
export function Page({ title, width = 'normal', children }: PageProps) {
  useTitle(title);
  return (
    <div class={[styles.page, width !== 'normal' && styles[width]].filter(Boolean).join(' ')}>
      <h1 class={styles.title}>{title}</h1>
      {children}
    </div>
  );
}

interface NoticeProps {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  readonly level?: 1 | 2;
  /** What to press; one button. */
  readonly children?: ComponentChildren;
}

/** What stands where there is nothing to show: what it is, and what to do next. */
export function Notice({ icon, title, text, level = 2, children }: NoticeProps) {
  const Heading = level === 1 ? 'h1' : 'h2';
  return (
    <div class={styles.state}>
      <span class={styles.mark}>
        <Icon name={icon} size={34} />
      </span>
      <Heading>{title}</Heading>
      <p>{text}</p>
      {children}
    </div>
  );
}

/** Why something did not load, with a button that tries again. */
export function Failed(props: { failure: ApiFailure; title?: string; level?: 1 | 2; onRetry: () => void }) {
  const { failure, title = say('failed'), level = 2, onRetry } = props;
  return (
    <div role="alert">
      <Notice icon="alert" title={title} text={failure.sentence} level={level}>
        <Button onPress={onRetry}>{say('retry')}</Button>
      </Notice>
    </div>
  );
}

/** Something is on its way. */
export function Loading({ label = say('loading') }: { label?: string }) {
  return (
    <div class={styles.state} role="status">
      <span class={styles.spinner} aria-hidden="true" />
      <VisuallyHidden>{label}</VisuallyHidden>
    </div>
  );
}

/** Words for people who listen to the page. */
export function VisuallyHidden({ children }: { children: ComponentChildren }) {
  return <span class={styles.hidden}>{children}</span>;
}
