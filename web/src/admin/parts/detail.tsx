import type { ComponentChildren } from 'preact';
import { Icon } from '../../ui/icon.tsx';
import { useTitle } from '../../ui/page.tsx';
import { say } from '../say.ts';
import styles from './detail.module.css';

interface DetailProps {
  readonly title: string;
  /** Where the list is that this is of. */
  readonly back: { readonly href: string; readonly words: string };
  /** Beside the title: states as badges. */
  readonly badges?: ComponentChildren;
  /** Buttons that act on the whole. */
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A page about one thing: what it is, what can be done with it, and sections below. */
export function Detail({ title, back, badges, actions, children }: DetailProps) {
  useTitle(title);
  return (
    <div class={styles.page}>
      <a class={styles.back} href={back.href}>
        <Icon name="back" size={20} />
        {back.words}
      </a>
      <header class={styles.head}>
        <h1 dir="auto">{title}</h1>
        {badges}
        {actions && <div class={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page about one thing. */
export function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class={styles.section}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export interface Fact {
  readonly term: string;
  /** Nothing: it is said that it is not given. */
  readonly value: ComponentChildren;
}

/** What is known, as pairs of a term and what it is. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl class={styles.facts}>
      {facts.map(({ term, value }) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd dir="auto">{value === null || value === undefined || value === '' ? say('none') : value}</dd>
        </div>
      ))}
    </dl>
  );
}
