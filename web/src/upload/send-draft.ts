import { otherApi } from '../api/other-endpoints.ts';
import type { Media } from '../api/types.ts';
import { again, type Edits } from '../editing/edits.ts';
import { sendEdits } from '../editing/send-edits.ts';
import { noTrim, placeInClip, type Trim } from '../editing/trim.ts';
import { uploadState } from '../state/uploads.ts';
import { draftEdits, draftTrim } from './draft.ts';

/** The upload that the cover and the captions of the draft belong to; there is one at a time. */
interface Target {
  readonly videoId: string;
  readonly stop: AbortController;
  running: boolean;
}

let target: Target | null = null;

/** Sends cover and captions to an upload that has just begun; the server keeps them until there is a clip. */
export function sendDraftTo(videoId: string): void {
  stopSendingDraft();
  target = { videoId, stop: new AbortController(), running: false };
  draftEdits.value = again(draftEdits.peek(), true);
  run(target);
}

/** Takes what was changed about something that was not accepted, and sends it. */
export function changeSentDraft(edits: Edits): void {
  draftEdits.value = edits;
  if (target) run(target);
}

/** The upload is given up, or over. */
export function stopSendingDraft(): void {
  target?.stop.abort();
  target = null;
}

/** A frame was chosen in the file, and captions are made for it; the clip, which the server knows, may begin later. */
const callsOf = (trim: Trim) => ({
  ...otherApi,
  setCover: (id: string, cover: { readonly seconds: number } | Blob) =>
    otherApi.setCover(id, cover instanceof Blob ? cover : { seconds: placeInClip(cover.seconds, trim) }),
  setCaptions: trim === noTrim ? otherApi.setCaptions : otherApi.setCaptionsOfFile,
});

async function run(to: Target): Promise<void> {
  if (to.running) return;
  to.running = true;
  const media = await sendEdits(callsOf(draftTrim.peek()), to.videoId, draftEdits, to.stop.signal);
  to.running = false;
  if (media && target === to) show(media);
}

/** A clip that is out already is shown with what has just come. */
function show(media: Media): void {
  const state = uploadState.value;
  if (state.phase !== 'published' || state.status.id !== media.id) return;
  uploadState.value = { ...state, status: { ...state.status, media_attachments: [media] } };
}
