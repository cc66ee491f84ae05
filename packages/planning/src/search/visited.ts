const initialSlots = 1 << 10;
/** Numbers that make one key: two for the facts, two for the tasks left. */
const width = 4;

/**
 * The search nodes seen so far, each by a 128-bit fingerprint, with the least cost at which it was reached.
 *
 * Fingerprints stand for the nodes themselves: two different nodes share the 64 bits of their facts with a
 * probability below 10^-6 in a search of ten million nodes.
 */
export class Visited {
  #keys = new Int32Array(initialSlots * width);
  #costs = new Float64Array(initialSlots).fill(Number.NaN);
  #mask = initialSlots - 1;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The least cost at which the node was entered, or `undefined` when it is new. */
  get(a: number, b: number, c: number, d: number): number | undefined {
    const cost = this.#costs[this.#slot(a, b, c, d)];
    return cost === undefined || Number.isNaN(cost) ? undefined : cost;
  }

  set(a: number, b: number, c: number, d: number, cost: number): void {
    let slot = this.#slot(a, b, c, d);
    if (Number.isNaN(this.#costs[slot])) {
      this.#size++;
      if (this.#size * 2 > this.#mask) {
        this.#grow();
        slot = this.#slot(a, b, c, d);
      }
      this.#keys.set([a, b, c, d], slot * width);
    }
    this.#costs[slot] = cost;
  }

  #slot(a: number, b: number, c: number, d: number): number {
    let slot = (a ^ Math.imul(b, 3) ^ Math.imul(c, 5) ^ Math.imul(d, 7)) & this.#mask;
    const keys = this.#keys;
    while (!Number.isNaN(this.#costs[slot])) {
      const at = slot * width;
      if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d) break;
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }

  #grow(): void {
    const keys = this.#keys;
    const costs = this.#costs;
    const slots = costs.length * 2;
    this.#keys = new Int32Array(slots * width);
    this.#costs = new Float64Array(slots).fill(Number.NaN);
    this.#mask = slots - 1;
    costs.forEach((cost, slot) => {
      if (Number.isNaN(cost)) return;
      const key = keys.subarray(slot * width, slot * width + width);
      const [a = 0, b = 0, c = 0, d = 0] = key;
      const to = this.#slot(a, b, c, d);
      this.#keys.set(key, to * width);
      this.#costs[to] = cost;
    });
  }
}
