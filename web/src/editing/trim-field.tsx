import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { preciseClock, spokenDuration } from '../format.ts';
import { Button } from '../ui/button.tsx';
import { SelectField } from '../ui/field.tsx';
import editing from './editing.module.css';
import { say } from './say.ts';
import { createSeeker } from './seeker.ts';
import styles from './trim.module.css';
import {
  cropOf,
  keptSeconds,
  noTrim,
  type Shape,
  SMALLEST,
  STEP_S,
  shapes,
  type Trim,
  withFrom,
  withTo,
} from './trim.ts';

interface TrimFieldProps {
  /** Of the video. */
  readonly url: string;
  /** Seconds; known once the browser has read the file. */
  readonly duration: number;
  /** Of the picture, width by height. */
  readonly aspect: number;
  readonly trim: Trim;
  readonly onChange: (trim: Trim) => void;
}

/** What is kept of a video: a part of its time, and of its picture. Nothing is cut here: the server does it. */
export function TrimField({ url, duration, aspect, trim, onChange }: TrimFieldProps) {
  const preview = usePreview(url, trim, duration);
  const kept = keptSeconds(trim, duration);
  const move = (moved: Trim, place: number) => {
    preview.show(place);
    onChange(moved);
  };
  return (
    <fieldset class={editing.group}>
      <legend class={editing.legend}>{say('trim')}</legend>
      <p class={editing.note}>{say('trimHint')}</p>
      <div class={styles.preview}>
        {/* biome-ignore lint/a11y/useMediaCaption: of their own file, which has none yet */}
        <video
          class={styles.video}
          ref={preview.video}
          aria-label={say('shown')}
          playsInline
          preload="auto"
        />
        <CropFrame trim={trim} aspect={aspect} />
      </div>
      <Ends trim={trim} duration={duration} onMove={move} />
      <p class={styles.kept} role="status">
        {say('kept', { kept: spokenDuration(kept), length: spokenDuration(duration) })}
      </p>
      <div class={styles.actions}>
        <Button look="quiet" small icon={preview.playing ? 'pause' : 'play'} onPress={preview.toggle}>
          {preview.playing ? say('stopPart') : say('playPart')}
        </Button>
        {trim !== noTrim && (
          <Button look="quiet" small onPress={() => move(noTrim, 0)}>
            {say('reset')}
          </Button>
        )}
      </div>
      <CropFields trim={trim} aspect={aspect} onChange={onChange} />
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
function Ends(props: { trim: Trim; duration: number; onMove: (trim: Trim, place: number) => void }) {
  const { trim, duration, onMove } = props;
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
            const moved = withFrom(trim, currentTarget.valueAsNumber, duration);
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
            const moved = withTo(trim, currentTarget.valueAsNumber, duration);
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

/** Dims what is cut away of the picture. */
function CropFrame({ trim, aspect }: { trim: Trim; aspect: number }) {
  const crop = cropOf(trim, aspect);
  if (!crop) return null;
  const { x, y, width, height } = crop;
  return (
    <span class={styles.clipped}>
      <span
        class={styles.crop}
        style={{ '--x': String(x), '--y': String(y), '--w': String(width), '--h': String(height) }}
      />
    </span>
  );
}

function CropFields({ trim, aspect, onChange }: Pick<TrimFieldProps, 'trim' | 'aspect' | 'onChange'>) {
  const names = Object.keys(shapes) as Shape[];
  const crop = cropOf(trim, aspect);
  const sliders = [
    { key: 'size', name: say('size'), min: SMALLEST, isOf: true },
    { key: 'across', name: say('across'), min: 0, isOf: crop !== null && crop.width < 0.999 },
    { key: 'down', name: say('down'), min: 0, isOf: crop !== null && crop.height < 0.999 },
  ] as const;
  return (
    <>
      <SelectField
        label={say('shape')}
        value={trim.shape ?? ''}
        choices={[{ value: '', name: say('whole') }, ...names.map((value) => ({ value, name: say(value) }))]}
        onChoose={(shape) => onChange({ ...trim, shape: (shape || null) as Shape | null })}
      />
      {trim.shape !== null &&
        sliders
          .filter(({ isOf }) => isOf)
          .map(({ key, name, min }) => (
            <label key={key} class={styles.slider}>
              <span>{name}</span>
              <input
                class={editing.slider}
                dir={key === 'across' ? 'ltr' : undefined}
                type="range"
                min={min}
                max={1}
                step={0.01}
                value={trim[key]}
                aria-valuetext={say('percent', { n: Math.round(trim[key] * 100) })}
                onInput={({ currentTarget }) => onChange({ ...trim, [key]: currentTarget.valueAsNumber })}
              />
            </label>
          ))}
    </>
  );
}
