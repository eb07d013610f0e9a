import type { Sound } from '../api/schema.gen.ts';
import { Disc } from './disc.tsx';
import { nameOf } from './names.ts';
import { say } from './say.ts';
import styles from './sound.module.css';

/** Which sound somebody has chosen, and whose it is. */
export function AboutSound({ sound }: { sound: Sound }) {
  const { author } = sound;
  return (
    <a class={styles.item} href={`/sounds/${sound.id}`}>
      <Disc sound={sound} small />
      <span class={styles.words}>
        <bdi class={styles.name}>{nameOf(sound)}</bdi>
        {author && <span class={styles.uses}>{say('by', { acct: author.acct })}</span>}
      </span>
    </a>
  );
}
