import type { ComponentChildren } from 'preact';
import { useTitle } from '../ui/page.tsx';
import { say } from './say.ts';
import { steps } from './steps.ts';
import styles from './welcome.module.css';

interface FrameProps {
  /** Counted from one. */
  readonly n: number;
  readonly title: string;
  readonly text: string;
  /** What to press, below. */
  readonly actions: ComponentChildren;
  readonly children: ComponentChildren;
}

/** What all steps look like. */
export function StepFrame({ n, title, text, actions, children }: FrameProps) {
  useTitle(title);
  return (
    <div class={styles.page}>
      <p class={styles.step}>
        {say('step', { n, all: steps.length })}
        <span class={styles.dots} aria-hidden="true">
          {steps.map((name, at) => (
            <span key={name} class={at < n ? styles.reached : undefined} />
          ))}
        </span>
      </p>
      <h1>{title}</h1>
      <p class={styles.intro}>{text}</p>
      {children}
      <div class={styles.actions}>{actions}</div>
    </div>
  );
}
