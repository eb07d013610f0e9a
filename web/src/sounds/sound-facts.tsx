import { type SoundOfClip, soundLine } from '../clip/sound-line.ts';
import { Icon } from '../ui/icon.tsx';
import { MutedHere } from './muted-here.tsx';
import { say } from './say.ts';
import styles from './sound.module.css';

/** What is heard in a clip, or would be, beside it. */
export function SoundFacts({ sound }: { sound: SoundOfClip }) {
  return (
    <>
      <div class={styles.fact}>
        <Icon name="music" size={20} />
        <a href={`/sounds/${sound.id}`}>
          <bdi>{soundLine(sound)}</bdi>
        </a>
      </div>
      <MutedHere sound={sound} class={styles.fact} size={20} />
      {sound.muted && (
        <p class={styles.fact}>
          <Icon name="soundOff" size={20} />
          {say('muted')}
        </p>
      )}
    </>
  );
}
