import type { ComponentChildren } from 'preact';
import type { SoundRights as Rights } from '../api/schema.gen.ts';
import { isrcSaid, licenceName } from './rights.ts';
import { say } from './say.ts';
import styles from './sound.module.css';

/** What is said of the rights to a sound, as pairs of a term and what it is. */
export function rightsFacts(rights: Rights): { readonly term: string; readonly value: ComponentChildren }[] {
  const { licence_url: url, holder, isrc, source_url: source } = rights;
  const name = licenceName(rights);
  const facts = [
    { term: say('licence'), value: url ? <Away href={url}>{name}</Away> : name },
    { term: say('holder'), value: holder },
    { term: say('isrc'), value: isrc && <bdi dir="ltr">{isrcSaid(isrc)}</bdi> },
    { term: say('source'), value: source && <Away href={source}>{new URL(source).host}</Away> },
  ];
  return facts.filter(({ value }) => value !== '');
}

/** Whose a sound is, and what may be done with it. */
export function SoundRights({ rights }: { rights: Rights }) {
  return (
    <section class={styles.said} aria-label={say('rights')}>
      <dl class={styles.rights}>
        {rightsFacts(rights).map(({ term, value }) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd dir="auto">{value}</dd>
          </div>
        ))}
      </dl>
      <p class={styles.uses}>{say('saidBy', { who: rights.by_staff ? 'staff' : 'author' })}</p>
    </section>
  );
}

function Away({ href, children }: { href: string; children: string }) {
  return (
    <a class={styles.away} href={href} rel="noopener noreferrer nofollow" target="_blank">
      {children}
    </a>
  );
}
