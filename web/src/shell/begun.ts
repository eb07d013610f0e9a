/**
 * Begins something whose code is fetched first, until the returned function is called. Where it does not come, it is left out for this visit: a
 * page that is older than the server has other troubles.
 */
export function begun(load: () => Promise<() => () => void>): () => void {
  let isOver = false;
  let stop: (() => void) | undefined;
  load().then(
    (begin) => {
      if (!isOver) stop = begin();
    },
    () => undefined,
  );
  return () => {
    isOver = true;
    stop?.();
  };
}
