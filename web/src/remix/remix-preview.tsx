import { useEffect, useState } from 'preact/hooks';
import type { Trim } from '../editing/trim.ts';
import { DuetStage, Part } from './duet-stage.tsx';
import { Film, PlayButton, setVolume, useFile } from './film.tsx';
import { type Duet, type Remix, type Stitch, volumesOf } from './order.ts';
import type { Original } from './original.tsx';
import styles from './remix.module.css';
import { say } from './say.ts';
import { isOver, TICK_MS, useTogether } from './use-together.ts';

const PHONE = 9 / 16;

const whole = { left: 0, top: 0, width: 1, height: 1, fills: false };

interface PreviewProps<R extends Remix> {
  readonly original: Original;
  readonly remix: R;
  /** Of one's own file. */
  readonly url: string;
  /** What is kept of it. */
  readonly trim: Trim;
}

/** How a remix will look and sound: both files play as the server will put them together. */
export function RemixPreview({ remix, ...rest }: PreviewProps<Remix>) {
  return remix.kind === 'duet' ? (
    <DuetPreview {...rest} remix={remix} />
  ) : (
    <StitchPreview {...rest} remix={remix} />
  );
}

function DuetPreview({ original, remix, url, trim }: PreviewProps<Duet>) {
  const own = useFile(url);
  const other = useFile(original.url);
  const [playing, setPlaying] = useState(false);
  const [aspect, setAspect] = useState(PHONE);
  const volumes = volumesOf(remix);
  useEffect(() => {
    setVolume(own.current, volumes.own);
    setVolume(other.current, volumes.original);
  }, [volumes.own, volumes.original]);
  useTogether({ own, other }, { playing, trim, onEnd: () => setPlaying(false) });
  return (
    <section class={styles.preview} aria-label={say('preview')}>
      <DuetStage
        layout={remix.layout}
        aspects={{ own: aspect, original: original.aspect }}
        own={<Film of={own} label={say('ownShown')} onAspect={setAspect} />}
        original={<Film of={other} label={say('originalShown')} />}
      />
      <PlayButton playing={playing} onPress={() => setPlaying(!playing)} />
    </section>
  );
}

/** The part of the original, and then one's own. */
function StitchPreview({ original, remix, url, trim }: PreviewProps<Stitch>) {
  const own = useFile(url);
  const other = useFile(original.url);
  const [playing, setPlaying] = useState<'original' | 'own' | null>(null);
  const [aspect, setAspect] = useState(PHONE);
  const { start, end } = remix.clip;
  useEffect(() => {
    const element = playing === 'own' ? own.current : other.current;
    if (!element || playing === null) return;
    const part = playing === 'own' ? trim : { ...trim, from: start, to: end, cuts: [] };
    element.currentTime = part.from;
    element.play().catch(() => setPlaying(null));
    const timer = setInterval(() => {
      if (isOver(element, part)) setPlaying(playing === 'original' ? 'own' : null);
    }, TICK_MS);
    return () => {
      clearInterval(timer);
      element.pause();
    };
  }, [playing, trim, start, end]);
  return (
    <section class={styles.preview} aria-label={say('preview')}>
      <div class={styles.stage} style={{ '--aspect': String(aspect) }}>
        <Part place={whole} hidden={playing !== 'own'}>
          <Film of={own} label={say('ownShown')} onAspect={setAspect} />
        </Part>
        <Part place={whole} hidden={playing === 'own'}>
          <Film of={other} label={say('originalShown')} />
        </Part>
      </div>
      <PlayButton
        playing={playing !== null}
        onPress={() => setPlaying(playing === null ? 'original' : null)}
      />
    </section>
  );
}
