import type { AccountId, SoundId, VideoId } from '../../lib/ids.ts';
import type { Result } from '../../lib/result.ts';
import type { SoundRefusal } from './policy.ts';
import type { SoundRegion } from './regions.ts';
import type { SaidRights } from './rights.ts';

/** Uses of a sound on one day. */
export interface SoundDay {
  /** Its first moment, UTC. */
  readonly day: Date;
  readonly uses: number;
}

/** A sound as somebody may know of it. */
export interface Sound {
  readonly id: SoundId;
  /** Empty where it has no name, or what it is called is not for everybody. */
  readonly title: string;
  /** Who posted it first; null where that is not for the viewer to know. */
  readonly authorId: AccountId | null;
  /** The video it was heard in first; null where the viewer may not see that. */
  readonly originalId: VideoId | null;
  /** Videos with it that are public or unlisted. */
  readonly uses: number;
  readonly isSaved: boolean;
  /** Whether the viewer may make a video with it; null where nobody is signed in. */
  readonly use: Result<object, SoundRefusal> | null;
  /** Null where nothing is said of them, or it is not for everybody. */
  readonly rights: SaidRights | null;
  /** Where its videos are not given; null: nowhere. */
  readonly region: SoundRegion | null;
  /** What of its videos is given where it is asked from; null where that was not said. */
  readonly here: 'given' | 'muted' | 'withheld' | null;
  /** Of the last two weeks, newest first. */
  readonly history: readonly SoundDay[];
  readonly createdAt: Date;
}

export interface SoundRow {
  readonly id: SoundId;
  readonly title: string;
  readonly author_id: AccountId | null;
  readonly original_id: VideoId | null;
  readonly is_open: boolean;
  readonly uses: number;
  readonly created_at: Date;
}
