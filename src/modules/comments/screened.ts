import { ruleLimits } from '../../../config/rule-limits.ts';
import type { Tx } from '../../db/database.ts';
import { htmlFromText } from '../../lib/html/from-text.ts';
import { textOfHtml } from '../../lib/html/sanitize.ts';
import type { AccountId, CommentId } from '../../lib/ids.ts';
import type { Result } from '../../lib/result.ts';
import type { Said, Screening, Verdict } from '../rules/index.ts';
import type { CommentDetails, RemoteComment } from './model.ts';

/** What comments say passes the rules of the server before anybody sees it. */

interface Author {
  readonly id: AccountId;
  readonly domain: string | null;
}

type Screened = Promise<Result<{ verdict: Verdict }, 'rule'>>;

/** Looks at what a person of this server writes. */
export function screenComment(
  { screening }: { readonly screening: Screening },
  tx: Tx,
  { id, domain }: Author,
  { text, contentWarning }: CommentDetails,
  kind: Said['kind'],
): Screened {
  return screening.screen(tx, {
    accountId: id,
    domain,
    texts: { comment: [contentWarning, text].join('\n') },
    html: htmlFromText(text, { tagUrl: (name) => name }),
    kind,
  });
}

/** The same for a comment of another server. */
export function screenRemoteComment(
  { screening }: { readonly screening: Screening },
  tx: Tx,
  { id, domain }: Author,
  { contentHtml, contentWarning }: RemoteComment,
  kind: Said['kind'],
): Screened {
  const text = textOfHtml(contentHtml, ruleLimits.maxTextCharacters);
  return screening.screen(tx, {
    accountId: id,
    domain,
    texts: { comment: [contentWarning, text].join('\n') },
    html: contentHtml,
    kind,
  });
}

/** What the row of a comment keeps of a verdict. One that is held is hidden by itself until a moderator decides. */
export function screenedColumns(id: CommentId, { hold, sensitive }: Verdict) {
  return {
    ...(hold ? { held_at: new Date(), hidden_root_id: id } : {}),
    ...(sensitive ? { sensitive: true } : {}),
  };
}
