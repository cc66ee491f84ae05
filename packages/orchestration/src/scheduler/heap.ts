/** Whether `a` comes before `b`. */
export type Before<T> = (a: T, b: T) => boolean;

/** Adds to a binary heap, which is an ordinary array and so can be stored as JSON. */
export function push<T>(heap: T[], item: T, before: Before<T>): void {
  let at = heap.length;
  heap.push(item);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] as T;
    if (!before(item, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = item;
}

/** Takes the first item off; `undefined` when there is none. */
export function pop<T>(heap: T[], before: Before<T>): T | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last !== undefined && heap.length > 0) sink(heap, 0, last, before);
  return first;
}

/** Makes a heap of an array in any order, in place. */
export function heapify<T>(items: T[], before: Before<T>): void {
  for (let at = (items.length >> 1) - 1; at >= 0; at -= 1) sink(items, at, items[at] as T, before);
}

function sink<T>(heap: T[], from: number, item: T, before: Before<T>): void {
  let at = from;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1] as T, heap[child] as T)) child += 1;
    if (!before(heap[child] as T, item)) break;
    heap[at] = heap[child] as T;
    at = child;
  }
  heap[at] = item;
}
