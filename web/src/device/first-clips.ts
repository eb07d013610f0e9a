import { parseJson } from '../api/client.ts';
import type { Status } from '../api/types.ts';
import { plainText } from '../format.ts';
import { store, stored } from '../state/preferences.ts';

/** What is shown of a clip where it cannot be played. */
interface FirstClip {
  readonly id: string;
  readonly acct: string;
  /** What it says, or what it warns of. */
  readonly text: string;
  /** Address of its picture; null where that is covered. */
  readonly cover: string | null;
}

export interface FirstClips {
  readonly at: string;
  readonly clips: readonly FirstClip[];
}

const KEY = 'vireo.first-clips';
const MOST = 10;

/** Keeps the clips that a feed began with; none forgets them. */
export function keepFirstClips(statuses: readonly Status[], at: string): FirstClips {
  const first = { at, clips: statuses.slice(0, MOST).map(firstClip) };
  store(KEY, statuses.length === 0 ? null : JSON.stringify(first));
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

/** The clips that the last visit began with. */
export function readFirstClips(text = stored(KEY)): FirstClips | null {
  const value = parseJson(text ?? '');
  if (typeof value !== 'object' || value === null || !('at' in value) || !('clips' in value)) return null;
  const { at, clips } = value;
  if (typeof at !== 'string' || !Array.isArray(clips)) return null;
  const known = clips.filter(isFirstClip);
  return known.length === 0 ? null : { at, clips: known };
}

function isFirstClip(value: unknown): value is FirstClip {
  if (typeof value !== 'object' || value === null) return false;
  const { id, acct, text, cover } = value as Record<string, unknown>;
  const isText = [id, acct, text].every((part) => typeof part === 'string');
  return isText && (cover === null || typeof cover === 'string');
}
