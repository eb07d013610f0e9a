import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { clock } from '../format.ts';
import { DuetStage } from '../remix/duet-stage.tsx';
import type { Layout } from '../remix/order.ts';
import type { Original } from '../remix/original.tsx';
import { HeadphonesHint } from '../remix/remix-fields.tsx';
import { say as sayOfRemix } from '../remix/say.ts';
import { useInStep } from '../remix/use-in-step.ts';
import { say as sayOfSounds } from '../sounds/say.ts';
import { toast } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { SelectField } from '../ui/field.tsx';
import { Switch } from '../ui/switch.tsx';
import type { Music } from './answer.ts';
import type { Camera } from './camera.ts';
import { MicLevel } from './mic-level.tsx';
import styles from './record.module.css';
import { say } from './say.ts';
import { SoundHeadphones } from './sound-start.tsx';
import { keptTakes, type Take } from './takes.ts';
import { useTakes } from './use-takes.ts';

const COUNTDOWNS = [0, 3, 10];

/** A clip that somebody answers to while it plays. */
export interface Beside {
  readonly original: Original;
  readonly layout: Layout;
}

interface StudioProps {
  readonly camera: Camera;
  readonly mostSeconds: number;
  /** What plays while the camera records. */
  readonly beside?: Beside | undefined;
  /** The sound that plays while the camera records. */
  readonly music?: Music | undefined;
  readonly onFlip: (deviceId: string) => void;
  /** The camera is gone. */
  readonly onBroken: () => void;
  readonly onDone: (file: File, takes: readonly Take[]) => void;
}

/** The camera's picture, and takes of it until there is a clip. */
export function Studio({ camera, mostSeconds, beside, music, onFlip, onBroken, onDone }: StudioProps) {
  const [wait, setWait] = useState(3);
  const [hears, setHears] = useState(true);
  const full = () => {
    stop();
    toast(beside ? sayOfRemix('over') : music ? sayOfSounds('over') : say('full'));
  };
  const takes = useTakes(camera, mostSeconds, { broken: onBroken, full });
  const inStep = useInStep(takes, music ? { start: music.use.start, told: toldOfSounds } : {});
  const { start, stop } = beside || music ? inStep : { start: takes.begin, stop: takes.rest };
  const countdown = useCountdown(start);
  const { length, isRecording } = takes;
  const isWaiting = inStep.step === 'readying';
  const time = { time: clock(length), most: clock(mostSeconds) };
  const other = camera.cameras[(camera.cameras.indexOf(camera.deviceId ?? '') + 1) % camera.cameras.length];
  const isFresh = takes.all.length === 0 && !isRecording;
  const press = () => {
    if (isRecording || isWaiting) stop();
    else if (countdown.left !== null) countdown.cancel();
    else if (wait === 0) start();
    else countdown.start(wait);
  };
  return (
    <section class={styles.studio} aria-label={say('title')}>
      {beside ? (
        <DuetPicture {...{ camera, beside, hears }} video={inStep.video}>
          <Countdown left={countdown.left} />
        </DuetPicture>
      ) : (
        <div class={styles.frame}>
          <Picture camera={camera} />
          {music && <PlayedSound {...{ music, hears }} video={inStep.video} />}
          <Countdown left={countdown.left} />
        </div>
      )}
      <progress class={styles.bar} max={mostSeconds} value={length} aria-label={say('review')} />
      <p class={styles.words} role="status">
        {isWaiting
          ? music
            ? sayOfSounds('ready')
            : sayOfRemix('ready')
          : isRecording
            ? say('recordingNow', time)
            : say('takes', { n: keptTakes(takes.all).length, ...time })}
      </p>
      {camera.hasSound ? <MicLevel stream={camera.stream} /> : <p>{say('noSound')}</p>}
      <div class={styles.actions}>
        <Button
          look={isRecording || isWaiting ? 'danger' : 'primary'}
          busy={length >= mostSeconds && !isRecording}
          onPress={press}
        >
          {isRecording || isWaiting
            ? say('pause')
            : countdown.left === null
              ? say('record')
              : say('cancelCountdown')}
        </Button>
        {!isRecording && !isWaiting && countdown.left === null && keptTakes(takes.all).length > 0 && (
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
      {music && (
        <>
          <Switch label={sayOfSounds('hear')} checked={hears} onChange={setHears} />
          <SoundHeadphones />
        </>
      )}
      {beside && (
        <>
          <Switch label={sayOfRemix('hear')} checked={hears} onChange={setHears} />
          <HeadphonesHint />
        </>
      )}
    </section>
  );
}

const toldOfSounds = () => ({
  failed: sayOfSounds('failed'),
  stalled: sayOfSounds('stalled'),
  over: sayOfSounds('over'),
});

interface PlayedSoundProps {
  readonly music: Music;
  readonly hears: boolean;
  readonly video: RefObject<HTMLVideoElement | null>;
}

/** The sound that plays as the camera records; there is nothing of it to see. */
function PlayedSound({ music, hears, video }: PlayedSoundProps) {
  const { url } = music.chosen;
  const volume = music.use.volumes.sound;
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.src = url;
    element.volume = volume;
    return () => {
      element.removeAttribute('src');
      element.load();
    };
  }, [url]);
  return <video ref={video} hidden muted={!hears} playsInline preload="auto" />;
}

function Countdown({ left }: { left: number | null }) {
  if (left === null) return null;
  return (
    <p class={styles.countdown} role="timer" aria-live="assertive" aria-label={say('starting', { n: left })}>
      {left}
    </p>
  );
}

interface DuetPictureProps {
  readonly camera: Camera;
  readonly beside: Beside;
  readonly hears: boolean;
  readonly video: RefObject<HTMLVideoElement | null>;
  readonly children: ComponentChildren;
}

/** The camera's picture and the clip that plays, where they will be in the duet. */
function DuetPicture({ camera, beside, hears, video, children }: DuetPictureProps) {
  const { original, layout } = beside;
  const { width = 9, height = 16 } = camera.stream.getVideoTracks()[0]?.getSettings() ?? {};
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.src = original.url;
    return () => {
      element.removeAttribute('src');
      element.load();
    };
  }, [original.url]);
  return (
    <DuetStage
      layout={layout}
      aspects={{ own: width / height, original: original.aspect }}
      own={<Picture camera={camera} />}
      original={
        <video
          ref={video}
          aria-label={sayOfRemix('originalShown')}
          muted={!hears}
          playsInline
          preload="auto"
        />
      }
    >
      {children}
    </DuetStage>
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
