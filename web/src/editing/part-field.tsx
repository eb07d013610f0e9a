import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { preciseClock } from '../format.ts';
import { Button } from '../ui/button.tsx';
import editing from './editing.module.css';
import { say } from './say.ts';
import { createSeeker } from './seeker.ts';
import styles from './trim.module.css';
import { STEP_S, type Trim, withFrom, withTo } from './trim.ts';

interface PartFieldProps {
  /** Of the video. */
  readonly url: string;
  /** Seconds; known once the browser has read the file. */
  readonly duration: number;
  readonly trim: Trim;
  readonly onChange: (trim: Trim) => void;
  readonly legend: string;
  readonly hint: string;
  /** What the picture is, for who does not see it. */
  readonly shown: string;
  /** How much is kept, in words. */
  readonly kept: string;
  /** What is kept where nobody chooses. */
  readonly whole: Trim;
  /** Words of the button that goes back to that. */
  readonly reset: string;
  /** So many seconds may be kept; all where it is not said. */
  readonly most?: number;
  /** Lies over the picture. */
  readonly over?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** A part of the time of a video: both of its ends, and a look at what lies between. */
export function PartField(props: PartFieldProps) {
  const { url, duration, trim, onChange, whole } = props;
  const preview = usePreview(url, trim, duration);
  const move = (moved: Trim, place: number) => {
    preview.show(place);
    onChange(moved);
  };
  return (
    <fieldset class={editing.group}>
      <legend class={editing.legend}>{props.legend}</legend>
      <p class={editing.note}>{props.hint}</p>
      <div class={styles.preview}>
        {/* biome-ignore lint/a11y/useMediaCaption: of their own file, which has none yet, or of some seconds of another */}
        <video class={styles.video} ref={preview.video} aria-label={props.shown} playsInline preload="auto" />
        {props.over}
      </div>
      <Ends trim={trim} duration={duration} most={props.most} onMove={move} />
      <p class={styles.kept} role="status">
        {props.kept}
      </p>
      <div class={styles.actions}>
        <Button look="quiet" small icon={preview.playing ? 'pause' : 'play'} onPress={preview.toggle}>
          {preview.playing ? say('stopPart') : say('playPart')}
        </Button>
        {trim !== whole && (
          <Button look="quiet" small onPress={() => move(whole, whole.from)}>
            {props.reset}
          </Button>
        )}
      </div>
      {props.children}
    </fieldset>
  );
}

/** The video of a file that shows single frames, and plays what is kept of it. */
function usePreview(url: string, { from, to, cuts }: Trim, duration: number) {
  const video = useRef<HTMLVideoElement>(null);
  const seek = useRef<(seconds: number) => void>(() => undefined);
  const [playing, setPlaying] = useState(false);
  const end = to ?? duration;
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
  useEffect(() => {
    const element = video.current;
    if (!element || !playing) return;
    const look = () => {
      const cut = cuts.find((one) => element.currentTime >= one.from && element.currentTime < one.to);
      if (cut) element.currentTime = cut.to;
      if (element.currentTime >= end - STEP_S / 2 || element.ended) setPlaying(false);
    };
    element.currentTime = from;
    element.play().catch(() => setPlaying(false));
    element.addEventListener('timeupdate', look);
    element.addEventListener('ended', look);
    return () => {
      element.pause();
      element.removeEventListener('timeupdate', look);
      element.removeEventListener('ended', look);
    };
  }, [playing, from, end, cuts]);
  return {
    video,
    playing,
    toggle: () => setPlaying(!playing),
    show: (seconds: number) => {
      setPlaying(false);
      // The very end is behind the last frame.
      seek.current(Math.min(seconds, Math.max(0, duration - STEP_S)));
    },
  };
}

/** Two handles on one line: each is a slider, by pointer and by keys. */
function Ends(props: {
  trim: Trim;
  duration: number;
  most: number | undefined;
  onMove: (trim: Trim, place: number) => void;
}) {
  const { trim, duration, most, onMove } = props;
  const id = useId();
  const to = trim.to ?? duration;
  const valueText = (place: number) =>
    say('at', { place: preciseClock(place), length: preciseClock(duration) });
  const shared = { min: 0, max: duration, step: STEP_S, class: styles.handle } as const;
  return (
    <>
      <div class={styles.labels} dir="ltr">
        <label for={`${id}-from`}>{say('begins')}</label>
        <label for={`${id}-to`}>{say('ends')}</label>
      </div>
      <div
        class={styles.track}
        dir="ltr"
        style={{ '--from': String(trim.from / duration), '--to': String(to / duration) }}
      >
        <input
          {...shared}
          type="range"
          id={`${id}-from`}
          value={trim.from}
          aria-valuetext={valueText(trim.from)}
          onInput={({ currentTarget }) => {
            const moved = withFrom(trim, currentTarget.valueAsNumber, duration, most);
            // The handle stops where the part would get too short.
            currentTarget.valueAsNumber = moved.from;
            onMove(moved, moved.from);
          }}
        />
        <input
          {...shared}
          type="range"
          id={`${id}-to`}
          value={to}
          aria-valuetext={valueText(to)}
          onInput={({ currentTarget }) => {
            const moved = withTo(trim, currentTarget.valueAsNumber, duration, most);
            currentTarget.valueAsNumber = moved.to ?? duration;
            onMove(moved, moved.to ?? duration);
          }}
        />
      </div>
      <p class={editing.time} dir="ltr" aria-hidden="true">
        <span>{preciseClock(trim.from)}</span>
        <span>{preciseClock(to)}</span>
      </p>
    </>
  );
}
