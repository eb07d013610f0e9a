import type { Tx } from '../../db/database.ts';
import { escapeHtml, htmlFromText } from '../../lib/html/from-text.ts';
import type { AccountId } from '../../lib/ids.ts';
import { ok, type Result } from '../../lib/result.ts';
import { profileTexts, type Verdict } from '../rules/index.ts';
import type { AccountCommandDeps } from './commands.ts';
import { type Account, type AccountRow, accountFromRow, type ProfileField } from './model.ts';

/** What the owner of an account says of it. */
export interface ProfileChange {
  readonly displayName?: string | undefined;
  /** Plain text. */
  readonly bio?: string | undefined;
  readonly locked?: boolean | undefined;
  /** Nobody sits behind it. */
  readonly bot?: boolean | undefined;
  readonly discoverable?: boolean | undefined;
  readonly indexable?: boolean | undefined;
  readonly hideCollections?: boolean | undefined;
  readonly showsLikes?: boolean | undefined;
  /** Plain text; those without a name are left out. */
  readonly fields?: readonly { readonly name: string; readonly value: string }[] | undefined;
}

/** Changes the profile of an account of this server; what is not given stays. With `touched`, it is told in any case. */
export async function editProfile(
  deps: AccountCommandDeps,
  tx: Tx,
  accountId: AccountId,
  change: ProfileChange,
  touched = false,
): Promise<Result<{ account: Account }, 'rule'>> {
  const before: AccountRow | undefined = await tx('accounts')
    .where({ id: accountId, domain: '' })
    .forUpdate()
    .first();
  if (!before) throw new Error('An account that edits its profile is not there.');
  const facts = factsOf(deps, before, change);
  if (Object.keys(facts).length === 0 && !touched) return ok({ account: accountFromRow(before) });
  const says = [change.displayName, change.bio, change.fields].some((one) => one !== undefined);
  const after = { ...before, ...facts, fields: fieldsAfter(deps, before, change) };
  const screened = says ? await screenProfile(deps, tx, after) : null;
  if (screened && !screened.ok) return screened;
  const [row] = await tx('accounts')
    .where({ id: accountId })
    .update({ ...facts, username: before.username })
    .returning<AccountRow[]>('*');
  if (!row) throw new Error('A profile that is edited is gone.');
  if (screened) {
    const target = { kind: 'account', id: accountId, accountId } as const;
    await deps.screening.settle(tx, screened.verdict, target);
  }
  await deps.emit(tx, 'account.updated', { accountId });
  return ok({ account: accountFromRow(row) });
}

/** Looks at what a profile would say. */
function screenProfile(
  { screening }: AccountCommandDeps,
  tx: Tx,
  row: AccountRow,
): Promise<Result<{ verdict: Verdict }, 'rule'>> {
  return screening.screen(tx, {
    accountId: row.id,
    domain: null,
    ...profileTexts(row.username, row.display_name, row.bio_html, row.fields),
    kind: 'profile',
  });
}

function fieldsAfter({ urls }: AccountCommandDeps, { fields }: AccountRow, change: ProfileChange) {
  return change.fields === undefined ? fields : fieldsOf(urls.tagPage, fields, change.fields);
}

function factsOf({ urls }: AccountCommandDeps, before: AccountRow, change: ProfileChange): object {
  const { displayName, bio, locked, bot, discoverable, indexable, hideCollections, showsLikes, fields } =
    change;
  const facts = {
    display_name: displayName,
    ...(bio === undefined ? {} : { bio_text: bio, bio_html: htmlFromText(bio, { tagUrl: urls.tagPage }) }),
    locked,
    actor_type: bot === undefined ? undefined : bot ? 'Service' : 'Person',
    discoverable,
    indexable,
    hide_collections: hideCollections,
    shows_likes: showsLikes,
    fields: fields === undefined ? undefined : JSON.stringify(fieldsOf(urls.tagPage, before.fields, fields)),
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/** What was seen to lead back stays so for as long as it leads to the same page. */
function fieldsOf(
  tagUrl: (name: string) => string,
  before: readonly ProfileField[],
  fields: readonly { readonly name: string; readonly value: string }[],
): ProfileField[] {
  return fields
    .filter(({ name }) => name !== '')
    .map(({ name, value }) => ({
      name,
      value,
      html: fieldHtml(tagUrl, value),
      verifiedAt: before.find((old) => old.value === value)?.verifiedAt ?? null,
    }));
}

/** The web page that a whole value is the address of, or null. */
export function pageOfField(value: string): URL | null {
  const url = /^https?:\/\/\S+$/i.test(value) ? URL.parse(value) : null;
  return url && url.username === '' && url.password === '' ? url : null;
}

/** A value in one line. A link says that its page is the same person's (microformats, rel="me"). */
function fieldHtml(tagUrl: (name: string) => string, value: string): string {
  const page = pageOfField(value);
  if (page) {
    const href = escapeHtml(page.href);
    return `<a href="${href}" rel="me nofollow noopener noreferrer" target="_blank">${escapeHtml(value)}</a>`;
  }
  return htmlFromText(value.replace(/\s+/g, ' '), { tagUrl }).replace(/^<p>|<\/p>$/g, '');
}
