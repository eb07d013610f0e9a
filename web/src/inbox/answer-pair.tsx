import { Button } from '../ui/button.tsx';
import styles from './inbox.module.css';

/** Words of a button, and what it is called by who does not see beside whom it stands. */
interface Answer {
  readonly words: string;
  readonly label: string;
  readonly onPress: () => void;
}

/** Two answers to somebody who asks: the one that lets them in stands first. */
export function AnswerPair({ busy, yes, no }: { busy: boolean; yes: Answer; no: Answer }) {
  return (
    <span class={styles.answers}>
      <Button small busy={busy} label={yes.label} onPress={yes.onPress}>
        {yes.words}
      </Button>
      <Button look="quiet" small busy={busy} label={no.label} onPress={no.onPress}>
        {no.words}
      </Button>
    </span>
  );
}
