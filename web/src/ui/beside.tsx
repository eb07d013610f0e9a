import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import styles from './beside.module.css';
import { Icon, type IconName } from './icon.tsx';

interface BesideProps {
  /** Names the places, for people who listen to the page. */
  readonly label: string;
  readonly places: ComponentChildren;
  /** For pages of tables. */
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}

/** Where one can go beside what is shown, where there is room for both; elsewhere what is shown alone. */
export function Beside({ label, places, wide = false, children }: BesideProps) {
  const { path } = useLocation();
  const nav = useRef<HTMLElement>(null);
  // There may be more places than are in sight: the one where somebody is has to be.
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [path]);
  return (
    <div class={wide ? `${styles.frame} ${styles.wide}` : styles.frame}>
      <nav ref={nav} class={styles.beside} aria-label={label}>
        {places}
      </nav>
      {children}
    </div>
  );
}

/** Places that belong together, each a `Place` in a list. */
export function PlaceGroup({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section>
      <h2 class={styles.group}>{title}</h2>
      <ul>{children}</ul>
    </section>
  );
}

interface PlaceProps {
  readonly href: string;
  readonly icon: IconName;
  readonly title: string;
  /** What one finds there. */
  readonly about?: string;
  readonly isCurrent: boolean;
}

/** A page that one can go to. */
export function Place({ href, icon, title, about, isCurrent }: PlaceProps) {
  return (
    <a class={styles.place} href={href} aria-current={isCurrent ? 'page' : undefined}>
      <Icon name={icon} size={20} />
      <span class={styles.words}>
        {title}
        {about !== undefined && <small>{about}</small>}
      </span>
    </a>
  );
}
