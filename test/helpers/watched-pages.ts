import type { Page } from 'playwright-core';
import { afterEach, expect } from 'vitest';
import type { WatchedPage } from './browser.ts';

export interface WatchedPages {
  /** Takes over a page that a test opens. */
  show(opening: Promise<WatchedPage>): Promise<Page>;
  /** Ends it before the test ends; it must not have had an error. */
  close(): Promise<void>;
}

/** The page that each test of a file, or of a `describe`, looks at: closed after it, and then it must not have had an error. */
export function watchedPages(): WatchedPages {
  let watched: WatchedPage | undefined;
  const close = async () => {
    const { problems = [] } = watched ?? {};
    await watched?.close();
    watched = undefined;
    expect(problems).toEqual([]);
  };
  afterEach(close);
  return {
    close,
    async show(opening) {
      watched = await opening;
      return watched.page;
    },
  };
}
