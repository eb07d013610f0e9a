import type { DetailedError, Upload } from 'tus-js-client';
import { parseJson, readFailure } from '../api/client.ts';
import type { editOf } from '../editing/trim.ts';
import { toast } from '../state/toasts.ts';
import { uploadState } from '../state/uploads.ts';
import type { MadeWith } from './announcement.ts';
import { calls } from './calls.ts';
import { clearDraft, forgetKeptDetails, type UploadDetails } from './draft.ts';
import { followProcessing, stopFollowing } from './follow-processing.ts';
import { say } from './say.ts';
import { sendDraftTo, stopSendingDraft } from './send-draft.ts';
import { isSameFile, readStoredUpload, type StoredUpload, writeStoredUpload } from './stored-upload.ts';

/** Small enough that a lost connection costs seconds, large enough for few requests (web.md 5). */
const CHUNK_BYTES = 5 * 1024 * 1024;
const RETRY_DELAYS_MS = [0, 1_000, 3_000, 5_000, 10_000, 20_000];

/** The running transfer; there is one at a time. */
let transfer: Upload | null = null;
/** Counts what is begun and given up: what is of an earlier one is not wanted any more. */
let round = 0;

/** Shows what an earlier visit left behind: a transfer that waits for its file, or a clip in the making. */
export function restoreUpload(): void {
  const left = readStoredUpload();
  if (!left || uploadState.value.phase !== 'idle') return;
  const { name, sent, size } = left;
  if (sent < size) uploadState.value = { phase: 'interrupted', name, sent, size };
  else followProcessing(left.videoId, left.details);
}

/** Announces a file and sends it from its first byte. A refusal, or no answer, leaves the form as it was. */
export async function startUpload(
  file: File,
  details: UploadDetails,
  edit: ReturnType<typeof editOf>,
  madeWith: MadeWith,
): Promise<void> {
  const { name, size, lastModified } = file;
  uploadState.value = { phase: 'sending', name, sent: 0, size, paused: false };
  round += 1;
  const mine = round;
  const begun = await calls.begin(file, details, edit, madeWith);
  if (!begun.ok) {
    if (mine !== round) return;
    uploadState.value = { phase: 'idle', problem: Object.values(begun.fields)[0] ?? begun.sentence };
    return;
  }
  const { video_id: videoId, upload_url } = begun.value;
  const uploadUrl = new URL(new URL(upload_url).pathname, window.location.origin).href;
  const stored = { videoId, uploadUrl, name, size, lastModified, sent: 0, details };
  // Given up before it began: nothing is sent, and the server forgets it.
  if (mine !== round) return terminate(uploadUrl);
  writeStoredUpload(stored);
  forgetKeptDetails();
  sendDraftTo(videoId);
  await send(file, stored);
}

/** Goes on with an interrupted transfer, if this is its file. */
export async function continueUpload(file: File): Promise<void> {
  const left = readStoredUpload();
  if (!left) return;
  if (!isSameFile(file, left)) {
    const { name, sent, size } = left;
    uploadState.value = { phase: 'interrupted', name, sent, size, problem: say('wrongFile', { name }) };
    return;
  }
  await send(file, left);
}

/** Stops sending; what arrived is kept. */
export async function pauseUpload(): Promise<void> {
  change({ paused: true });
  await transfer?.abort();
}

/** Goes on after a pause or a lost connection. */
export function resumeUpload(): void {
  const state = uploadState.value;
  if (state.phase !== 'sending' || !transfer) return;
  const { name, sent, size } = state;
  uploadState.value = { phase: 'sending', name, sent, size, paused: false };
  transfer.start();
}

/** Gives an upload up; the server forgets what it has of it. */
export async function cancelUpload(): Promise<void> {
  round += 1;
  const left = readStoredUpload();
  const running = transfer;
  transfer = null;
  stopSendingDraft();
  writeStoredUpload(null);
  uploadState.value = { phase: 'idle' };
  toast(say('cancelled'));
  await running?.abort();
  if (left) await terminate(left.uploadUrl);
}

/** When this fails too, the server clears uploads that nobody finishes. */
async function terminate(uploadUrl: string): Promise<void> {
  const tus = await import('tus-js-client');
  await tus.Upload.terminate(uploadUrl).catch(() => undefined);
}

/** Makes the form empty again after a clip is out. */
export function finishUpload(): void {
  stopFollowing();
  stopSendingDraft();
  clearDraft();
  uploadState.value = { phase: 'idle' };
}

async function send(file: File, begun: StoredUpload): Promise<void> {
  const { name, size, sent, uploadUrl } = begun;
  let stored = begun;
  uploadState.value = { phase: 'sending', name, sent, size, paused: false };
  const tus = await import('tus-js-client');
  const upload = new tus.Upload(file, {
    uploadUrl,
    chunkSize: CHUNK_BYTES,
    retryDelays: RETRY_DELAYS_MS,
    storeFingerprintForResuming: false,
    onProgress: (bytes) => change({ sent: bytes }),
    onChunkComplete(_size, accepted) {
      if (transfer !== upload) return;
      stored = { ...stored, sent: accepted };
      writeStoredUpload(stored);
    },
    onSuccess() {
      if (transfer === upload) followProcessing(stored.videoId, stored.details);
      transfer = null;
    },
    onError: (error) => {
      if (transfer === upload) onError(error);
    },
  });
  transfer = upload;
  upload.start();
}

/** A refusal of the server ends the upload with its sentence; a lost connection only stops it. */
function onError(error: Error | DetailedError): void {
  const response = 'originalResponse' in error ? error.originalResponse : null;
  const status = response?.getStatus() ?? 0;
  if (!response || status < 400 || status >= 500) {
    change({ paused: true, problem: say('broken') });
    return;
  }
  transfer = null;
  writeStoredUpload(null);
  uploadState.value = {
    phase: 'idle',
    problem: readFailure(status, parseJson(response.getBody())).sentence,
  };
}

function change(difference: { sent?: number; paused?: boolean; problem?: string }): void {
  const state = uploadState.value;
  if (state.phase === 'sending') uploadState.value = { ...state, ...difference };
}
