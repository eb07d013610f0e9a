import { batch, type ReadonlySignal, signal } from '@preact/signals';
import type { ApiAnswer, ApiFailure } from '../api/client.ts';

/** One page of a list and where the next one is; `null` asks for the first page, and says that there is none after it. */
export type LoadPage<T> = (next: string | null) => Promise<ApiAnswer<readonly T[]> | ApiFailure>;

/** A list that is loaded page by page. */
export interface Pages<T> {
  readonly items: ReadonlySignal<readonly T[]>;
  readonly phase: ReadonlySignal<'new' | 'loading' | 'ready' | 'failed' | 'ended'>;
  /** Why the last page did not come. */
  readonly problem: ReadonlySignal<ApiFailure | null>;
  /** Loads the next page; does nothing while one is loading and after the end. */
  loadMore(): Promise<void>;
  replace(item: T): void;
  remove(id: string): void;
  /** Puts back what `remove` took away. */
  restore(item: T, position: number): void;
  /** The same items in another order. */
  reorder(items: readonly T[]): void;
  clear(): void;
}

/**
 * Makes a list out of a call that gives one page. What comes twice, since the list moved meanwhile, is there once. A page of nothing
 * new is not the end: a server leaves out what one may not see.
 */
export function createPages<T extends { readonly id: string }>(load: LoadPage<T>): Pages<T> {
  const items = signal<readonly T[]>([]);
  const phase = signal<'new' | 'loading' | 'ready' | 'failed' | 'ended'>('new');
  const problem = signal<ApiFailure | null>(null);
  const known = new Set<string>();
  let next: string | null = null;

  async function loadMore(): Promise<void> {
    if (phase.value === 'loading' || phase.value === 'ended') return;
    phase.value = 'loading';
    const page = await load(next);
    batch(() => {
      if (!page.ok) {
        problem.value = page;
        phase.value = 'failed';
        return;
      }
      const added = page.value.filter(({ id }) => {
        const isNew = !known.has(id);
        known.add(id);
        return isNew;
      });
      items.value = [...items.value, ...added];
      next = page.next ?? null;
      problem.value = null;
      phase.value = next === null ? 'ended' : 'ready';
    });
  }

  return {
    items,
    phase,
    problem,
    loadMore,
    replace(item) {
      items.value = items.value.map((old) => (old.id === item.id ? item : old));
    },
    remove(id) {
      items.value = items.value.filter((item) => item.id !== id);
    },
    restore(item, position) {
      items.value = items.value.toSpliced(position, 0, item);
    },
    reorder(wanted) {
      items.value = wanted;
    },
    clear() {
      batch(() => {
        items.value = [];
        phase.value = 'ended';
      });
    },
  };
}

/** The same pages of something made of each item, like the entries of an answer that is no list itself. */
export async function mapPage<T, U>(
  page: Promise<ApiAnswer<T> | ApiFailure>,
  map: (value: T) => readonly U[],
  nextOf?: (value: T) => string | null,
): Promise<ApiAnswer<readonly U[]> | ApiFailure> {
  const outcome = await page;
  if (!outcome.ok) return outcome;
  return {
    ok: true,
    value: map(outcome.value),
    next: nextOf ? nextOf(outcome.value) : (outcome.next ?? null),
  };
}
