import { useEffect, useRef, useState } from 'preact/hooks';
import { toast } from '../state/toasts.ts';
import { correction, type Deed, move, type Step, type StepEvent } from './in-step.ts';
import { say } from './say.ts';

/** What records, as takes are made of it. */
interface Recorder {
  /** How long the clip is by now, in seconds. */
  readonly length: number;
  readonly begin: () => void;
  readonly rest: () => void;
}

/** What is said when the clip, or what else is played to, does not go on. */
export interface InStepWords {
  readonly failed: string;
  readonly stalled: string;
  readonly over: string;
}

interface StepOptions {
  /** Where in the clip the recording begins, in seconds. */
  readonly start?: number;
  readonly told?: () => InStepWords;
}

const toldOfClips = (): InStepWords => ({
  failed: say('failed'),
  stalled: say('stalled'),
  over: say('over'),
});

/** Less than a frame or two: a seek for it would only be seen. */
const SAME_PLACE_S = 0.05;

const events = {
  ...{ playing: 'playing', waiting: 'stalled', ended: 'ended', error: 'failed' },
} as const satisfies Record<string, StepEvent>;

/**
 * Has a clip play whenever a camera records, and rest as it rests: it begins where the takes that are kept end, so that
 * an undone take is done again to the same part of it. `video` is to be the clip's element.
 */
export function useInStep(recorder: Recorder, { start = 0, told = toldOfClips }: StepOptions = {}) {
  const video = useRef<HTMLVideoElement>(null);
  const [step, setStep] = useState<Step>('resting');
  const current = useRef<Step>('resting');
  const latest = useRef(recorder);
  latest.current = recorder;

  const deeds: Readonly<Record<Deed, () => void>> = {
    play() {
      const element = video.current;
      if (!element) return;
      toPlace(element, start + latest.current.length);
      element.playbackRate = 1;
      element.play().catch((error: unknown) => {
        // Stopped before it began: that is known.
        if (!(error instanceof DOMException && error.name === 'AbortError')) tell('failed');
      });
    },
    pause: () => video.current?.pause(),
    begin: () => latest.current.begin(),
    rest: () => latest.current.rest(),
  };
  const tell = (event: StepEvent) => {
    const before = current.current;
    const moved = move(before, event);
    current.current = moved.step;
    setStep(moved.step);
    for (const deed of moved.deeds) deeds[deed]();
    if (before === 'resting') return;
    if (event === 'failed') toast(told().failed, 'error');
    else if (before === 'running' && event === 'stalled') toast(told().stalled, 'error');
    else if (before === 'running' && event === 'ended') toast(told().over);
  };

  useEffect(() => {
    const element = video.current;
    if (!element) return;
    const listening = Object.entries(events).map(([name, event]) => {
      const heard = () => tell(event);
      element.addEventListener(name, heard);
      return () => element.removeEventListener(name, heard);
    });
    return () => {
      for (const stop of listening) stop();
    };
  }, []);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    if (step === 'resting') return toPlace(element, start + recorder.length);
    if (step !== 'running') return;
    const { seekTo, rate } = correction(start + recorder.length, element.currentTime);
    // To seek would be to jump, in the middle of a take.
    if (seekTo !== null) tell('stalled');
    else element.playbackRate = rate;
  }, [step, recorder.length]);

  return { video, step, start: () => tell('start'), stop: () => tell('stop') };
}

function toPlace(element: HTMLVideoElement, seconds: number): void {
  if (Math.abs(element.currentTime - seconds) > SAME_PLACE_S) element.currentTime = seconds;
}
