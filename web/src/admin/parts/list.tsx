import { type ApiOutcome, request } from '../../api/client.ts';
import { withQuery } from '../../api/endpoints.ts';
import type { IconName } from '../../ui/icon.tsx';
import { Failed, Loading, Notice } from '../../ui/page.tsx';
import { type Remote, useRemote } from '../../ui/use-remote.ts';
import { say } from '../say.ts';
import type { AddressState } from './address-state.ts';
import { type Column, DataTable } from './data-table.tsx';
import { Pager } from './pager.tsx';

export interface Listed<T> {
  readonly rows: readonly T[];
  /** Where the API has the next page. */
  readonly next: string | null;
}

/** A list of the API as the address asks for it, page by page. */
export function useList<T>(
  path: string,
  state: AddressState,
): readonly [remote: Remote<Listed<T>>, reload: () => void, set: (value: Listed<T>) => void] {
  const address = withQuery(path, state.query);
  return useRemote(address, async (): Promise<ApiOutcome<Listed<T>>> => {
    const outcome = await request<readonly T[]>('GET', address);
    if (!outcome.ok) return outcome;
    return { ok: true, value: { rows: outcome.value, next: outcome.next ?? null } };
  });
}

interface ListProps<T> extends Omit<Parameters<typeof DataTable<T>>[0], 'rows' | 'head' | 'columns'> {
  readonly head: Column<T>;
  readonly columns: readonly Column<T>[];
  readonly state: AddressState;
  readonly remote: Remote<Listed<T>>;
  readonly onRetry: () => void;
  /** What is said where there is nothing at all. */
  readonly empty: { readonly icon: IconName; readonly title: string; readonly text: string };
}

/** A list with all its states: on its way, failed, empty, nothing for these filters, or its rows and the way to the next ones. */
export function List<T>({ state, remote, onRetry, empty, ...table }: ListProps<T>) {
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} onRetry={onRetry} />;
  const { rows, next } = remote.value;
  if (rows.length === 0 && state.isFiltered) {
    return <Notice icon="search" title={say('noMatch')} text={say('noMatchText')} />;
  }
  if (rows.length === 0 && state.isFirstPage) return <Notice {...empty} />;
  return (
    <>
      <DataTable rows={rows} {...table} />
      <Pager state={state} next={next} />
    </>
  );
}
