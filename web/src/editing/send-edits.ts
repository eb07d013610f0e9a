import type { Signal } from '@preact/signals';
import type { ApiOutcome } from '../api/client.ts';
import type { Media } from '../api/types.ts';
import { type CaptionsEdit, type Cover, type Edits, hasCover, type Step } from './edits.ts';

/** The calls that this takes. */
export interface EditCalls {
  setCover(id: string, cover: { readonly seconds: number } | Blob): Promise<ApiOutcome<Media>>;
  setCaptions(id: string, language: string, file: Blob): Promise<ApiOutcome<Media>>;
  removeCaptions(id: string, language: string): Promise<ApiOutcome<Media>>;
}

/** For a connection that comes and goes, and a server that restarts. */
const RETRY_DELAYS_MS = [1_000, 3_000, 10_000];

interface Task {
  readonly run: () => Promise<ApiOutcome<Media>>;
  /** The edits with this step, or as they are where it was changed in the meantime. */
  readonly mark: (edits: Edits, step: Step) => Edits;
}

/**
 * Sends what was not sent yet, one after the other, and keeps in `edits` how it went: what one refusal says stands at
 * what it is about, and stops nothing else. Returns the media as the server described it last, if it did.
 */
export async function sendEdits(
  calls: EditCalls,
  id: string,
  edits: Signal<Edits>,
  signal: AbortSignal,
  wait = pause,
): Promise<Media | null> {
  let media: Media | null = null;
  for (;;) {
    const task = nextTask(calls, id, edits.peek());
    if (!task || signal.aborted) return media;
    edits.value = task.mark(edits.peek(), { state: 'sending', problem: '' });
    const outcome = await insist(task.run, signal, wait);
    if (signal.aborted) return media;
    if (outcome.ok) media = outcome.value;
    const step: Step = outcome.ok
      ? { state: 'sent', problem: '' }
      : { state: 'failed', problem: Object.values(outcome.fields)[0] ?? outcome.sentence };
    edits.value = task.mark(edits.peek(), step);
  }
}

/** The cover first: the server that has it before it looks at the video makes no other one. */
function nextTask(calls: EditCalls, id: string, edits: Edits): Task | null {
  if (edits.coverStep.state === 'new' && hasCover(edits)) return coverTask(calls, id, edits.cover);
  const captions = edits.captions.find(({ step }) => step.state === 'new');
  return captions ? captionsTask(calls, id, captions) : null;
}

function coverTask(calls: EditCalls, id: string, cover: Cover): Task | null {
  const wanted =
    cover.kind === 'frame'
      ? { seconds: Number(cover.seconds.toFixed(3)) }
      : cover.kind === 'picture' && cover.file;
  if (!wanted) return null;
  return {
    run: () => calls.setCover(id, wanted),
    mark: (now, coverStep) => (now.cover === cover ? { ...now, coverStep } : now),
  };
}

function captionsTask(calls: EditCalls, id: string, { key, language, file }: CaptionsEdit): Task {
  return {
    run: async () => {
      if (file) return calls.setCaptions(id, language, asCaptions(file));
      return calls.removeCaptions(id, language);
    },
    mark: (now, step) => ({
      ...now,
      captions: now.captions.map((one) =>
        one.key === key && one.file === file && one.language === language ? { ...one, step } : one,
      ),
    }),
  };
}

/** Files of captions often come without a type; the server looks into them. */
function asCaptions(file: File): Blob {
  const type = /\.srt$/i.test(file.name) ? 'application/x-subrip' : 'text/vtt';
  return new Blob([file], { type });
}

/** Tries again what may pass: no connection, a server that is busy or asks for patience. */
async function insist(run: Task['run'], signal: AbortSignal, wait: typeof pause): Promise<ApiOutcome<Media>> {
  for (const delay of RETRY_DELAYS_MS) {
    const outcome = await run();
    const mayPass = !outcome.ok && (outcome.status === 0 || outcome.status === 429 || outcome.status >= 500);
    if (!mayPass || signal.aborted) return outcome;
    await wait(delay);
  }
  return run();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
