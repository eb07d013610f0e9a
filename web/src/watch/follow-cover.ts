import { api } from '../api/endpoints.ts';
import type { Media, Status } from '../api/types.ts';

const POLL_MS = 1_500;
/** A minute; a server that is busier shows the cover at the next visit. */
const POLLS = 40;

/** Waits for a cover to be made in place of the one that `media` has, and tells of the clip as it is then. */
export async function followCover(
  media: Media,
  signal: AbortSignal,
  onChange: (latest: Status) => void,
): Promise<void> {
  for (let poll = 0; poll < POLLS; poll += 1) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    if (signal.aborted) return;
    const latest = await api.clip(media.id);
    if (signal.aborted) return;
    if (!latest.ok || latest.value.media_attachments[0]?.preview_url === media.preview_url) continue;
    onChange(latest.value);
    return;
  }
}
