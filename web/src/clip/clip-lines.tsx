import type { Status } from '../api/types.ts';
import { remixOf } from '../remix/chain.ts';
import { lineOf } from '../remix/line.ts';
import { MutedHere } from '../sounds/muted-here.tsx';
import { Icon } from '../ui/icon.tsx';
import styles from './clip-info.module.css';
import { soundLine } from './sound-line.ts';

/** Where a clip comes from: another clip, and a sound. */
export function ClipLines({ status }: { status: Status }) {
  const sound = status.video?.sound;
  const remix = remixOf(status);
  return (
    <>
      {remix && <RemixLine {...lineOf(remix)} />}
      {sound && (
        <a class={styles.line} href={`/sounds/${sound.id}`} dir="auto">
          <Icon name="music" size={16} />
          <span>{soundLine(sound)}</span>
        </a>
      )}
      {sound && <MutedHere sound={sound} class={styles.line} size={16} />}
    </>
  );
}

function RemixLine({ text, href }: ReturnType<typeof lineOf>) {
  const words = (
    <>
      <Icon name="duet" size={16} />
      <span>{text}</span>
    </>
  );
  return href === null ? (
    <p class={styles.line} dir="auto">
      {words}
    </p>
  ) : (
    <a class={styles.line} href={href} dir="auto">
      {words}
    </a>
  );
}
