import { fromThrown, type Outcome } from "./thrown.ts";

interface Waiting {
  readonly type: string | undefined;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Work handed to the other thread, by number, until it says how it ended. */
export class Calls {
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  /** The message type of the latest call that is a message. */
  get atWork(): string | undefined {
    return [...this.#waiting.values()].findLast(({ type }) => type !== undefined)?.type;
  }
  get idle(): boolean {
    return this.#waiting.size === 0;
  }

  /** Rejects at once when `send` throws. */
  open(send: (call: number) => void, type?: string): Promise<unknown> {
    this.#last += 1;
    const call = this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { type, resolve, reject });
      try {
        send(call);
      } catch (thrown) {
        this.#waiting.delete(call);
        reject(thrown);
      }
    });
  }

  settle(call: number, outcome: Outcome): void {
    const waiting = this.#waiting.get(call);
    this.#waiting.delete(call);
    if (outcome.ok) waiting?.resolve(outcome.value);
    else waiting?.reject(fromThrown(outcome.error));
  }

  rejectAll(error: Error): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of all) reject(error);
  }
}
