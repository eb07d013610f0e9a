import type { StudioVideo } from '../api/types.ts';
import type { Permissions } from '../editing/permissions-field.tsx';
import { localTime, momentOf } from '../editing/schedule.ts';

/** What the fields of the form hold. */
export interface Said extends Permissions {
  readonly caption: string;
  readonly altText: string;
  /** Empty: not said. */
  readonly language: string;
  readonly visibility: StudioVideo['visibility'];
  readonly warning: string;
  readonly sensitive: boolean;
  readonly soundTitle: string;
  /** Of a draft: when it is posted, as a field writes it; empty: it stays a draft. */
  readonly postAt: string;
}

/** What is asked of the server; what is not given stays as it is. */
export interface Changes {
  readonly caption?: string;
  readonly alt_text?: string;
  readonly language?: string | null;
  readonly visibility?: StudioVideo['visibility'];
  readonly content_warning?: string;
  readonly sensitive?: boolean;
  readonly sound_title?: string;
  readonly permissions?: Partial<StudioVideo['permissions']>;
  readonly scheduled_at?: string | null;
}

/** The fields as the server has it. */
export function saidOf(video: StudioVideo): Said {
  return {
    caption: video.text,
    altText: video.alt_text,
    language: video.language ?? '',
    visibility: video.visibility,
    warning: video.content_warning,
    sensitive: video.sensitive,
    soundTitle: video.sound?.title ?? '',
    ...video.permissions,
    postAt: video.scheduled_at === null ? '' : localTime(Date.parse(video.scheduled_at)),
  };
}

/** What is other than it was; empty where nothing is. Spaces around texts are no change. */
export function changesOf(before: Said, now: Said): Changes {
  const texts = {
    caption: 'caption',
    altText: 'alt_text',
    warning: 'content_warning',
    soundTitle: 'sound_title',
  } as const;
  const changed = (key: keyof Said) => before[key] !== now[key];
  const allowed = (['comment', 'download', 'duet', 'stitch', 'sound', 'ask'] as const).filter(changed);
  return {
    ...Object.fromEntries(
      (Object.keys(texts) as (keyof typeof texts)[])
        .filter((key) => before[key].trim() !== now[key].trim())
        .map((key) => [texts[key], now[key].trim()]),
    ),
    ...(changed('language') ? { language: now.language || null } : {}),
    ...(changed('visibility') ? { visibility: now.visibility } : {}),
    ...(changed('sensitive') ? { sensitive: now.sensitive } : {}),
    ...(allowed.length > 0 ? { permissions: Object.fromEntries(allowed.map((key) => [key, now[key]])) } : {}),
    ...(changed('postAt') ? { scheduled_at: momentOf(now.postAt) } : {}),
  };
}

/** Whether anything is other than the server has it. */
export const isChanged = (before: Said, now: Said): boolean => Object.keys(changesOf(before, now)).length > 0;
