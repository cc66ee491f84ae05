import type { Deed } from "./search-types.ts";

/** Values closer than this count as equal. */
export const tolerance = 1e-9;

interface Solution {
  readonly deeds: readonly Deed[];
  /** What is least for the best: cost, time, or improbability. */
  readonly value: number;
  readonly key: string;
}

/** The best plans found so far, best first; of those with the same steps only the best. */
export class Solutions {
  readonly #limit: number;
  readonly #kept: Solution[] = [];
  #offered = 0;

  /** @param limit most plans kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Every plan that was found, whether it was kept or not. */
  get offered(): number {
    return this.#offered;
  }

  get size(): number {
    return this.#kept.length;
  }

  get plans(): readonly (readonly Deed[])[] {
    return this.#kept.map(({ deeds }) => deeds);
  }

  /** The value that a further plan has to stay below. */
  get bar(): number {
    const worst = this.#kept.at(-1);
    return worst === undefined || this.size < this.#limit ? Number.POSITIVE_INFINITY : worst.value;
  }

  offer(deeds: readonly Deed[], value: number): void {
    this.#offered++;
    const key = keyOf(deeds);
    const same = this.#kept.findIndex((each) => each.key === key);
    if (same >= 0) {
      if ((this.#kept[same]?.value ?? 0) <= value + tolerance) return;
      this.#kept.splice(same, 1);
    }
    const at = this.#kept.findIndex((each) => value < each.value - tolerance);
    this.#kept.splice(at < 0 ? this.size : at, 0, { deeds, value, key });
    if (this.size > this.#limit) this.#kept.pop();
  }
}

function keyOf(deeds: readonly Deed[]): string {
  return JSON.stringify(
    deeds.flatMap((each) =>
      each.kind === "step" || each.kind === "reuse"
        ? [[each.call.symbol.id, ...each.call.args]]
        : [],
    ),
  );
}
