import { useEffect, useRef } from 'preact/hooks';
import type { Media } from '../api/types.ts';
import type { Player } from '../player/pool.ts';
import { strings } from '../strings.ts';
import styles from './clip-progress.module.css';

/** A thin line that becomes a handle under the thumb; for the keyboard it is a slider. */
export function ClipProgress(props: { player: Player; media: Media; running: boolean }) {
  const { video } = props.player;
  const { running } = props;
  const { duration } = props.media.meta.original;
  const slider = useRef<HTMLInputElement>(null);

  useEffect(() => {
    let frame = 0;
    const show = () => {
      const element = slider.current;
      const total = Number.isFinite(video.duration) ? video.duration : duration;
      if (!element || !total) return;
      element.max = String(total);
      element.value = String(video.currentTime);
      element.style.setProperty('--done', `${(video.currentTime / total) * 100}%`);
      element.setAttribute('aria-valuetext', strings.clip.positionValue(video.currentTime, total));
    };
    const follow = () => {
      show();
      frame = requestAnimationFrame(follow);
    };
    show();
    if (running) follow();
    video.addEventListener('seeked', show);
    return () => {
      cancelAnimationFrame(frame);
      video.removeEventListener('seeked', show);
    };
  }, [video, duration, running]);

  return (
    <input
      class={styles.slider}
      ref={slider}
      type="range"
      min={0}
      step={0.1}
      aria-label={strings.clip.position}
      onInput={(event) => {
        video.currentTime = event.currentTarget.valueAsNumber;
      }}
    />
  );
}
