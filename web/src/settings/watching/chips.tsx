import { Icon } from '../../ui/icon.tsx';
import styles from '../settings.module.css';
import chip from './chips.module.css';
import { say } from './say.ts';

/** A few things that were chosen, each with the way to take it out. */
export function Chips(props: {
  items: readonly string[];
  nameOf: (item: string) => string;
  none: string;
  onRemove: (item: string) => void;
}) {
  if (props.items.length === 0) return <p class={styles.muted}>{props.none}</p>;
  return (
    <ul class={styles.chips}>
      {props.items.map((item) => (
        <li key={item} class={chip.chip}>
          <span dir="auto">{props.nameOf(item)}</span>
          <button
            type="button"
            aria-label={say('removeWhat', { what: props.nameOf(item) })}
            onClick={() => props.onRemove(item)}
          >
            <Icon name="close" size={16} />
          </button>
        </li>
      ))}
    </ul>
  );
}
