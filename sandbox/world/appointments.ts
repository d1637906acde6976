/** Something that will happen at a time, in milliseconds since the epoch. */
export interface Due {
  readonly due: number;
  /** Of two that fall due at once the lower comes first. */
  readonly order: number;
  isCancelled: boolean;
}

/** What is to come, the soonest first: a binary heap, so that a thousand are as quick as ten. */
export class Appointments<T extends Due> {
  #heap: T[] = [];

  clear(): void {
    this.#heap = [];
  }

  add(entry: T): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(entry, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = entry;
  }

  /** The soonest. What was called off is dropped only here, when it comes to the top. */
  peek(): T | undefined {
    while (this.#heap[0]?.isCancelled === true) this.#removeFirst();
    return this.#heap[0];
  }

  /** Takes the soonest out. */
  take(): T | undefined {
    const first = this.peek();
    if (first !== undefined) this.#removeFirst();
    return first;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const smaller = this.#smallerChild(index);
      const child = heap[smaller];
      if (child === undefined || !isBefore(child, last)) break;
      heap[index] = child;
      index = smaller;
    }
    heap[index] = last;
  }

  #smallerChild(index: number): number {
    const left = 2 * index + 1;
    const [a, b] = [this.#heap[left], this.#heap[left + 1]];
    return a !== undefined && b !== undefined && isBefore(b, a) ? left + 1 : left;
  }
}

function isBefore(a: Due, b: Due): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}
