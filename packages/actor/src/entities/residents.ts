import type { Clock } from "../ports/clock.ts";
import type { EntityDefinition } from "./definition.ts";
import type { Resident } from "./resident.ts";

/** How many of the least recently used are looked at for one that is idle. */
const evictionScan = 100;

/** The entities in the memory of a node, and which of them leave it. */
export class Residents {
  /** By key, least recently used first. */
  readonly #residents = new Map<string, Resident>();
  readonly #clock: Clock;
  readonly #definition: EntityDefinition;
  readonly #batch: number;
  /** Those that leave are still in the map, so that messages for them wait. */
  readonly #leaving = new Set<Resident>();
  /** The version of the placement for which all residents are known to be in their place. */
  #settledFor = "";

  constructor(clock: Clock, definition: EntityDefinition, batch: number) {
    this.#clock = clock;
    this.#definition = definition;
    this.#batch = batch;
  }

  get size(): number {
    return this.#residents.size;
  }

  [Symbol.iterator](): Iterator<Resident> {
    return this.#residents.values();
  }

  keys(): readonly string[] {
    return [...this.#residents.keys()].sort();
  }

  /** The resident, which counts as used now. */
  get(key: string): Resident | undefined {
    const resident = this.#residents.get(key);
    if (resident === undefined) return undefined;
    this.#residents.delete(key);
    this.#residents.set(key, resident);
    return resident;
  }

  /** @param placement the version of the placement by which it belongs here */
  add(resident: Resident, placement: string): Resident {
    this.#residents.set(resident.key, resident);
    // Hosts may come and go between two rounds, and leave the placement as it was before.
    if (placement !== this.#settledFor) this.#settledFor = "";
    this.keepLimit();
    return resident;
  }

  remove(resident: Resident): void {
    this.#leaving.delete(resident);
    if (this.#residents.get(resident.key) === resident) this.#residents.delete(resident.key);
  }

  /** Beyond the limit the least recently used of those that have nothing to do leave. */
  keepLimit(): void {
    let excess = this.#residents.size - this.#leaving.size - this.#definition.residentLimit;
    let looked = 0;
    for (const resident of this.#residents.values()) {
      if (excess <= 0 || looked >= evictionScan) return;
      looked += 1;
      if (!resident.isIdle) continue;
      this.#leave(resident);
      excess -= 1;
    }
  }

  /** One round: the idle leave memory, and a batch of those whose place is elsewhere now. */
  sweep(placement: string, isOwn: (key: string) => boolean): void {
    const idleSince = this.#clock.monotonic() - this.#definition.passivateAfterMs;
    for (const resident of this.#residents.values()) {
      if (resident.usedAt > idleSince) break;
      if (resident.isIdle) this.#leave(resident);
    }
    if (placement === this.#settledFor) return;
    let moved = 0;
    for (const resident of this.#residents.values()) {
      if (this.#leaving.has(resident) || isOwn(resident.key)) continue;
      if (moved >= this.#batch) return;
      this.#leave(resident);
      moved += 1;
    }
    this.#settledFor = placement;
  }

  /** All leave. */
  leave(): void {
    for (const resident of this.#residents.values()) this.#leave(resident);
  }

  #leave(resident: Resident): void {
    this.#leaving.add(resident);
    resident.leave();
  }
}
