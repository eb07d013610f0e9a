import { parseJson } from '../api/client.ts';
import { stored } from '../state/stored.ts';

/** What is shown of a clip where it cannot be played. */
export interface FirstClip {
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

export const FIRST_CLIPS = 'vireo.first-clips';

/** The clips that the last visit began with. */
export function readFirstClips(text = stored(FIRST_CLIPS)): FirstClips | null {
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
