import { AskError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Answer } from "../system/envelope.ts";
import { Deadlines } from "./deadlines.ts";

/** Most asks that may wait for an answer on one node; more are refused at once. */
const pendingAskLimit = 100_000;

interface Pending {
  readonly settle: (answer: Answer) => void;
  taken: boolean;
}

/** The asks of one node that wait for an answer. */
export class Asks {
  readonly #pending = new Map<string, Pending>();
  readonly #deadlines: Deadlines;
  #next = 0;

  constructor(clock: Clock) {
    this.#deadlines = new Deadlines(clock);
  }

  /**
   * Opens an ask and sends it.
   *
   * @param send hands the ask's id to whatever carries it
   * @returns the answer's value; rejects with an `AskError`
   */
  open(
    address: string,
    type: string,
    withinMs: number,
    send: (id: string) => void,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const fail = (stage: AskError["stage"], detail: string): void =>
        reject(new AskError(stage, address, type, detail));
      if (this.#pending.size >= pendingAskLimit) {
        fail("mailbox", `${pendingAskLimit} asks are waiting on this node already`);
        return;
      }
      this.#next += 1;
      const id = this.#next.toString(36);
      const cancel = this.#deadlines.add(withinMs, () => {
        const taken = pending.taken;
        this.#pending.delete(id);
        if (taken) fail("reply", `it was taken, but no answer came within ${withinMs} ms`);
        else fail("mailbox", `it was not known to be taken within ${withinMs} ms`);
      });
      const pending: Pending = {
        taken: false,
        settle: (answer) => {
          this.#pending.delete(id);
          cancel();
          if (answer.ok) resolve(answer.value);
          else fail(answer.stage, answer.detail);
        },
      };
      this.#pending.set(id, pending);
      send(id);
    });
  }

  /** False when the ask is no longer waiting: the answer came late. */
  settle(id: string, answer: Answer): boolean {
    const pending = this.#pending.get(id);
    pending?.settle(answer);
    return pending !== undefined;
  }

  markTaken(id: string): void {
    const pending = this.#pending.get(id);
    if (pending !== undefined) pending.taken = true;
  }

  close(): void {
    this.#deadlines.close();
    for (const pending of [...this.#pending.values()]) {
      pending.settle({ ok: false, stage: "unreachable", detail: "this node has stopped" });
    }
  }
}
