import type { ComponentChildren } from 'preact';
import type { Stage } from '../api/types.ts';
import { bytes, percentOf } from '../format.ts';
import { Button } from '../ui/button.tsx';
import { ChooseFile } from '../ui/choose-file.tsx';
import { FormError } from '../ui/field.tsx';
import { VisuallyHidden } from '../ui/page.tsx';
import { say } from './say.ts';
import styles from './upload.module.css';
import { cancelUpload, continueUpload, pauseUpload, resumeUpload } from './uploader.ts';

/** Steps in which progress is read out; each percent would be chatter. */
const SPOKEN_STEP = 25;

const STAGES = {
  reading: 'inspecting',
  downloading: 'downloading',
  composing: 'composing',
  inspecting: 'inspecting',
  transcoding: 'transcoding',
  packaging: 'packaging',
  storing: 'storing',
} as const satisfies Record<Stage, string>;

interface TransferProps {
  readonly name: string;
  /** Bytes. */
  readonly sent: number;
  readonly size: number;
  readonly problem?: string;
}

/** A transfer that is running, or stopped on this visit. */
export function Sending({ name, sent, size, paused, problem }: TransferProps & { paused: boolean }) {
  const percent = percentOf(sent, size);
  return (
    <Progress
      name={name}
      label={say('progress')}
      percent={percent}
      step={paused ? say('paused', { percent }) : say('sending', { percent })}
      spoken={
        paused ? say('paused', { percent }) : say('sending', { percent: percent - (percent % SPOKEN_STEP) })
      }
      note={say('sent', { sent: bytes(sent), size: bytes(size) })}
    >
      {problem && <FormError sentence={problem} />}
      <div class={styles.actions}>
        <Button
          look={paused ? 'primary' : 'quiet'}
          icon={paused ? 'play' : 'pause'}
          onPress={paused ? resumeUpload : pauseUpload}
        >
          {paused ? say('resume') : say('pause')}
        </Button>
        <Button look="quiet" icon="close" onPress={cancelUpload}>
          {say('cancel')}
        </Button>
      </div>
    </Progress>
  );
}

/** A transfer of an earlier visit. Browsers do not keep files, so it has to be chosen again. */
export function Interrupted({ name, sent, size, problem }: TransferProps) {
  const percent = percentOf(sent, size);
  return (
    <section class={styles.panel} aria-label={say('interruptedTitle')}>
      <h2>{say('interruptedTitle')}</h2>
      <p>{say('interrupted', { name, percent })}</p>
      <progress class={styles.bar} max={100} value={percent} aria-label={say('progress')} />
      {problem && <FormError sentence={problem} />}
      <div class={styles.actions}>
        <ChooseFile label={say('choose')} accept="video/*" onChoose={continueUpload} />
        <Button look="quiet" icon="close" onPress={cancelUpload}>
          {say('cancel')}
        </Button>
      </div>
    </section>
  );
}

/** What the server does with a file that has arrived. */
export function MakingReady({ stage, percent }: { stage: Stage | null; percent: number }) {
  return (
    <Progress
      name={say('processing')}
      label={say('processingProgress')}
      percent={percent}
      step={stepOf(stage, percent)}
      spoken={stepOf(stage, percent - (percent % SPOKEN_STEP))}
    />
  );
}

/** What is still made of a clip that can be watched already. */
export function MakingMore(props: { stage: Stage | null; percent: number; note?: string }) {
  const { stage, percent } = props;
  return (
    <Progress
      name={props.note ?? say('playable')}
      label={say('processingProgress')}
      percent={percent}
      step={stepOf(stage, percent)}
      spoken={stepOf(stage, percent - (percent % SPOKEN_STEP))}
    />
  );
}

/** The step that a server is at with a clip, in words. */
export function stepOf(stage: Stage | null, percent: number): string {
  return say('stage', { name: say(stage === null ? 'waiting' : STAGES[stage]), percent });
}

interface ProgressProps {
  readonly name: string;
  readonly label: string;
  readonly percent: number;
  readonly step: string;
  /** What is read out; changes less often than `step`. */
  readonly spoken: string;
  readonly note?: string;
  readonly children?: ComponentChildren;
}

function Progress({ name, label, percent, step, spoken, note, children }: ProgressProps) {
  return (
    <section class={styles.panel} aria-label={label}>
      <p class={styles.name}>{name}</p>
      <progress class={styles.bar} max={100} value={percent} aria-label={label} />
      <p class={styles.step}>
        <span aria-hidden="true">{step}</span>
        {note && <span class={styles.limits}>{note}</span>}
      </p>
      <p role="status">
        <VisuallyHidden>{spoken}</VisuallyHidden>
      </p>
      {children}
    </section>
  );
}
