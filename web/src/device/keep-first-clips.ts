import type { Status } from '../api/types.ts';
import { plainText } from '../format.ts';
import { store } from '../state/stored.ts';
import { FIRST_CLIPS, type FirstClip, type FirstClips } from './first-clips.ts';

const MOST = 10;

/** Keeps the clips that a feed began with; none forgets them. */
export function keepFirstClips(statuses: readonly Status[], at: string): FirstClips {
  const first = { at, clips: statuses.slice(0, MOST).map(firstClip) };
  store(FIRST_CLIPS, statuses.length === 0 ? null : JSON.stringify(first));
  return first;
}

function firstClip({
  id,
  account,
  content,
  sensitive,
  spoiler_text,
  media_attachments: [media],
}: Status): FirstClip {
  const isCovered = sensitive || spoiler_text !== '';
  return {
    id,
    acct: account.acct,
    text: isCovered ? spoiler_text : plainText(content),
    cover: isCovered ? null : (media?.preview_webp_url ?? media?.preview_url ?? null),
  };
}
