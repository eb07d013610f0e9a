import { z } from 'zod';
import type { Clock } from './clock.ts';

/** An id of one kind: a decimal string that sorts by time once compared as a number. */
export type Id<Kind extends string> = string & { readonly __kind: Kind };

export type AccountId = Id<'account'>;
export type VideoId = Id<'video'>;
export type CommentId = Id<'comment'>;
export type SessionId = Id<'session'>;
export type SoundId = Id<'sound'>;
export type FollowId = Id<'follow'>;
export type LikeId = Id<'like'>;
export type ShareId = Id<'share'>;
export type ReportId = Id<'report'>;
export type ReportNoteId = Id<'report-note'>;
export type EvidenceId = Id<'evidence'>;
export type ListId = Id<'list'>;
export type PlaylistId = Id<'playlist'>;
export type FolderId = Id<'folder'>;
export type PackId = Id<'pack'>;
export type RemixRequestId = Id<'remix-request'>;
export type FilterId = Id<'filter'>;
export type RelayId = Id<'relay'>;
export type ExchangePeerId = Id<'exchange-peer'>;
export type FaspId = Id<'fasp'>;
export type FaspCallbackId = Id<'fasp-callback'>;
export type DiscoveryPackId = Id<'discovery-pack'>;
export type ImportId = Id<'import'>;
export type ArchiveId = Id<'archive'>;
export type AppId = Id<'app'>;
export type InviteId = Id<'invite'>;
export type PasskeyId = Id<'passkey'>;
export type NotificationId = Id<'notification'>;
export type PushSubscriptionId = Id<'push-subscription'>;
export type MailId = Id<'mail'>;
export type JobId = Id<'job'>;
export type AuditId = Id<'audit'>;
export type StaffRoleId = Id<'staff-role'>;
export type JoiningBlockId = Id<'joining-block'>;
export type MeasureId = Id<'measure'>;
export type AnnouncementId = Id<'announcement'>;
export type LegalHoldId = Id<'legal-hold'>;
export type AppealId = Id<'appeal'>;

/** Makes ids. One per process. */
export interface IdSource {
  next<Kind extends string>(): Id<Kind>;
  /**
   * An id that sorts as one made at that moment of the past, in milliseconds, for what was published elsewhere
   * before it came here. Its last 22 bits are
   * random: two of one table that meet, which is rare, make the second insert fail, and another try gives another id.
   */
  at<Kind extends string>(moment: number): Id<Kind>;
}

/** 1 January 2024: ids of 41 bits of milliseconds last until 2093. */
const EPOCH_MS = Date.UTC(2024, 0, 1);
const NODE_BITS = 10n;
const SEQUENCE_BITS = 12n;
const SEQUENCES = 1 << Number(SEQUENCE_BITS);

/** How many processes can make ids at once without meeting. */
export const idNodes = 1 << Number(NODE_BITS);

/**
 * Ids of 63 bits: 41 of milliseconds, 10 of node, 12 of sequence. Client apps of the Mastodon API need
 * ids that look numeric and sort by age. Within a process they strictly rise, even when the clock
 * steps back or more than 4096 are made in a millisecond (then they run ahead of the clock).
 * `node` must differ between processes that run at the same time: 0 to 1023.
 */
export function createIds(clock: Clock, node: number, random: () => number = Math.random): IdSource {
  let lastMs = 0;
  let sequence = 0;
  return {
    next<Kind extends string>(): Id<Kind> {
      const now = clock.now() - EPOCH_MS;
      if (now > lastMs) {
        lastMs = now;
        sequence = 0;
      } else if (++sequence === SEQUENCES) {
        lastMs += 1;
        sequence = 0;
      }
      const id =
        (BigInt(lastMs) << (NODE_BITS + SEQUENCE_BITS)) |
        (BigInt(node % idNodes) << SEQUENCE_BITS) |
        BigInt(sequence);
      return id.toString() as Id<Kind>;
    },
    at<Kind extends string>(moment: number): Id<Kind> {
      const past = Math.max(0, Math.min(moment, clock.now()));
      // What is older than the epoch goes into its first twenty days, in order.
      const ms = past >= EPOCH_MS ? past - EPOCH_MS : Math.floor(past / 1_000);
      const low = Math.floor(random() * 2 ** Number(NODE_BITS + SEQUENCE_BITS));
      return ((BigInt(ms) << (NODE_BITS + SEQUENCE_BITS)) | BigInt(Math.max(1, low))).toString() as Id<Kind>;
    },
  };
}

/** The moment that an id sorts by, in milliseconds since 1970; see `at` for those of the past. */
export function momentOf(id: Id<string>): number {
  return EPOCH_MS + Number(BigInt(id) >> (NODE_BITS + SEQUENCE_BITS));
}

/** The lowest id that may have been made at a moment, in milliseconds since 1970: those made later are higher. */
export function lowestIdAt(moment: number): string {
  return (BigInt(Math.max(0, Math.floor(moment) - EPOCH_MS)) << (NODE_BITS + SEQUENCE_BITS)).toString();
}

const MOST_DIGITS = String(2n ** 63n - 1n);

/** Reads an id from outside: 1 to 19 digits that fit a signed 64-bit integer, else null. */
export function parseId<Kind extends string>(text: string): Id<Kind> | null {
  if (!/^[1-9]\d{0,18}$/.test(text)) return null;
  // Texts of one length sort as their numbers do.
  return text.length === MOST_DIGITS.length && text > MOST_DIGITS ? null : (text as Id<Kind>);
}

/** Schema of an id in a request, an event or a job. */
export function idSchema<Kind extends string>() {
  return z.string().transform((text, context): Id<Kind> => {
    const id = parseId<Kind>(text);
    if (id !== null) return id;
    context.addIssue({ code: 'custom', message: 'This is not an id.' });
    return z.NEVER;
  });
}
