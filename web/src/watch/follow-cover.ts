import { api } from '../api/endpoints.ts';
import type { Status } from '../api/types.ts';

const POLL_MS = 1_500;
/** A minute; a server that is busier shows the cover at the next visit. */
const POLLS = 40;

/** Waits for the cover of a clip to be made, and tells of the clip as it is then. */
export async function followCover(
  status: Status,
  signal: AbortSignal,
  onChange: (latest: Status) => void,
): Promise<void> {
  const before = status.media_attachments[0]?.preview_url;
  for (let poll = 0; poll < POLLS; poll += 1) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    if (signal.aborted) return;
    const latest = await api.clip(status.id);
    if (signal.aborted) return;
    if (!latest.ok || latest.value.media_attachments[0]?.preview_url === before) continue;
    onChange(latest.value);
    return;
  }
}
