import { api } from '../api/endpoints.ts';
import { toast } from '../state/toasts.ts';
import { uploadState } from '../state/uploads.ts';
import { strings } from '../strings.ts';
import { writeStoredUpload } from './stored-upload.ts';

const POLL_MS = 1_000;

/** Follows what the server does with a clip that has arrived, until it is out or refused. */
export async function followProcessing(videoId: string): Promise<void> {
  uploadState.value = { phase: 'processing', stage: null, percent: 0 };
  while (!(await isSettled(videoId))) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

/** Asks once. A server that cannot be reached is asked again. */
async function isSettled(videoId: string): Promise<boolean> {
  const outcome = await api.processing(videoId);
  if (!outcome.ok) {
    const known = outcome.status === 0 || outcome.status === 429 || outcome.status >= 500;
    return known ? false : give(strings.upload.lost);
  }
  const { state, stage, percent, detail } = outcome.value;
  if (state === 'rejected') return give(detail ?? strings.upload.refused);
  if (state === 'published') {
    const clip = await api.clip(videoId);
    if (!clip.ok) return false;
    writeStoredUpload(null);
    uploadState.value = { phase: 'published', status: clip.value };
    if (location.pathname !== '/upload') toast(strings.upload.publishedToast);
    return true;
  }
  uploadState.value = { phase: 'processing', stage, percent };
  return false;
}

function give(problem: string): true {
  writeStoredUpload(null);
  uploadState.value = { phase: 'idle', problem };
  return true;
}
