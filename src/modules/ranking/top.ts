/**
 * The places of the `n` largest values above `least`, largest first; equal ones by place. Looks at every value once and keeps `n` of
 * them in a heap, so that it costs little more than reading.
 */
export function topPlaces(values: ArrayLike<number>, count: number, n: number, least: number): number[] {
  const heap: number[] = [];
  const isLess = (a: number, b: number): boolean => {
    const [left, right] = [values[a] ?? 0, values[b] ?? 0];
    return left < right || (left === right && a > b);
  };
  const down = (from: number): void => {
    let at = from;
    for (;;) {
      let smallest = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && isLess(heap[child] ?? 0, heap[smallest] ?? 0)) smallest = child;
      if (smallest === at) return;
      [heap[at], heap[smallest]] = [heap[smallest] ?? 0, heap[at] ?? 0];
      at = smallest;
    }
  };
  let bar = least;
  for (let place = 0; place < count; place += 1) {
    const value = values[place] ?? 0;
    if (value <= bar) continue;
    if (heap.length < n) {
      heap.push(place);
      if (heap.length < n) continue;
      for (let at = heap.length >> 1; at >= 0; at -= 1) down(at);
    } else {
      heap[0] = place;
      down(0);
    }
    bar = values[heap[0] ?? 0] ?? 0;
  }
  return heap.sort((a, b) => (isLess(a, b) ? 1 : -1));
}
