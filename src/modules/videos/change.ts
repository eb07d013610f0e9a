import type { Tx } from '../../db/database.ts';
import { keepVersion } from '../../db/versions.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Urls } from '../instances/index.ts';
import { detailColumns, editedNow, nameIn, type VideoCommandDeps } from './commands.ts';
import { type Video, type VideoDetails, type VideoRow, videoFromRow } from './model.ts';
import { isWiderThan, mayBecome, ruleColumns, type VideoRules } from './rules.ts';
import { screenedColumns, screenVideo } from './screened.ts';

/** What an author says anew of a video; what is not given stays as it is. */
export interface SaidAnew {
  /** With the known accounts that it names. */
  readonly caption?: { readonly text: string; readonly mentions: VideoDetails['mentions'] } | undefined;
  readonly contentWarning?: string | undefined;
  readonly sensitive?: boolean | undefined;
  readonly altText?: string | undefined;
  readonly language?: string | null | undefined;
}

/**
 * Changes a video of this server: what it says and its rules. Others are told once, and take it for its later time;
 * nobody is told where nothing is other than it was. All else is as the locked row has
 * it, which is returned as it is then: whoever changes something else meanwhile loses nothing.
 */
export async function changeVideo(
  deps: VideoCommandDeps,
  tx: Tx,
  change: {
    readonly videoId: VideoId;
    readonly accountId: AccountId;
    readonly details: SaidAnew;
    readonly rules: VideoRules;
  },
): Promise<Result<{ video: Omit<Video, 'assets'> }, 'not-found' | 'visibility-fixed' | 'rule'>> {
  const { videoId, accountId, details, rules } = change;
  const row: VideoRow | undefined = await tx('videos')
    .where({ id: videoId, account_id: accountId, local: true })
    .forUpdate()
    .first();
  if (!row) return fail('not-found', 'There is no such video.');
  if (rules.visibility !== undefined && !mayBecome(row, rules.visibility)) {
    return fail(
      'visibility-fixed',
      'Other servers know this video: its audience can be made wider, and no narrower. Delete it instead.',
    );
  }
  const said = differing(row, saidColumns(deps.urls, row, details));
  const isSaid = !row.awaits_post && Object.keys(said).length > 0;
  const screened = await screenVideo(
    deps,
    tx,
    { id: accountId, domain: null },
    isSaid ? { details: saidIn(row, details), kind: 'edit' } : null,
  );
  if (!screened.ok) return screened;
  const { verdict } = screened;
  const columns = { ...said, ...screenedColumns(verdict), ...differing(row, ruleColumns(rules)) };
  if (Object.keys(columns).length === 0) return ok({ video: videoFromRow(row, []) });
  // What nobody has seen yet is not edited, but written.
  const isSeen = row.state === 'published';
  if (isSeen && Object.keys(said).length > 0) await keepVersion(tx, deps.ids, { videoId });
  const [changed] = await tx('videos')
    .where({ id: videoId })
    .update({ ...columns, ...(isSeen ? { edited_at: editedNow(tx) } : {}) })
    .returning<VideoRow[]>('*');
  if (!changed) throw new Error('A locked video is gone.');
  if (changed.sound_title !== row.sound_title) {
    await tx('sounds').where({ original_id: videoId }).update({ title: changed.sound_title });
  }
  await deps.screening.settle(tx, verdict, { kind: 'video', id: videoId, accountId });
  const { caption } = details;
  if (caption) await nameIn(tx, videoId, { caption: caption.text, mentions: caption.mentions });
  if (isSeen && !row.unannounced) {
    const isWider = isWiderThan(changed.visibility, row.visibility);
    await deps.emit(tx, 'video.updated', { videoId, ...(isWider ? { widenedFrom: row.visibility } : {}) });
  }
  return ok({ video: videoFromRow(changed, []) });
}

/** Tells other servers of a video of this one whose sound has another name, or other rights: neither is a word of its own that has versions. */
export async function tellAnew(
  deps: Pick<VideoCommandDeps, 'emit'>,
  tx: Tx,
  videoId: VideoId,
): Promise<null> {
  const told = await tx('videos')
    .where({ id: videoId, local: true, state: 'published', unannounced: false })
    .update({ edited_at: editedNow(tx) });
  if (told > 0) await deps.emit(tx, 'video.updated', { videoId });
  return null;
}

/** What a video says once it is changed. */
function saidIn(row: VideoRow, { caption, contentWarning, altText }: SaidAnew) {
  return {
    caption: caption?.text ?? row.caption,
    contentWarning: contentWarning ?? row.content_warning,
    altText: altText ?? row.alt_text,
  };
}

/** Those of these columns that the row has otherwise. */
function differing(row: VideoRow, columns: object): object {
  const before = new Map<string, unknown>(Object.entries(row));
  return Object.fromEntries(Object.entries(columns).filter(([name, value]) => value !== before.get(name)));
}

/** Columns of what is said anew. */
function saidColumns(urls: Urls, row: VideoRow, anew: SaidAnew) {
  const { caption } = anew;
  const {
    caption: text,
    caption_html,
    ...others
  } = detailColumns(urls, {
    ...{ caption: caption?.text ?? '', mentions: caption?.mentions ?? new Map() },
    contentWarning: anew.contentWarning ?? row.content_warning,
    sensitive: anew.sensitive ?? row.sensitive,
    altText: anew.altText ?? row.alt_text,
    language: anew.language === undefined ? row.language : anew.language,
  });
  return {
    ...(caption ? { caption: text, caption_html } : {}),
    ...(Object.entries(anew).some(([name, value]) => name !== 'caption' && value !== undefined)
      ? others
      : {}),
  };
}
