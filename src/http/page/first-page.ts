import { LRUCache } from 'lru-cache';
import { pageLimits } from '../../../config/page-limits.ts';
import { feedStatuses } from '../api/feed/feed.ts';
import { feedStatusesEntity } from '../api/feed/schemas.ts';
import { instanceEntityOf } from '../api/instance/get-instance.ts';
import { instanceEntity } from '../api/instance/schemas.ts';
import type { HttpDeps } from '../deps.ts';
import { type Html, html, jsonInHtml } from '../html.ts';
import type { BeginScript } from './begin.ts';

/** Answers that the page would ask for first, by the path and query that it would ask with. */
export type FirstPage = Readonly<Record<string, unknown>>;

const FEED_PATH = `/api/v1/feed_statuses?feed_type=for_you&limit=${pageLimits.firstPageClips}`;

export type FirstPages = ReturnType<typeof createFirstPages>;

/**
 * What everybody who is not signed in is shown first, by the languages that they read. It is made for nobody in particular, so that many get
 * the same one.
 */
export function createFirstPages(deps: HttpDeps) {
  const made = new LRUCache<string, { readonly until: number; readonly page: Promise<FirstPage> }>({
    max: pageLimits.firstPages,
  });

  async function make(languages: readonly string[]): Promise<FirstPage> {
    const asked = { viewerId: null, languages, cursor: undefined, limit: pageLimits.firstPageClips };
    const [feed, instance] = await Promise.all([
      feedStatuses(deps, 'for_you', asked),
      instanceEntityOf(deps),
    ]);
    const { statuses, next_cursor } = feedStatusesEntity.parse(feed);
    return { '/api/v2/instance': instanceEntity.parse(instance), [FEED_PATH]: { statuses, next_cursor } };
  }

  return (languages: readonly string[]): Promise<FirstPage> => {
    const key = languages.join(' ').toLowerCase();
    const now = deps.clock.now();
    const kept = made.get(key);
    if (kept && kept.until > now) return kept.page;
    const page = make(languages);
    made.set(key, { until: now + pageLimits.firstPageMs, page });
    // What failed is made again.
    page.catch(() => made.delete(key));
    return page;
  };
}

/** The answers, and behind them what begins the clip that they begin with. */
export function firstPageHtml(answers: FirstPage, begin: BeginScript | null): Html {
  return html`<script type="application/json" id="first-page">${jsonInHtml(answers)}</script>\n${begin?.element ?? html``}`;
}
