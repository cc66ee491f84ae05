/** What can be put into one sack. */
export interface Item {
  /** Above 0, an integer. */
  readonly value: number;
  /** From 0 to the capacity, an integer. */
  readonly load: number;
  /** Names it. */
  readonly task: number;
}

/** The best filling of a sack, as far as it was searched. */
export interface Filling {
  /** Of what was chosen. */
  readonly value: number;
  /** No filling is worth more; equal to `value` unless the search was cut short. */
  readonly bound: number;
  readonly chosen: readonly Item[];
  /** What a unit of capacity is worth: the value per load of the first item that would not fit whole; 0 when all do. */
  readonly rate: number;
}

/** Most nodes of the search tree of one sack. */
const mostNodes = 5000;

/**
 * Fills a sack with what is worth most: branch and bound depth first, by value per load, bounded by the sack that may
 * hold a part of one item (Dantzig; Horowitz and Sahni, JACM 21, 1974).
 *
 * A search that takes too many nodes ends early; `bound` is then that of the first node and still valid.
 */
export function fillSack(items: readonly Item[], capacity: number): Filling {
  const sorted = items.toSorted((one, other) => other.value * one.load - one.value * other.load);
  const taken: boolean[] = sorted.map(() => false);
  let best = { value: -1, taken: [...taken] };
  let nodes = 0;

  const boundFrom = (at: number, value: number, room: number): number => {
    let bound = value;
    let left = room;
    for (let next = at; next < sorted.length; next += 1) {
      const item = sorted[next] as Item;
      if (item.load > left)
        return bound + Math.min(item.value, Math.ceil(item.value * (left / item.load)) + 1);
      left -= item.load;
      bound += item.value;
    }
    return bound;
  };
  const search = (at: number, value: number, room: number): void => {
    nodes += 1;
    if (nodes > mostNodes || boundFrom(at, value, room) <= best.value) return;
    const item = sorted[at];
    if (item === undefined) {
      best = { value, taken: [...taken] };
      return;
    }
    if (item.load <= room) {
      taken[at] = true;
      search(at + 1, value + item.value, room - item.load);
      taken[at] = false;
    }
    search(at + 1, value, room);
  };
  search(0, 0, capacity);
  let room = capacity;
  const broken = sorted.find(({ load }) => {
    room -= load;
    return room < 0;
  });
  return {
    rate: broken === undefined ? 0 : broken.value / broken.load,
    value: best.value,
    bound: nodes > mostNodes ? boundFrom(0, 0, capacity) : best.value,
    chosen: sorted.filter((_, at) => best.taken[at]),
  };
}
