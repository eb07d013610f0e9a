import { useEffect, useState } from 'preact/hooks';
import type { Trim } from '../editing/trim.ts';
import { Part } from '../remix/duet-stage.tsx';
import { Film, PlayButton, setVolume, useFile } from '../remix/film.tsx';
import styles from '../remix/remix.module.css';
import { useTogether } from '../remix/use-together.ts';
import { say } from './say.ts';
import type { SoundUse } from './use.ts';
import type { Chosen } from './with-sound.tsx';

const PHONE = 9 / 16;
const whole = { left: 0, top: 0, width: 1, height: 1, fills: false };

interface PreviewProps {
  readonly chosen: Chosen;
  readonly use: SoundUse;
  /** Of one's own file. */
  readonly url: string;
  /** What is kept of it. */
  readonly trim: Trim;
}

/** How a clip will look and sound: one's own file plays with the sound, as the server will put them together. */
export function SoundPreview({ chosen, use, url, trim }: PreviewProps) {
  const own = useFile(url);
  const other = useFile(chosen.url);
  const [playing, setPlaying] = useState(false);
  const [aspect, setAspect] = useState(PHONE);
  const { volumes, start } = use;
  useEffect(() => {
    setVolume(own.current, volumes.own);
    setVolume(other.current, volumes.sound);
  }, [volumes.own, volumes.sound]);
  useTogether({ own, other }, { playing, trim, start, outlasts: true, onEnd: () => setPlaying(false) });
  return (
    <section class={styles.preview} aria-label={say('preview')}>
      <div class={styles.stage} style={{ '--aspect': String(aspect) }}>
        <Part place={whole}>
          <Film of={own} label={say('ownShown')} onAspect={setAspect} />
        </Part>
      </div>
      <div hidden>
        <Film of={other} label={say('soundShown')} />
      </div>
      <PlayButton playing={playing} onPress={() => setPlaying(!playing)} />
    </section>
  );
}
