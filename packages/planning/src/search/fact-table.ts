import { hashTuple, seedA, seedB } from "./hashing.ts";

/** Arguments of a ground atom, as object numbers. */
export type Tuple = readonly number[];
export type Rows = readonly Tuple[];

const none: Rows = [];
const bits = 5;
const fanOut = 1 << bits;
type Node = readonly (Node | Rows | undefined)[];

/**
 * The true facts of one predicate, never changed in place: `with` and `without` share all but the touched rows.
 *
 * Rows lie in buckets by one of their arguments (the key), found through a tree of fan-out 32.
 */
export class FactTable {
  /** Position of the argument that chooses the bucket. */
  readonly key: number;
  readonly size: number;
  readonly #root: Node | undefined;
  readonly #height: number;
  #all: Rows | undefined;

  private constructor(key: number, height: number, size: number, root: Node | undefined) {
    this.key = key;
    this.size = size;
    this.#height = height;
    this.#root = root;
  }

  static empty(key: number, objects: number): FactTable {
    let height = 1;
    while (fanOut ** height < objects) height++;
    return new FactTable(key, height, 0, undefined);
  }

  /** Rows whose key argument is `value`. */
  bucket(value: number): Rows {
    let node: Node | undefined = this.#root;
    for (let level = this.#height - 1; level > 0; level--) {
      if (node === undefined) return none;
      node = node[(value >>> (level * bits)) & (fanOut - 1)] as Node | undefined;
    }
    return (node?.[value & (fanOut - 1)] as Rows | undefined) ?? none;
  }

  has(tuple: Tuple): boolean {
    const rows = this.bucket(tuple[this.key] ?? 0);
    return rows.some((row) => sameTuple(row, tuple));
  }

  /** All rows, by key argument and then by age. */
  all(): Rows {
    if (this.#all === undefined) {
      const rows: Tuple[] = [];
      if (this.#root !== undefined) gather(this.#root, this.#height, rows);
      this.#all = rows;
    }
    return this.#all;
  }

  /** @param tuple not in the table */
  with(tuple: Tuple): FactTable {
    const value = tuple[this.key] ?? 0;
    return this.#put(value, [...this.bucket(value), tuple], this.size + 1);
  }

  /** @param tuple in the table */
  without(tuple: Tuple): FactTable {
    const value = tuple[this.key] ?? 0;
    const rows = this.bucket(value).filter((row) => !sameTuple(row, tuple));
    return this.#put(value, rows, this.size - 1);
  }

  #put(value: number, rows: Rows, size: number): FactTable {
    const root = put(this.#root, this.#height - 1, value, rows.length === 0 ? undefined : rows);
    return new FactTable(this.key, this.#height, size, root);
  }
}

function put(node: Node | undefined, level: number, value: number, rows: Rows | undefined): Node {
  const copy =
    node === undefined ? new Array<Node | Rows | undefined>(fanOut).fill(undefined) : [...node];
  const at = (value >>> (level * bits)) & (fanOut - 1);
  copy[at] = level === 0 ? rows : put(copy[at] as Node | undefined, level - 1, value, rows);
  return copy;
}

function gather(node: Node, height: number, into: Tuple[]): void {
  for (const each of node) {
    if (each === undefined) continue;
    if (height === 1) for (const row of each as Rows) into.push(row);
    else gather(each as Node, height - 1, into);
  }
}

function sameTuple(a: Tuple, b: Tuple): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** A set of facts: one table per predicate, and its fingerprint. Never changed in place. */
export interface State {
  readonly tables: readonly FactTable[];
  readonly a: number;
  readonly b: number;
}

/** A ground effect. */
export interface Change {
  readonly predicate: number;
  readonly tuple: Tuple;
}

/** The facts after removing and then adding. The same object when nothing changes. */
export function progress(state: State, remove: readonly Change[], add: readonly Change[]): State {
  let tables: FactTable[] | undefined;
  let { a, b } = state;
  const change = ({ predicate, tuple }: Change, present: boolean) => {
    const table = (tables ?? state.tables)[predicate];
    if (table === undefined || table.has(tuple) === present) return;
    tables ??= [...state.tables];
    tables[predicate] = present ? table.with(tuple) : table.without(tuple);
    a ^= hashTuple(seedA, predicate, tuple);
    b ^= hashTuple(seedB, predicate, tuple);
  };
  for (const each of remove) change(each, false);
  for (const each of add) change(each, true);
  return tables === undefined ? state : { tables, a, b };
}
