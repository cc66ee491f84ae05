import type { World } from "../../world.ts";

/** What became of every item of a queue. */
export class WorkItemLedger {
  readonly #world: World;
  readonly #items = new Set<string>();
  readonly #acknowledged = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** @returns the name of a new item */
  push(): string {
    const item = `i${this.#items.size + 1}`;
    this.#items.add(item);
    this.#world.trace.add("pushed", item);
    return item;
  }

  begins(node: string, item: string, attempt: number): void {
    this.#world.trace.add("taken", node, item, attempt);
    this.#world.require(this.#items.has(item), "what is delivered was pushed", () => item);
  }

  /** A consumer is about to acknowledge: from now on nobody else may do the work. */
  async acknowledges(item: string): Promise<void> {
    this.#world.trace.add("acknowledged", item);
    this.#acknowledged.add(item);
    await this.#requireRecord(item);
  }

  async #requireRecord(item: string): Promise<void> {
    const records = await this.#world.store.read(`results.${item}`);
    this.#world.require(records.length > 0, "what was acknowledged has been recorded", () => item);
  }

  async end(): Promise<void> {
    for (const item of this.#items) {
      const records = await this.#world.store.read(`results.${item}`);
      this.#world.require(records.length <= 1, "an outcome is recorded once", () => item);
      this.#world.require(
        records.length > 0 && this.#acknowledged.has(item),
        "each item is finished by somebody",
        () => `${item} has ${records.length} outcomes`,
      );
    }
  }
}
