import type { Overflow } from "../behaviour.ts";

/** What a mailbox holds: messages that are links of its list themselves. */
export interface Linked<M> {
  next: M | undefined;
}

/** Where a message went: in, refused, or in at the cost of the oldest. */
export type Enqueued<M> = "accepted" | "refused" | { readonly dropped: M };

/**
 * A bounded queue of messages, oldest first.
 *
 * A singly linked ring through the messages themselves, held by its tail, which is followed by the
 * oldest: constant time at both ends and no memory while empty, since most actors are idle most of the time.
 */
export class Mailbox<M extends Linked<M>> {
  readonly #capacity: number;
  readonly #overflow: Overflow;
  #tail: M | undefined;
  #length = 0;

  constructor(capacity: number, overflow: Overflow) {
    this.#capacity = capacity;
    this.#overflow = overflow;
  }

  /** Messages waiting. */
  get length(): number {
    return this.#length;
  }

  push(message: M): Enqueued<M> {
    let dropped: M | undefined;
    if (this.#length >= this.#capacity) {
      if (this.#overflow === "reject-new") return "refused";
      dropped = this.shift();
    }
    this.unshift(message);
    this.#tail = message;
    return dropped === undefined ? "accepted" : { dropped };
  }

  /** Puts a message back before all others, whatever the bound: it had its place already. */
  unshift(message: M): void {
    this.#tail ??= message;
    message.next = this.#tail.next ?? message;
    this.#tail.next = message;
    this.#length += 1;
  }

  shift(): M | undefined {
    const tail = this.#tail;
    const oldest = tail?.next;
    if (tail === undefined || oldest === undefined) return undefined;
    if (oldest === tail) this.#tail = undefined;
    else tail.next = oldest.next;
    oldest.next = undefined;
    this.#length -= 1;
    return oldest;
  }

  /** Takes everything out, oldest first. */
  drain(): M[] {
    const all: M[] = [];
    for (let next = this.shift(); next !== undefined; next = this.shift()) all.push(next);
    return all;
  }
}
