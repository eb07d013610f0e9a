import type { DetailedError, Upload } from 'tus-js-client';
import { parseJson, readFailure } from '../api/client.ts';
import { uploadsPath } from '../api/endpoints.ts';
import { toast } from '../state/toasts.ts';
import { uploadState } from '../state/uploads.ts';
import { strings } from '../strings.ts';
import { clearDraft, type UploadDetails } from './draft.ts';
import { followProcessing, stopFollowing } from './follow-processing.ts';
import { sendDraftTo, stopSendingDraft } from './send-draft.ts';
import { isSameFile, readStoredUpload, type StoredUpload, writeStoredUpload } from './stored-upload.ts';

/** Small enough that a lost connection costs seconds, large enough for few requests (web.md 5). */
const CHUNK_BYTES = 5 * 1024 * 1024;
const RETRY_DELAYS_MS = [0, 1_000, 3_000, 5_000, 10_000, 20_000];

/** The running transfer; there is one at a time. */
let transfer: Upload | null = null;

/** Shows what an earlier visit left behind: a transfer that waits for its file, or a clip in the making. */
export function restoreUpload(): void {
  const left = readStoredUpload();
  if (!left || uploadState.value.phase !== 'idle') return;
  const { name, sent, size } = left;
  if (sent < size) uploadState.value = { phase: 'interrupted', name, sent, size };
  else followProcessing(left.videoId);
}

/** Sends a file from its first byte. */
export async function startUpload(file: File, details: UploadDetails): Promise<void> {
  await send(file, details, null);
}

/** Goes on with an interrupted transfer, if this is its file. */
export async function continueUpload(file: File): Promise<void> {
  const left = readStoredUpload();
  if (!left) return;
  if (!isSameFile(file, left)) {
    const { name, sent, size } = left;
    uploadState.value = { phase: 'interrupted', name, sent, size, problem: strings.upload.wrongFile(name) };
    return;
  }
  await send(file, left.details, left);
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
  const left = readStoredUpload();
  const running = transfer;
  transfer = null;
  stopSendingDraft();
  writeStoredUpload(null);
  uploadState.value = { phase: 'idle' };
  toast(strings.upload.cancelled);
  await running?.abort();
  if (!left) return;
  const tus = await import('tus-js-client');
  // When this fails too, the server clears uploads that nobody finishes.
  await tus.Upload.terminate(left.uploadUrl).catch(() => undefined);
}

/** Makes the form empty again after a clip is out. */
export function finishUpload(): void {
  stopFollowing();
  stopSendingDraft();
  clearDraft();
  uploadState.value = { phase: 'idle' };
}

async function send(file: File, details: UploadDetails, left: StoredUpload | null): Promise<void> {
  const { name, size, lastModified } = file;
  const sent = left?.sent ?? 0;
  let stored: StoredUpload | null = left;
  uploadState.value = { phase: 'sending', name, sent, size, paused: false };
  const tus = await import('tus-js-client');
  const upload = new tus.Upload(file, {
    endpoint: uploadsPath,
    uploadUrl: left?.uploadUrl ?? null,
    chunkSize: CHUNK_BYTES,
    retryDelays: RETRY_DELAYS_MS,
    storeFingerprintForResuming: false,
    metadata: metadataOf(file, details),
    onAfterResponse(_request, response) {
      const videoId = response.getHeader('Vireo-Video-Id');
      const location = response.getHeader('Location');
      if (!videoId || !location) return;
      const uploadUrl = new URL(location, new URL(uploadsPath, window.location.origin)).href;
      stored = { videoId, uploadUrl, name, size, lastModified, sent: 0, details };
      writeStoredUpload(stored);
      sendDraftTo(videoId);
    },
    onProgress: (bytes) => change({ sent: bytes }),
    onChunkComplete(_size, accepted) {
      if (!stored || transfer !== upload) return;
      stored = { ...stored, sent: accepted };
      writeStoredUpload(stored);
    },
    onSuccess() {
      if (stored && transfer === upload) followProcessing(stored.videoId);
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
    change({ paused: true, problem: strings.upload.broken });
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

function metadataOf(file: File, details: UploadDetails): Record<string, string> {
  const optional = { content_warning: details.warning.trim(), alt_text: details.altText.trim() };
  return {
    filename: file.name,
    filetype: file.type,
    caption: details.caption.trim(),
    visibility: details.visibility,
    sensitive: String(details.sensitive || optional.content_warning !== ''),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== '')),
  };
}
