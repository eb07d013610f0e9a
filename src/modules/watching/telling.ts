import type { SignalOf } from '../signals/index.ts';
import { completionKey } from './keys.ts';
import { type FreshWatch, measured, type TakenEvent } from './model.ts';
import type { DurationFor } from './seen.ts';

/** What followers hear of an event that was stored. */
export function watchSignal(one: FreshWatch): SignalOf<'watch'> {
  const { at, accountId: actorId, videoId, watchedMs, isView, isComplete, source, network } = one;
  return { kind: 'watch', at, actorId, videoId, watchedMs, isView, isComplete, source, network };
}

/**
 * Of events that were stored by a process that died before it could tell: nobody knows any more which was the first of its hour, or
 * whether its person wants to be known. Each is told once, as nobody’s; not at all where its watcher may not see the video.
 */
export function untoldSignals(events: readonly TakenEvent[], durationFor: DurationFor): SignalOf<'watch'>[] {
  const known = new Set<string>();
  const isFirst = (key: string): boolean => known.size < known.add(key).size;
  return events.flatMap((event) => {
    const durationMs = durationFor(event);
    if (durationMs === undefined || !isFirst(event.key)) return [];
    const { watchedMs, isView, isComplete } = measured(event, durationMs);
    const { at, videoId, source, network, viewKey } = event;
    return [
      {
        ...({ kind: 'watch', at, actorId: null, videoId, watchedMs, source, network } as const),
        isView: isView && isFirst(viewKey),
        isComplete: isComplete && isFirst(completionKey(viewKey)),
      },
    ];
  });
}
