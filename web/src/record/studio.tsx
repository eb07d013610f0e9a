import { useEffect, useRef, useState } from 'preact/hooks';
import { clock } from '../format.ts';
import { toast } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { SelectField } from '../ui/field.tsx';
import { type Camera, recordedType } from './camera.ts';
import { MicLevel } from './mic-level.tsx';
import styles from './record.module.css';
import { createRecording } from './recording.ts';
import { say } from './say.ts';
import { keptTakes, lengthOf, type Take, withoutLast, withTake } from './takes.ts';

const COUNTDOWNS = [0, 3, 10];
const TICK_MS = 100;

interface StudioProps {
  readonly camera: Camera;
  readonly mostSeconds: number;
  readonly onFlip: (deviceId: string) => void;
  /** The camera is gone. */
  readonly onBroken: () => void;
  readonly onDone: (file: File, takes: readonly Take[]) => void;
}

/** The camera's picture, and takes of it until there is a clip. */
export function Studio({ camera, mostSeconds, onFlip, onBroken, onDone }: StudioProps) {
  const [wait, setWait] = useState(3);
  const takes = useTakes(camera, mostSeconds, onBroken);
  const countdown = useCountdown(takes.begin);
  const { length, isRecording } = takes;
  const time = { time: clock(length), most: clock(mostSeconds) };
  const other = camera.cameras[(camera.cameras.indexOf(camera.deviceId ?? '') + 1) % camera.cameras.length];
  const isFresh = takes.all.length === 0 && !isRecording;
  const press = () => {
    if (isRecording) takes.rest();
    else if (countdown.left !== null) countdown.cancel();
    else if (wait === 0) takes.begin();
    else countdown.start(wait);
  };
  return (
    <section class={styles.studio} aria-label={say('title')}>
      <div class={styles.frame}>
        <Picture camera={camera} />
        {countdown.left !== null && (
          <p
            class={styles.countdown}
            role="timer"
            aria-live="assertive"
            aria-label={say('starting', { n: countdown.left })}
          >
            {countdown.left}
          </p>
        )}
      </div>
      <progress class={styles.bar} max={mostSeconds} value={length} aria-label={say('review')} />
      <p class={styles.words} role="status">
        {isRecording ? say('recordingNow', time) : say('takes', { n: keptTakes(takes.all).length, ...time })}
      </p>
      {camera.hasSound ? <MicLevel stream={camera.stream} /> : <p>{say('noSound')}</p>}
      <div class={styles.actions}>
        <Button
          look={isRecording ? 'danger' : 'primary'}
          busy={length >= mostSeconds && !isRecording}
          onPress={press}
        >
          {isRecording ? say('pause') : countdown.left === null ? say('record') : say('cancelCountdown')}
        </Button>
        {!isRecording && countdown.left === null && keptTakes(takes.all).length > 0 && (
          <>
            <Button
              look="quiet"
              onPress={() => {
                takes.undo();
                toast(say('undone'));
              }}
            >
              {say('undo')}
            </Button>
            <Button look="quiet" icon="check" onPress={async () => onDone(await takes.finish(), takes.all)}>
              {say('done')}
            </Button>
          </>
        )}
        {isFresh && countdown.left === null && camera.cameras.length > 1 && other && (
          <Button look="quiet" onPress={() => onFlip(other)}>
            {say('flip')}
          </Button>
        )}
      </div>
      <SelectField
        label={say('countdown')}
        value={String(wait)}
        choices={COUNTDOWNS.map((n) => ({
          value: String(n),
          name: n === 0 ? say('noCountdown') : say('seconds', { n }),
        }))}
        onChoose={(value) => setWait(Number(value))}
      />
    </section>
  );
}

function Picture({ camera }: { camera: Camera }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.srcObject = camera.stream;
    // Where the browser does not want it to play, its first picture stands there.
    element.play().catch(() => undefined);
    return () => {
      element.srcObject = null;
    };
  }, [camera]);
  return (
    <video
      class={[styles.picture, camera.isFront && styles.mirrored].filter(Boolean).join(' ')}
      ref={video}
      aria-label={say('preview')}
      muted
      playsInline
    />
  );
}

/** The takes of one camera. Ends a take by itself where the clip is as long as it may be. */
function useTakes(camera: Camera, mostSeconds: number, onBroken: () => void) {
  const [recording] = useState(() => createRecording(camera.stream, recordedType() ?? ''));
  const [all, setAll] = useState<readonly Take[]>([]);
  const [begun, setBegun] = useState<number | null>(null);
  const [now, setNow] = useState(0);
  const length = lengthOf(all) + (begun === null ? 0 : Math.max(0, now - begun));
  const rest = () => {
    if (begun === null) return;
    setAll(withTake(all, begun, recording.rest()));
    setBegun(null);
  };
  useEffect(() => () => recording.drop(), [recording]);
  useEffect(() => {
    const tracks = camera.stream.getTracks();
    for (const track of tracks) track.addEventListener('ended', onBroken);
    return () => {
      for (const track of tracks) track.removeEventListener('ended', onBroken);
    };
  }, [camera]);
  useEffect(() => {
    if (begun === null) return;
    const timer = setInterval(() => setNow(recording.elapsed()), TICK_MS);
    return () => clearInterval(timer);
  }, [begun]);
  useEffect(() => {
    if (begun === null || length < mostSeconds) return;
    rest();
    toast(say('full'));
  }, [length]);
  return {
    all,
    length,
    isRecording: begun !== null,
    begin: () => {
      const from = recording.begin();
      setNow(from);
      setBegun(from);
    },
    rest,
    undo: () => setAll(withoutLast(all)),
    finish: recording.finish,
  };
}

/** Counts down to 0, and then does it. */
function useCountdown(onZero: () => void) {
  const [left, setLeft] = useState<number | null>(null);
  useEffect(() => {
    if (left === null) return;
    const timer = setTimeout(() => {
      if (left > 1) return setLeft(left - 1);
      setLeft(null);
      onZero();
    }, 1_000);
    return () => clearTimeout(timer);
  }, [left]);
  return { left, start: (seconds: number) => setLeft(seconds), cancel: () => setLeft(null) };
}
