import type { AssetRole } from '../../../media/asset.ts';
import type { DuetLayout } from '../../../media/remix-plan.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import type { Account } from '../accounts/index.ts';
import type { SoundRights } from '../sounds/index.ts';

/** `direct`: for those whom the post names, and nobody else. */
export const visibilities = ['public', 'unlisted', 'followers', 'direct'] as const;
export type Visibility = (typeof visibilities)[number];

/**
 * `draft`: it can be played, and its author has not posted it yet. `held`: the same, and a moderator has not let it be
 * seen, or it is a remix that waits for the author of its original; `removed`: by the staff, which may take that back.
 */
export type VideoState = 'uploading' | 'received' | 'rejected' | 'draft' | 'held' | 'published' | 'removed';
export type MediaState = 'waiting' | 'working' | 'ready' | 'failed' | 'none';
/** What a worker does with a video, in words for programs; each has its words for people in the web client. */
export const mediaStages = [
  'reading',
  'downloading',
  'composing',
  'inspecting',
  'transcoding',
  'packaging',
  'storing',
] as const;
export type MediaStage = (typeof mediaStages)[number];
export type { AssetRole };

/** One stored object of a video. */
export interface Asset {
  readonly key: string;
  readonly role: AssetRole;
  /** Short side in pixels, for renditions. */
  readonly rung: number | null;
  readonly contentType: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly bandwidth: number | null;
  readonly codecs: string | null;
  /** Pictures per second; null where that is not known. */
  readonly frameRate: number | null;
  /** Of captions. */
  readonly language: string | null;
  readonly label: string | null;
  /** Of captions: nobody wrote them, a service did. */
  readonly automatic: boolean;
}

/** A place in a picture, from -1 (left, bottom) to 1 (right, top). */
export interface Focus {
  readonly x: number;
  readonly y: number;
}

/** What its author lets others do with a video. */
export interface Allowances {
  readonly download: boolean;
  /** A video of one’s own beside it. */
  readonly duet: boolean;
  /** Some seconds of it at the beginning of one’s own. */
  readonly stitch: boolean;
  /** Its sound in one’s own. */
  readonly sound: boolean;
  /** Of duets and stitches that are allowed: each waits until its author says yes. */
  readonly ask: boolean;
}

export const remixKinds = ['duet', 'stitch'] as const;
export type RemixKind = (typeof remixKinds)[number];
export { type DuetLayout as RemixLayout, duetLayouts as remixLayouts } from '../../../media/remix-plan.ts';

/** What a server says of remixes of its video: anybody may, its author wants to be asked, or nobody may. */
export type RemixPolicy = 'open' | 'ask' | 'closed';

/** What a video was made from. */
export interface RemixOf {
  readonly kind: RemixKind;
  /** Of a duet, where that is known. */
  readonly layout: DuetLayout | null;
  /** Null where the original is not here, or not any more. */
  readonly id: VideoId | null;
  /** ActivityPub id of the original. */
  readonly uri: string | null;
  /** What the author of the original says to it. */
  readonly consent: 'given' | 'asked' | 'refused';
  /** Whether the sound of the original is in it, as it is in every stitch; null: its server does not say. */
  readonly carriesSound: boolean | null;
  /** Where that can be checked. */
  readonly stampUri: string | null;
  /** Nobody sees it until the author of the original says yes. */
  readonly awaitsConsent: boolean;
  /** Why there is no consent, where it is refused. */
  readonly refusal: RemixRefused | null;
}

/**
 * Its author said no, or did not answer in time; the original is gone, or its author took all leave back when deleting it.
 */
export const remixRefusals = ['declined', 'silence', 'gone', 'withdrawn'] as const;
export type RemixRefused = (typeof remixRefusals)[number];

/** What another server says that its video was made from. */
export type ClaimedRemix = Pick<RemixOf, 'kind' | 'layout' | 'carriesSound' | 'stampUri'> & {
  readonly uri: string;
};

/** What another server says of the sound of its video. */
export interface ClaimedSound {
  /** Whether others may make videos with it; null: nothing is said, and nobody may. */
  readonly allowed: boolean | null;
  /** What its author calls it; empty where it has no name. */
  readonly title: string;
  /** Null where nothing is said of them, or it is not its own. */
  readonly rights: SoundRights | null;
  /** ActivityPub id of the video whose sound it was made with; null where that is its own. */
  readonly ofUri: string | null;
}

/** What somebody posted with. */
export interface PostedWith {
  readonly name: string;
  readonly website: string | null;
}

/** A post with one video: of this server, or a remote one as its server described it. */
export interface Video {
  readonly id: VideoId;
  /** Version 4: what PeerTube knows it by. */
  readonly uuid: string;
  readonly accountId: AccountId;
  readonly local: boolean;
  /** ActivityPub id. */
  readonly uri: string;
  /** Page for people. */
  readonly url: string;
  readonly state: VideoState;
  readonly visibility: Visibility;
  readonly caption: string;
  /** Safe to show. */
  readonly captionHtml: string;
  readonly contentWarning: string;
  readonly sensitive: boolean;
  readonly altText: string;
  readonly language: string | null;
  readonly durationSeconds: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly blurhash: string | null;
  readonly thumbhash: string | null;
  readonly media: {
    readonly state: MediaState;
    /** What a worker does now. */
    readonly stage: MediaStage | null;
    readonly percent: number;
    readonly reason: string | null;
    readonly detail: string | null;
  };
  readonly originalKey: string | null;
  readonly sourceUrl: string | null;
  readonly sourcePosterUrl: string | null;
  readonly createdAt: Date;
  readonly publishedAt: Date | null;
  readonly editedAt: Date | null;
  /** Actors beside the author that may change a remote video: a channel and its owner. */
  readonly attributedTo: readonly string[];
  readonly commentsOpen: boolean;
  /** The staff of this server has it played without its sound. */
  readonly soundMuted: boolean;
  /** Its sound is not given in some countries, so that this server is asked for each of its files. */
  readonly regional: boolean;
  readonly allows: Allowances;
  /** Of a remote video; null where its server says nothing. */
  readonly remixPolicy: RemixPolicy | null;
  /** Null where it was made from no other video. */
  readonly remix: RemixOf | null;
  /** The video whose sound it was made with; null where none was chosen, or that is gone. */
  readonly soundOfId: VideoId | null;
  /** What its author calls its own sound; empty where that has no name. */
  readonly soundTitle: string;
  /** A relay told of it, and nobody here had asked for its author. */
  readonly discovery: boolean;
  /** Played here already, while other servers are not told yet. */
  readonly unannounced: boolean;
  /** Uploaded as media, for a post that its author has not written yet. */
  readonly awaitsPost: boolean;
  /** The app it was posted with; null where that is not known. */
  readonly application: PostedWith | null;
  /** What matters in the picture, from -1 (left, bottom) to 1 (right, top). */
  readonly focus: Focus | null;
  /** Short sides of the sizes that its source is good for, largest first; empty while that is not known. */
  readonly plannedRungs: readonly number[];
  readonly assets: readonly Asset[];
}

/** A remote video after its document was checked and cleaned. */
export interface RemoteVideo {
  readonly uri: string;
  readonly url: string;
  readonly visibility: Visibility;
  readonly captionHtml: string;
  readonly contentWarning: string;
  readonly sensitive: boolean;
  readonly altText: string;
  readonly language: string | null;
  readonly publishedAt: Date;
  readonly durationSeconds: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly blurhash: string | null;
  /** A file, or an HLS playlist. */
  readonly sourceUrl: string;
  /** SHA-256 of what lies behind `sourceUrl` in lower-case hex, where its server says it. */
  readonly sourceDigest?: string | null;
  readonly sourcePosterUrl: string | null;
  readonly editedAt: Date | null;
  readonly attributedTo: readonly string[];
  readonly commentsOpen: boolean;
  /** Whether its server offers it for download; true where it does not say. */
  readonly allowsDownload?: boolean;
  /** What its server says of remixes; nobody may where it says nothing. */
  readonly remixes?: {
    readonly policy: RemixPolicy | null;
    readonly duet: boolean;
    readonly stitch: boolean;
    /** What it allows of both waits for its author. */
    readonly ask: boolean;
  };
  readonly remix?: ClaimedRemix | null;
  readonly sound?: ClaimedSound;
}

/** What the author says of a video. */
export interface VideoDetails {
  readonly caption: string;
  readonly visibility: Visibility;
  readonly sensitive: boolean;
  readonly contentWarning: string;
  readonly altText: string;
  readonly language: string | null;
  /** Known accounts by the handles that the caption mentions them with, lower-case. */
  readonly mentions: ReadonlyMap<string, Account>;
}

export interface VideoRow {
  readonly id: VideoId;
  readonly uuid: string;
  readonly account_id: AccountId;
  readonly local: boolean;
  readonly uri: string;
  readonly url: string;
  readonly state: VideoState;
  /** A moderator decides before it is seen. */
  readonly hold: boolean;
  readonly visibility: Visibility;
  readonly caption: string;
  readonly caption_html: string;
  readonly content_warning: string;
  readonly sensitive: boolean;
  readonly alt_text: string;
  readonly language: string | null;
  readonly duration_seconds: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly blurhash: string | null;
  readonly thumbhash: string | null;
  readonly media_state: MediaState;
  readonly media_stage: string | null;
  readonly media_percent: number;
  readonly media_reason: string | null;
  readonly media_detail: string | null;
  readonly original_key: string | null;
  readonly source_url: string | null;
  readonly source_poster_url: string | null;
  readonly created_at: Date;
  readonly published_at: Date | null;
  readonly edited_at: Date | null;
  readonly attributed_to: string[];
  readonly comments_open: boolean;
  /** What the staff decided, about it or all that its author has. */
  readonly staff_sensitive: boolean;
  readonly staff_comments_off: boolean;
  readonly staff_muted: boolean;
  readonly regional: boolean;
  readonly state_before_removal: VideoState | null;
  readonly allows_download: boolean;
  readonly allows_duet: boolean;
  readonly allows_stitch: boolean;
  /** Null: its server does not say. */
  readonly allows_sound: boolean | null;
  readonly remix_asks: boolean;
  readonly remix_policy: RemixPolicy | null;
  readonly remix_of_id: VideoId | null;
  readonly remix_of_uri: string | null;
  readonly remix_kind: RemixKind | null;
  readonly remix_layout: DuetLayout | null;
  readonly carries_sound: boolean | null;
  readonly remix_consent: RemixOf['consent'] | null;
  readonly remix_stamp_uri: string | null;
  readonly awaits_consent: boolean;
  readonly remix_refusal: RemixRefused | null;
  readonly sound_title: string;
  readonly sound_of_id: VideoId | null;
  readonly discovery: boolean;
  readonly unannounced: boolean;
  readonly awaits_post: boolean;
  readonly app_name: string | null;
  readonly app_website: string | null;
  readonly focus_x: number | null;
  readonly focus_y: number | null;
  readonly planned_rungs: number[] | null;
}

export interface FileRow {
  readonly key: string;
  readonly role: AssetRole;
  readonly rung: number | null;
  readonly content_type: string;
  readonly bytes: string | number;
  readonly sha256: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly bandwidth: number | null;
  readonly codecs: string | null;
  readonly frame_rate: number | null;
  readonly language: string | null;
  readonly label: string | null;
  readonly automatic: boolean;
}

export interface AssetRow extends FileRow {
  readonly video_id: VideoId;
}

/** Whether it is known to be heard: nobody knows of one that lies elsewhere. */
export function hasSound({ assets }: Pick<Video, 'assets'>): boolean {
  return assets.some(({ codecs }) => codecs !== null && /mp4a|opus|ac-3|ec-3|vorbis|flac/i.test(codecs));
}

function remixOf(row: VideoRow): RemixOf | null {
  if (row.remix_kind === null) return null;
  return {
    kind: row.remix_kind,
    layout: row.remix_layout,
    id: row.remix_of_id,
    uri: row.remix_of_uri,
    consent: row.remix_consent ?? 'asked',
    carriesSound: row.carries_sound,
    stampUri: row.remix_stamp_uri,
    awaitsConsent: row.awaits_consent,
    refusal: row.remix_refusal,
  };
}

/** Rows to model. */
export function videoFromRow(row: VideoRow, assets: readonly FileRow[]): Video {
  return {
    id: row.id,
    uuid: row.uuid,
    accountId: row.account_id,
    local: row.local,
    uri: row.uri,
    url: row.url,
    state: row.state,
    visibility: row.visibility,
    caption: row.caption,
    captionHtml: row.caption_html,
    contentWarning: row.content_warning,
    sensitive: row.sensitive || row.staff_sensitive,
    altText: row.alt_text,
    language: row.language,
    durationSeconds: row.duration_seconds,
    width: row.width,
    height: row.height,
    blurhash: row.blurhash,
    thumbhash: row.thumbhash,
    media: {
      state: row.media_state,
      // Display only: a name that an older version wrote is no reason to show nothing at all.
      stage: mediaStages.find((stage) => stage === row.media_stage) ?? null,
      percent: row.media_percent,
      reason: row.media_reason,
      detail: row.media_detail,
    },
    originalKey: row.original_key,
    sourceUrl: row.source_url,
    sourcePosterUrl: row.source_poster_url,
    createdAt: row.created_at,
    publishedAt: row.published_at,
    editedAt: row.edited_at,
    attributedTo: row.attributed_to,
    commentsOpen: row.comments_open && !row.staff_comments_off,
    ...{ soundMuted: row.staff_muted, regional: row.regional },
    allows: {
      ...{ download: row.allows_download, duet: row.allows_duet, stitch: row.allows_stitch },
      ask: row.remix_asks,
      sound: row.allows_sound ?? false,
    },
    remixPolicy: row.remix_policy,
    remix: remixOf(row),
    soundTitle: row.sound_title,
    soundOfId: row.sound_of_id,
    discovery: row.discovery,
    unannounced: row.unannounced,
    awaitsPost: row.awaits_post,
    application: row.app_name === null ? null : { name: row.app_name, website: row.app_website },
    focus: row.focus_x === null || row.focus_y === null ? null : { x: row.focus_x, y: row.focus_y },
    plannedRungs: row.planned_rungs ?? [],
    assets: assets.map((asset) => ({
      key: asset.key,
      role: asset.role,
      rung: asset.rung,
      contentType: asset.content_type,
      bytes: Number(asset.bytes),
      sha256: asset.sha256,
      width: asset.width,
      height: asset.height,
      bandwidth: asset.bandwidth,
      codecs: asset.codecs,
      frameRate: asset.frame_rate,
      language: asset.language,
      label: asset.label,
      automatic: asset.automatic,
    })),
  };
}
