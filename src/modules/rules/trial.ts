import { ruleLimits } from '../../../config/rule-limits.ts';
import type { Db } from '../../db/database.ts';
import { textOfHtml } from '../../lib/html/sanitize.ts';
import type { AccountId } from '../../lib/ids.ts';
import type { RuleField, Said } from './model.ts';
import { findIn, readable, type Sought } from './screen.ts';

/** One text that a rule would have acted on. */
export interface TrialMatch {
  readonly field: RuleField | null;
  readonly excerpt: string;
  readonly target: { readonly kind: 'video' | 'comment' | 'account'; readonly id: string };
  readonly accountId: AccountId;
}

/** What a rule finds among what is there: how many texts were looked at, how many it finds, and some of them. */
export interface Trial {
  readonly lookedAt: number;
  readonly found: number;
  readonly matches: readonly TrialMatch[];
}

interface Sample extends Pick<Said, 'texts' | 'html' | 'labels'> {
  readonly target: TrialMatch['target'];
  readonly accountId: AccountId;
}

/**
 * Tries a rule on the newest posts, comments and profiles, changing nothing. Of its conditions it looks at words,
 * expression and links: how old an account was then, or how often it posted, is not known any more. Transcripts lie
 * with the files and are left out.
 */
export async function tryRule(db: Db, ready: Sought): Promise<Trial> {
  const { fields, labels } = ready.when;
  // Only videos have labels.
  const looksAt = (...names: readonly RuleField[]) =>
    labels === undefined && (fields.length === 0 || fields.some((field) => names.includes(field)));
  const samples = [
    ...(labels || looksAt('caption', 'link-host') ? await videos(db, ready) : []),
    ...(looksAt('comment', 'link-host') ? await comments(db, ready) : []),
    ...(looksAt('name', 'bio', 'link-host') ? await profiles(db, ready) : []),
  ];
  const matches = samples.flatMap((sample) => {
    const found = findIn(ready, readable(sample));
    return found ? [{ ...found, target: sample.target, accountId: sample.accountId }] : [];
  });
  return {
    lookedAt: samples.length,
    found: matches.length,
    matches: matches.slice(0, ruleLimits.shownPerField * 4),
  };
}

/** The newest rows of those whom the rule is for. */
function newest(db: Db, table: string, ready: Sought) {
  const query = db(table).orderBy(`${table}.id`, 'desc').limit(ruleLimits.triedOn);
  if (table !== 'accounts') query.join('accounts', 'accounts.id', `${table}.account_id`);
  const { scope } = ready;
  if (scope === 'local') query.where('accounts.domain', '');
  if (scope === 'federated') query.whereNot('accounts.domain', '');
  return query;
}

const plain = (html: string) => textOfHtml(html, ruleLimits.maxTextCharacters);

async function videos(db: Db, ready: Sought): Promise<Sample[]> {
  const rows = await newest(db, 'videos', ready)
    .where('videos.state', 'published')
    .leftJoin('classifier_verdicts', 'classifier_verdicts.video_id', 'videos.id')
    .select('videos.id', 'videos.account_id', 'caption', 'caption_html', 'content_warning', 'labels');
  return rows.map((row) => ({
    texts: { caption: [row.content_warning, row.caption || plain(row.caption_html)].join('\n') },
    html: row.caption_html,
    labels: row.labels ?? [],
    target: { kind: 'video', id: row.id },
    accountId: row.account_id,
  }));
}

async function comments(db: Db, ready: Sought): Promise<Sample[]> {
  const rows = await newest(db, 'comments', ready).select(
    ...['comments.id', 'comments.account_id', 'text', 'content_html', 'content_warning'],
  );
  return rows.map((row) => ({
    texts: { comment: [row.content_warning, row.text || plain(row.content_html)].join('\n') },
    html: row.content_html,
    target: { kind: 'comment', id: row.id },
    accountId: row.account_id,
  }));
}

async function profiles(db: Db, ready: Sought): Promise<Sample[]> {
  const rows = await newest(db, 'accounts', ready)
    .where('accounts.state', 'active')
    .select('id', 'username', 'display_name', 'bio_html', 'fields');
  return rows.map((row) => ({
    ...profileTexts(row.username, row.display_name, row.bio_html, row.fields),
    target: { kind: 'account', id: row.id },
    accountId: row.id,
  }));
}

/** A profile as rules read it. */
export function profileTexts(
  username: string,
  displayName: string,
  bioHtml: string,
  fields: readonly { readonly name: string; readonly html: string }[],
): Pick<Said, 'texts'> & { readonly html: string } {
  const said = [bioHtml, ...fields.map(({ name, html }) => `${name} ${html}`)];
  return {
    texts: { name: `${displayName}\n${username}`, bio: said.map(plain).join('\n') },
    html: said.join('\n'),
  };
}
