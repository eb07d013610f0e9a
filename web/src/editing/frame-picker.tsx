import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { preciseClock, spokenDuration, tenths } from '../format.ts';
import styles from './editing.module.css';
import { say } from './say.ts';
import { createSeeker } from './seeker.ts';

/** One press of an arrow key. */
const STEP_S = 0.1;
/** A place after every end: recordings of browsers tell their length only once somebody has been there. */
const BEYOND_S = 1e7;

interface FramePickerProps {
  /** Of the video. */
  readonly url: string;
  /** Where the chosen frame is. */
  readonly seconds: number;
  readonly onPick: (seconds: number) => void;
  /** Called when this browser cannot show the video. */
  readonly onUnreadable: () => void;
}

/** A video that stands still, and a slider that moves it: what is seen is what will be the cover. */
export function FramePicker({ url, seconds, onPick, onUnreadable }: FramePickerProps) {
  const id = useId();
  const video = useRef<HTMLVideoElement>(null);
  const seek = useRef<(seconds: number) => void>(() => undefined);
  const [duration, setDuration] = useState(0);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    seek.current = createSeeker(element);
    element.src = url;
    return () => {
      element.removeAttribute('src');
      element.load();
    };
  }, [url]);
  const measure = () => {
    const element = video.current;
    if (!element) return;
    // A sound without a picture: the browser knows the one codec and not the other.
    if (element.readyState > 0 && element.videoWidth === 0) return onUnreadable();
    if (element.duration === Number.POSITIVE_INFINITY) element.currentTime = BEYOND_S;
    if (!Number.isFinite(element.duration)) return;
    setDuration(element.duration);
    seek.current(seconds);
  };
  // The very end is behind the last frame.
  const last = Math.max(0, Math.floor(duration / STEP_S) - 1) * STEP_S;
  return (
    <div class={styles.frames}>
      <video
        class={styles.frame}
        ref={video}
        aria-label={say('frameShown')}
        muted
        playsInline
        preload="auto"
        onLoadedMetadata={measure}
        onDurationChange={measure}
        onError={onUnreadable}
      />
      <label class={styles.label} for={id}>
        {say('framePlace')}
      </label>
      <input
        class={styles.slider}
        dir="ltr"
        id={id}
        type="range"
        min={0}
        max={last.toFixed(1)}
        step={STEP_S}
        value={seconds}
        aria-valuetext={say('at', { place: tenths(seconds), length: spokenDuration(duration) })}
        onInput={(event) => {
          const place = Math.round(event.currentTarget.valueAsNumber / STEP_S) * STEP_S;
          onPick(place);
          seek.current(place);
        }}
      />
      <p class={styles.time} dir="ltr" aria-hidden="true">
        <span>{preciseClock(seconds)}</span>
        <span>{preciseClock(duration)}</span>
      </p>
    </div>
  );
}
