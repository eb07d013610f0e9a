import { commentLimits } from '../../../config/limits.ts';
import type { AccountId, CommentId, VideoId } from '../../lib/ids.ts';
import type { Account } from '../accounts/index.ts';
import type { PostedWith, Visibility } from '../videos/index.ts';

/** Whether a text is as long as a comment may be, counted in Unicode characters, so that an emoji is no two of them. */
export function fitsComment(text: string): boolean {
  return text !== '' && [...text].length <= commentLimits.maxCharacters;
}

/** A text under a video, or in answer to another such text. */
export interface Comment {
  readonly id: CommentId;
  readonly accountId: AccountId;
  /** The video at the root of the thread. */
  readonly videoId: VideoId;
  /** The comment it answers; null where it answers the video, or what it answered is gone. */
  readonly parentId: CommentId | null;
  readonly local: boolean;
  /** ActivityPub id. */
  readonly uri: string;
  /** Page for people. */
  readonly url: string;
  readonly visibility: Visibility;
  /** As written; empty for remote comments. */
  readonly text: string;
  /** Safe to show. */
  readonly contentHtml: string;
  readonly contentWarning: string;
  readonly sensitive: boolean;
  readonly language: string | null;
  readonly publishedAt: Date;
  readonly editedAt: Date | null;
  /** The app it was posted with; null where that is not known. */
  readonly application: PostedWith | null;
  /** The author of the video hid it: only that person and its own author see it. */
  readonly hidden: boolean;
  /** A moderator decides before anybody but its author sees it. */
  readonly held: boolean;
  /** The staff removed it: nobody sees it. */
  readonly removed: boolean;
  readonly likes: number;
}

/** What its author writes. */
export interface CommentDetails {
  readonly text: string;
  readonly contentWarning: string;
  readonly sensitive: boolean;
  readonly language: string | null;
  /** Known accounts by the handles that the text mentions them with, lower-case. */
  readonly mentions: ReadonlyMap<string, Account>;
}

/** A comment of another server after its document was checked and cleaned. */
export interface RemoteComment {
  readonly uri: string;
  readonly url: string;
  readonly videoId: VideoId;
  readonly parentId: CommentId | null;
  readonly visibility: Visibility;
  readonly contentHtml: string;
  readonly contentWarning: string;
  readonly sensitive: boolean;
  readonly language: string | null;
  readonly publishedAt: Date;
  readonly editedAt: Date | null;
  /** Known accounts that it mentions. */
  readonly mentions: readonly AccountId[];
}

export interface CommentRow {
  readonly id: CommentId;
  readonly account_id: AccountId;
  readonly video_id: VideoId;
  readonly parent_id: CommentId | null;
  readonly local: boolean;
  readonly uri: string;
  readonly url: string;
  readonly visibility: Visibility;
  readonly text: string;
  readonly content_html: string;
  readonly content_warning: string;
  readonly sensitive: boolean;
  readonly language: string | null;
  readonly published_at: Date;
  readonly edited_at: Date | null;
  readonly app_name: string | null;
  readonly app_website: string | null;
  readonly hidden_root_id: CommentId | null;
  /** Since when it waits for a moderator; null where it does not. */
  readonly held_at: Date | null;
  readonly removed_at: Date | null;
  readonly likes: number;
}

/** Row to model. */
export function commentFromRow(row: CommentRow): Comment {
  return {
    id: row.id,
    accountId: row.account_id,
    videoId: row.video_id,
    parentId: row.parent_id,
    local: row.local,
    uri: row.uri,
    url: row.url,
    visibility: row.visibility,
    text: row.text,
    contentHtml: row.content_html,
    contentWarning: row.content_warning,
    sensitive: row.sensitive,
    language: row.language,
    publishedAt: row.published_at,
    editedAt: row.edited_at,
    application: row.app_name === null ? null : { name: row.app_name, website: row.app_website },
    hidden: row.hidden_root_id !== null,
    held: row.held_at !== null,
    removed: row.removed_at !== null,
    likes: row.likes,
  };
}
