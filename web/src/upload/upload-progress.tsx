import type { ComponentChildren } from 'preact';
import type { Stage } from '../api/types.ts';
import { percentOf } from '../format.ts';
import { Button } from '../ui/button.tsx';
import { ChooseFile } from '../ui/choose-file.tsx';
import { FormError } from '../ui/field.tsx';
import { VisuallyHidden } from '../ui/page.tsx';
import { uploadStrings } from './strings.ts';
import styles from './upload.module.css';
import { cancelUpload, continueUpload, pauseUpload, resumeUpload } from './uploader.ts';

/** Steps in which progress is read out; each percent would be chatter. */
const SPOKEN_STEP = 25;

interface TransferProps {
  readonly name: string;
  /** Bytes. */
  readonly sent: number;
  readonly size: number;
  readonly problem?: string;
}

/** A transfer that is running, or stopped on this visit. */
export function Sending({ name, sent, size, paused, problem }: TransferProps & { paused: boolean }) {
  const text = uploadStrings;
  const percent = percentOf(sent, size);
  return (
    <Progress
      name={name}
      label={text.progress}
      percent={percent}
      step={paused ? text.paused(percent) : text.sending(percent)}
      spoken={paused ? text.paused(percent) : text.sending(percent - (percent % SPOKEN_STEP))}
      note={text.sent(sent, size)}
    >
      {problem && <FormError sentence={problem} />}
      <div class={styles.actions}>
        <Button
          look={paused ? 'primary' : 'quiet'}
          icon={paused ? 'play' : 'pause'}
          onPress={paused ? resumeUpload : pauseUpload}
        >
          {paused ? text.resume : text.pause}
        </Button>
        <Button look="quiet" icon="close" onPress={cancelUpload}>
          {text.cancel}
        </Button>
      </div>
    </Progress>
  );
}

/** A transfer of an earlier visit. Browsers do not keep files, so it has to be chosen again. */
export function Interrupted({ name, sent, size, problem }: TransferProps) {
  const text = uploadStrings;
  const percent = percentOf(sent, size);
  return (
    <section class={styles.panel} aria-label={text.interruptedTitle}>
      <h2>{text.interruptedTitle}</h2>
      <p>{text.interrupted(name, percent)}</p>
      <progress class={styles.bar} max={100} value={percent} aria-label={text.progress} />
      {problem && <FormError sentence={problem} />}
      <div class={styles.actions}>
        <ChooseFile label={text.choose} accept="video/*" onChoose={continueUpload} />
        <Button look="quiet" icon="close" onPress={cancelUpload}>
          {text.cancel}
        </Button>
      </div>
    </section>
  );
}

/** What the server does with a file that has arrived. */
export function MakingReady({ stage, percent }: { stage: Stage | null; percent: number }) {
  const text = uploadStrings;
  return (
    <Progress
      name={text.processing}
      label={text.processingProgress}
      percent={percent}
      step={stepOf(stage, percent)}
      spoken={stepOf(stage, percent - (percent % SPOKEN_STEP))}
    />
  );
}

/** What is still made of a clip that can be watched already. */
export function MakingMore(props: { stage: Stage | null; percent: number; note?: string }) {
  const { stage, percent } = props;
  const text = uploadStrings;
  return (
    <Progress
      name={props.note ?? text.playable}
      label={text.processingProgress}
      percent={percent}
      step={stepOf(stage, percent)}
      spoken={stepOf(stage, percent - (percent % SPOKEN_STEP))}
    />
  );
}

/** The step that a server is at with a clip, in words. */
export function stepOf(stage: Stage | null, percent: number): string {
  const text = uploadStrings;
  return text.stage(stage === null ? text.waiting : text.stages[stage], percent);
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
