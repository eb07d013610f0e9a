import { watchLimits } from '../../config/feed-limits.ts';
import type { Signal } from '../../src/modules/signals/index.ts';
import { dayOf, type Item, type RankingData, type Shown } from './data.ts';

const FIRST_DAY = dayOf('2022-04-09');

export function userId(user: number): string {
  return `user-${user}`;
}

export function videoId(video: number): string {
  return `video-${video}`;
}

/**
 * Everything before `until` as a server hears it, in the order of time: people as they are first seen, videos as they are uploaded, and
 * what was shown and done. Of the history only the outcome is known: a long view is told as a whole one, others as being shown.
 */
export function* signalsOf({ items, shown }: RankingData, until: number): Generator<Signal> {
  const uploads = [...items].sort((a, b) => a.uploadedAt - b.uploadedAt || a.video - b.video);
  const known = new Set<number>();
  let uploaded = 0;
  for (const one of shown) {
    if (one.at >= until) break;
    for (let next = uploads[uploaded]; next && next.uploadedAt <= one.at; next = uploads[uploaded]) {
      yield videoSignal(next);
      uploaded += 1;
    }
    if (!known.has(one.user)) {
      known.add(one.user);
      yield accountSignal(one.user, one.at);
    }
    yield* signalsOfShown(one, items[one.video]);
  }
  for (const item of uploads.slice(uploaded)) if (item.uploadedAt < until) yield videoSignal(item);
}

function accountSignal(user: number, at: number): Signal {
  return {
    kind: 'account',
    at,
    id: userId(user),
    domain: '',
    createdAt: FIRST_DAY,
    languages: [],
    interests: [],
  };
}

function videoSignal(item: Item): Signal {
  return {
    ...{ kind: 'video', at: item.uploadedAt, publishedAt: item.uploadedAt, id: videoId(item.video) },
    ...{ authorId: `creator-${item.author}`, domain: '', tags: [...item.tags], soundId: item.music },
    ...{ language: null, durationMs: item.durationMs, caption: '', sensitive: false },
  };
}

function* signalsOfShown(one: Shown, item: Item | undefined): Generator<Signal> {
  const { at } = one;
  const about = { at, actorId: userId(one.user), videoId: videoId(one.video) };
  const source = 'for_you' as const;
  yield { kind: 'impression', ...about, source };
  const durationMs = one.durationMs ?? item?.durationMs ?? null;
  const watchedMs = one.playMs ?? (one.isLong ? (durationMs ?? 60_000) : null);
  if (watchedMs !== null) {
    const { viewMs, shortVideoMs, viewPart, completePart } = watchLimits;
    const least = durationMs !== null && durationMs < shortVideoMs ? viewPart * durationMs : viewMs;
    const isComplete = watchedMs > 0 && watchedMs >= completePart * (durationMs || watchedMs + 1);
    const isView = isComplete || watchedMs >= least;
    yield { kind: 'watch', ...about, watchedMs, isView, isComplete, source, network: null };
  }
  if (one.isLike) yield { kind: 'like', ...about, on: true };
  if (one.isForward) yield { kind: 'share', ...about, on: true };
  if (one.isComment)
    yield { kind: 'comment', ...about, commentId: `comment-${one.user}-${one.video}-${at}`, on: true };
  if (one.isFollow && item) {
    yield { kind: 'follow', at, actorId: about.actorId, targetId: `creator-${item.author}`, on: true };
  }
  if (one.isHate) yield { kind: 'not-interested', ...about, on: true };
}
