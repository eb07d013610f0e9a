import styles from './stat-tile.module.css';

interface StatTileProps {
  readonly label: string;
  /** A number or few words, as they are read. */
  readonly value: string;
  /** How old, how full, since when. */
  readonly note?: string | undefined;
  /** Where the things are that are counted. */
  readonly href?: string;
  /** `bad` wants somebody now, `warn` soon. The note has to say so, too: colours alone say nothing to many. */
  readonly tone?: 'plain' | 'warn' | 'bad';
}

/** One number of the overview. */
export function StatTile({ label, value, note, href, tone = 'plain' }: StatTileProps) {
  const content = (
    <>
      <span class={styles.label}>{label}</span>
      <strong class={styles.value}>{value}</strong>
      {note !== undefined && <span class={styles.note}>{note}</span>}
    </>
  );
  const classes = [styles.tile, styles[tone]].join(' ');
  if (href === undefined) return <div class={classes}>{content}</div>;
  return (
    <a class={classes} href={href}>
      {content}
    </a>
  );
}
