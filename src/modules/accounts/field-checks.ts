import { Parser } from 'htmlparser2';
import { profileLimits } from '../../../config/account-limits.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId } from '../../lib/ids.ts';
import type { SafeFetch } from '../../lib/net/safe-fetch.ts';
import { type AccountRow, accountFromRow, type ProfileField } from './model.ts';
import { pageOfField } from './profile.ts';

export interface FieldCheckDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly enqueue: Enqueue;
  readonly clock: Clock;
  readonly request: SafeFetch['request'];
}

/**
 * Looks whether the pages that a profile names lead back to it by a link with rel="me": then they are the same
 * person's. Looked at anew whenever the profile changes.
 */
export function createFieldChecks(deps: FieldCheckDeps) {
  return {
    /** Reaction: a profile of this server was changed. */
    async onAccountUpdated(tx: Tx, { accountId }: { accountId: AccountId }): Promise<void> {
      const row: AccountRow | undefined = await tx('accounts').where({ id: accountId, domain: '' }).first();
      if (!row?.fields.some(({ value }) => pageOfField(value) !== null)) return;
      await deps.enqueue(tx, { name: 'accounts.verify', payload: { accountId }, key: `verify:${accountId}` });
    },

    /** The job `accounts.verify`. A page that cannot be had just now leaves its field as it was, until the last try. */
    async verify(accountId: AccountId, run: JobRun): Promise<Finish | undefined> {
      const row: AccountRow | undefined = await deps
        .db('accounts')
        .where({ id: accountId, domain: '', state: 'active' })
        .first();
      if (!row) return undefined;
      const { url, actorUri } = accountFromRow(row);
      const found = new Map<string, boolean>();
      for (const { value } of row.fields) {
        const page = pageOfField(value);
        if (page) found.set(value, await leadsBack(deps, page, [url, actorUri], run));
      }
      await noteFound(deps, accountId, found);
      return undefined;
    },
  };
}

async function leadsBack(
  { request }: FieldCheckDeps,
  page: URL,
  profile: readonly string[],
  { signal, lastAttempt }: JobRun,
): Promise<boolean> {
  const { maxPageBytes: maxBytes, pageDeadlineMs: deadlineMs } = profileLimits;
  const accept = 'text/html, application/xhtml+xml;q=0.9';
  const answer = await request({ method: 'GET', url: page, accept, maxBytes, deadlineMs, signal });
  const isPassing = answer.ok
    ? answer.status >= 500
    : answer.reason === 'timeout' || answer.reason === 'connection-failed';
  if (isPassing && !lastAttempt) throw new Error(`The page ${page.host} cannot be had just now.`);
  if (!answer.ok || answer.status !== 200) return false;
  return linksOfMe(answer.body.toString('utf8'), answer.finalUrl).some((link) => profile.includes(link));
}

/** Where a page's links with rel="me" lead, whole addresses without fragment. */
export function linksOfMe(html: string, base: URL): string[] {
  const found: string[] = [];
  const parser = new Parser({
    onopentag(name, { rel = '', href = '' }) {
      if ((name !== 'a' && name !== 'link') || !rel.toLowerCase().split(/\s+/).includes('me')) return;
      const url = URL.parse(href, base);
      if (url) found.push(Object.assign(url, { hash: '' }).href);
    },
  });
  parser.end(html);
  return found;
}

/** Fields that were changed meanwhile have a run of their own. */
async function noteFound(deps: FieldCheckDeps, accountId: AccountId, found: ReadonlyMap<string, boolean>) {
  await deps.inTx(async (tx) => {
    const row: AccountRow | undefined = await tx('accounts').where({ id: accountId }).forUpdate().first();
    if (!row) return;
    const now = new Date(deps.clock.now()).toISOString();
    const fields = row.fields.map((field): ProfileField => {
      const isTheirs = found.get(field.value);
      if (isTheirs === undefined) return field;
      return { ...field, verifiedAt: isTheirs ? (field.verifiedAt ?? now) : null };
    });
    await tx('accounts')
      .where({ id: accountId })
      .update({ fields: JSON.stringify(fields) });
  });
}
