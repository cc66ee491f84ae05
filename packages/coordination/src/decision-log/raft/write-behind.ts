import type { StoredChange } from "./durable.ts";
import type { Outputs } from "./state.ts";
import { bytesOf } from "./turn.ts";

/** Where changes are stored, and what becomes of the rest. */
interface Storage {
  /** Stores changes, all or nothing, and says so. One call at a time. */
  readonly write: (changes: readonly StoredChange[], stored: () => void) => void;
  /** Lets out what steps have to say. */
  readonly release: (outputs: Outputs) => void;
  /** Changes with so many bytes of entries go into a write of their own. */
  readonly mostBytes: number;
}

/**
 * Holds back what steps have to say until their changes, and those of all steps before, are stored.
 * Meanwhile more steps may be taken: what they change goes into the next write together.
 */
export class WriteBehind {
  readonly #storage: Storage;
  #waiting: Outputs[] = [];
  #isWriting = false;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  add(outputs: Outputs): void {
    this.#waiting.push(outputs);
    this.#next();
  }

  #next(): void {
    while (!this.#isWriting && this.#waiting.length > 0) {
      const outputs = this.#takeBatch();
      const changes = outputs.flatMap((one) => one.changes);
      if (changes.length === 0) this.#release(outputs);
      else {
        this.#isWriting = true;
        this.#storage.write(changes, () => {
          this.#isWriting = false;
          this.#release(outputs);
          this.#next();
        });
      }
    }
  }

  #takeBatch(): readonly Outputs[] {
    let bytes = 0;
    let count = 0;
    for (const { changes } of this.#waiting) {
      if (bytes >= this.#storage.mostBytes) break;
      for (const change of changes) bytes += bytesIn(change);
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  #release(outputs: readonly Outputs[]): void {
    for (const one of outputs) this.#storage.release(one);
  }
}

function bytesIn(change: StoredChange): number {
  if (change.kind === "entries") return bytesOf(change.entries);
  return change.kind === "snapshot" ? change.snapshot.decided.bytes : 0;
}
