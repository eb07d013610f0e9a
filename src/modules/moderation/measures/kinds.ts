import type { AccountId, CommentId, VideoId } from '../../../lib/ids.ts';
import type { AuditAction, Permission } from '../../staff/index.ts';

/** What a measure is about. */
export type Target =
  | { readonly kind: 'account'; readonly id: AccountId }
  | { readonly kind: 'video'; readonly id: VideoId }
  | { readonly kind: 'comment'; readonly id: CommentId };
export type MeasureTargetKind = Target['kind'];

/** What can be done to an account, the mildest first. */
export const accountMeasures = [
  'warn',
  'sensitive',
  'comments-off',
  'no-discovery',
  'freeze',
  'silence',
  'suspend',
  'delete',
] as const;
/** What can be done to a video, the mildest first. */
export const videoMeasures = ['sensitive', 'comments-off', 'mute', 'no-discovery', 'remove'] as const;
export const commentMeasures = ['remove'] as const;

export type AccountMeasure = (typeof accountMeasures)[number];
export type VideoMeasure = (typeof videoMeasures)[number];
export type CommentMeasure = (typeof commentMeasures)[number];
export type MeasureKind = AccountMeasure | VideoMeasure | CommentMeasure;

interface OfKind {
  readonly account: AccountMeasure;
  readonly video: VideoMeasure;
  readonly comment: CommentMeasure;
}

/** How a measure and its inverse are named in the audit log; null where there is no way back. */
interface Words {
  readonly taken: AuditAction;
  readonly lifted: AuditAction | null;
}

/** Every measure with its inverse: forgetting one does not compile. */
const WORDS: { readonly [K in MeasureTargetKind]: Readonly<Record<OfKind[K], Words>> } = {
  account: {
    warn: { taken: 'account.warn', lifted: 'account.unwarn' },
    sensitive: { taken: 'account.mark-sensitive', lifted: 'account.unmark-sensitive' },
    'comments-off': { taken: 'account.close-comments', lifted: 'account.open-comments' },
    'no-discovery': { taken: 'account.hide-from-discovery', lifted: 'account.show-in-discovery' },
    freeze: { taken: 'account.freeze', lifted: 'account.unfreeze' },
    silence: { taken: 'account.silence', lifted: 'account.unsilence' },
    suspend: { taken: 'account.suspend', lifted: 'account.unsuspend' },
    delete: { taken: 'account.delete', lifted: null },
  },
  video: {
    sensitive: { taken: 'video.mark-sensitive', lifted: 'video.unmark-sensitive' },
    'comments-off': { taken: 'video.close-comments', lifted: 'video.open-comments' },
    'no-discovery': { taken: 'video.hide-from-discovery', lifted: 'video.show-in-discovery' },
    mute: { taken: 'video.mute', lifted: 'video.unmute' },
    remove: { taken: 'video.remove', lifted: 'video.restore' },
  },
  comment: { remove: { taken: 'comment.remove', lifted: 'comment.restore' } },
};

/** What one needs to act on each. */
export const permissionFor: Readonly<Record<MeasureTargetKind, Permission>> = {
  account: 'accounts',
  video: 'content',
  comment: 'content',
};

/** The words of a measure of a target; undefined where such a target knows no such measure. */
export function wordsOf(kind: MeasureTargetKind, measure: MeasureKind): Words | undefined {
  return (WORDS[kind] as Readonly<Partial<Record<MeasureKind, Words>>>)[measure];
}

/** Those that hide something which is removed for good after a while. */
export const purgedMeasures: readonly MeasureKind[] = ['suspend', 'remove'];

export const isPurged = (measure: MeasureKind): boolean => purgedMeasures.includes(measure);
