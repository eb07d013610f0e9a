import type { Knex } from 'knex';
import type { Tx } from '../../../db/database.ts';
import type { AccountId } from '../../../lib/ids.ts';
import type { Result } from '../../../lib/result.ts';
import type { Account } from '../../accounts/index.ts';
import type { Likeable } from '../../engagement/index.ts';
import type { PortedRow } from '../csv.ts';
import type { PortabilityDeps } from '../model.ts';

/** What a line of a file stands for. */
export type Named =
  | { readonly account: Account }
  | { readonly post: Likeable }
  | { readonly domain: string }
  | { readonly tag: string };

/** What was done: `names` as in `import_outcomes`. */
export type Added = Promise<Result<{ names: string }, string>>;

/** How one of these files is written, read, and made to say all there is. */
export interface LibraryPart {
  /** Its lines, oldest first: what the owner may still see. */
  rows(deps: PortabilityDeps, accountId: AccountId): Promise<PortedRow[]>;
  /** Of all that is there: `names`, and `name` as in the file, which begins with the title of what holds it and a line break. */
  there(deps: PortabilityDeps, tx: Tx, accountId: AccountId): Knex.QueryBuilder;
  add(deps: PortabilityDeps, tx: Tx, account: Account, named: Named, row: PortedRow): Added;
  /** Takes away what `names` says. */
  take(deps: PortabilityDeps, tx: Tx, account: Account, names: string): Promise<unknown>;
}

/** What holds something and what it holds, as one word, and back. */
export const pairOf = (holder: string, held: string): string => `${holder}:${held}`;
export function halvesOf<A extends string, B extends string>(names: string): [A, B] {
  const [holder = '', held = ''] = names.split(':');
  return [holder as A, held as B];
}

/** The handle of a row of `accounts`, in SQL; its parameter is the domain of this server. */
export const HANDLE_SQL = `accounts.username || '@' || case when accounts.domain = '' then ? else accounts.domain end`;
