import { ruleLimits } from '../../../config/rule-limits.ts';
import type { Tx } from '../../db/database.ts';
import { htmlFromText } from '../../lib/html/from-text.ts';
import { textOfHtml } from '../../lib/html/sanitize.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { Label, Said, Screening, Verdict } from '../rules/index.ts';
import type { RemoteVideo, VideoDetails } from './model.ts';

/** What videos say passes the rules of the server before anybody sees it. */

interface Author {
  readonly id: AccountId;
  readonly domain: string | null;
}

/** Nothing to say, and nothing against it. */
const CLEAR: Verdict = { hold: false, sensitive: false, hits: [] };

/** Looks at what an author of this server says of a video; null: nothing yet. */
export async function screenVideo(
  { screening }: { readonly screening: Screening },
  tx: Tx,
  { id, domain }: Author,
  said: {
    readonly details: Pick<VideoDetails, 'caption' | 'contentWarning' | 'altText'>;
    readonly kind: Said['kind'];
  } | null,
): Promise<Result<{ verdict: Verdict }, 'rule'>> {
  if (said === null) return ok({ verdict: CLEAR });
  const { caption, contentWarning, altText } = said.details;
  return screening.screen(tx, {
    accountId: id,
    domain,
    texts: { caption: [contentWarning, caption, altText].join('\n') },
    html: htmlFromText(caption, { tagUrl: (name) => name }),
    kind: said.kind,
  });
}

/** The same for a video of another server. */
export function screenRemoteVideo(
  { screening }: { readonly screening: Screening },
  tx: Tx,
  { id, domain }: Author,
  { captionHtml, contentWarning, altText, sound }: RemoteVideo,
  kind: Said['kind'],
): Promise<Result<{ verdict: Verdict }, 'rule'>> {
  const caption = textOfHtml(captionHtml, ruleLimits.maxTextCharacters);
  return screening.screen(tx, {
    accountId: id,
    domain,
    texts: { caption: [contentWarning, caption, altText, ...(sound?.title ? [sound.title] : [])].join('\n') },
    html: captionHtml,
    kind,
  });
}

/** Looks at what is said in a video, which others may have seen by now: it is marked, limited or told of. */
export async function screenTranscript(
  { screening }: { readonly screening: Screening },
  tx: Tx,
  videoId: VideoId,
  transcript: string,
): Promise<void> {
  const { account_id: accountId } = await tx('videos').where({ id: videoId }).first('account_id');
  const said = { accountId, domain: null, texts: { transcript }, kind: 'transcript' } as const;
  const screened = await screening.screen(tx, said);
  if (!screened.ok) return;
  if (screened.verdict.sensitive) await tx('videos').where({ id: videoId }).update({ sensitive: true });
  await screening.settle(tx, screened.verdict, { kind: 'video', id: videoId, accountId });
}

/** Looks at what a video shows, with all that is said of it. */
export async function screenLabels(
  { screening }: { readonly screening: Screening },
  tx: Tx,
  videoId: VideoId,
  { labels, isSeen }: { readonly labels: readonly Label[]; readonly isSeen: boolean },
): Promise<Result<{ verdict: Verdict }, 'rule'>> {
  const row = await tx('videos')
    .join('accounts', 'accounts.id', 'videos.account_id')
    .where('videos.id', videoId)
    .first('account_id', 'domain', 'local', 'caption', 'caption_html', 'content_warning', 'alt_text');
  const caption = row.local ? row.caption : textOfHtml(row.caption_html, ruleLimits.maxTextCharacters);
  return screening.screen(tx, {
    ...{ accountId: row.account_id, domain: row.local ? null : row.domain },
    texts: { caption: [row.content_warning, caption, row.alt_text].join('\n') },
    ...{ html: row.caption_html, kind: 'labels', labels, isSeen },
  });
}

/** What the row of a video keeps of a verdict; what its author says of it stands beside. */
export function screenedColumns({ hold, sensitive }: Verdict) {
  return { ...(hold ? { hold: true } : {}), ...(sensitive ? { sensitive: true } : {}) };
}
