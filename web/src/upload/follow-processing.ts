import { api } from '../api/endpoints.ts';
import { otherApi, processingEventsPath } from '../api/other-endpoints.ts';
import type { Processing } from '../api/types.ts';
import { momentOf } from '../editing/schedule.ts';
import { toast } from '../state/toasts.ts';
import { uploadState } from '../state/uploads.ts';
import type { UploadDetails } from './draft.ts';
import { say } from './say.ts';
import { writeStoredUpload } from './stored-upload.ts';

const POLL_MS = 1_000;

/** Ends the following that is under way; there is one at a time. */
let current = new AbortController();
/** When the clip that is followed is posted by itself, where it waits for that. */
let postsAt: string | null = null;

/**
 * Follows what the server does with a clip that has arrived, until nothing is left to make or it is refused. The clip
 * can be watched as soon as there is anything to play, while the rest of its sizes is made.
 */
export async function followProcessing(
  videoId: string,
  details: Pick<UploadDetails, 'when' | 'postAt'>,
): Promise<void> {
  stopFollowing();
  postsAt = details.when === 'at' ? momentOf(details.postAt) : null;
  const { signal } = current;
  uploadState.value = { phase: 'processing', stage: null, percent: 0 };
  if (await listen(videoId, signal)) return;
  // Where the stream could not be had, or broke off for good, asking now and then does as well.
  while (!signal.aborted && !(await ask(videoId, signal))) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Somebody turns to the next clip: what is left to do for this one is no longer shown. */
export function stopFollowing(): void {
  current.abort();
  current = new AbortController();
}

/** Listens to the server's events; false when there will be none while there is more to tell. */
function listen(videoId: string, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const events = new EventSource(processingEventsPath(videoId));
  const end = (isOver: boolean) => {
    events.close();
    resolve(isOver);
  };
  signal.addEventListener('abort', () => end(true));
  /** One after the other: showing a clip that has come out takes a request. */
  let shown: Promise<unknown> = Promise.resolve();
  events.addEventListener('progress', ({ data }) => {
    shown = shown.then(async () => {
      if (await show(videoId, JSON.parse(data), signal)) end(true);
    });
  });
  // The browser comes back by itself after a lost connection, but not after a refusal.
  events.addEventListener('error', () => {
    if (events.readyState === EventSource.CLOSED) end(false);
  });
  return promise;
}

/** Asks once; true when there is nothing left to ask. A server that cannot be reached is asked again. */
async function ask(videoId: string, signal: AbortSignal): Promise<boolean> {
  const outcome = await otherApi.processing(videoId);
  if (signal.aborted) return true;
  if (!outcome.ok) {
    const mayPass = outcome.status === 0 || outcome.status === 429 || outcome.status >= 500;
    return mayPass ? false : give(say('lost'));
  }
  return show(videoId, outcome.value, signal);
}

/** Shows how far it is; true when that was the last of it. */
async function show(videoId: string, progress: Processing, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return true;
  const { state, stage, percent, detail, done } = progress;
  if (state === 'rejected') return give(detail ?? say('refused'));
  if (state === 'draft' || state === 'held') return keep(videoId, progress);
  if (state !== 'published') {
    uploadState.value = { phase: 'processing', stage, percent };
    return false;
  }
  const making = done ? null : { stage, percent };
  const shown = uploadState.value;
  if (shown.phase === 'published') {
    // What is being watched goes on as it is.
    uploadState.value = { ...shown, making };
    return done;
  }
  const clip = await api.clip(videoId);
  if (signal.aborted) return true;
  if (!clip.ok) return false;
  writeStoredUpload(null);
  uploadState.value = { phase: 'published', status: clip.value, making };
  if (location.pathname !== '/upload') toast(say('out'));
  return done;
}

/** What nobody else sees yet can be found in the studio from now on. */
function keep(videoId: string, { state, stage, percent, done }: Processing): boolean {
  const held = state === 'held';
  if (uploadState.value.phase !== 'kept') {
    writeStoredUpload(null);
    if (location.pathname !== '/upload')
      toast(held ? say('heldTitle') : postsAt === null ? say('draftToast') : say('scheduledToast'));
  }
  uploadState.value = { phase: 'kept', videoId, postsAt, held, making: done ? null : { stage, percent } };
  return done;
}

function give(problem: string): true {
  writeStoredUpload(null);
  uploadState.value = { phase: 'idle', problem };
  return true;
}
