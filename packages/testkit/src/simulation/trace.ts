import { createHash } from "node:crypto";
import type { Clock } from "@troupe/actor";

/** Everything that happened in a simulation, as lines, and their hash. */
export class Trace {
  readonly #clock: Clock;
  readonly #hash = createHash("sha256");
  readonly #kept: string[] | undefined;
  /** Lines that are not hashed yet. */
  #pending = "";

  /** @param keep whether the lines themselves are kept, for reading. They are many. */
  constructor(clock: Clock, keep: boolean) {
    this.#clock = clock;
    this.#kept = keep ? [] : undefined;
  }

  /** Notes that something happened now. */
  add(kind: string, ...fields: readonly (string | number)[]): void {
    const line = `${this.#clock.monotonic()} ${kind} ${fields.join(" ")}`;
    this.#pending += `${line}\n`;
    if (this.#pending.length >= hashedAtOnce) this.#hashPending();
    this.#kept?.push(line);
  }

  /** The lines, if they were kept. */
  get lines(): readonly string[] {
    return this.#kept ?? [];
  }

  /** 16 hexadecimal digits that stand for the whole trace. Ends it. */
  digest(): string {
    this.#hashPending();
    return this.#hash.digest("hex").slice(0, 16);
  }

  #hashPending(): void {
    this.#hash.update(this.#pending);
    this.#pending = "";
  }
}

/** Characters that are hashed together, which takes far less than line by line. */
const hashedAtOnce = 16_384;
