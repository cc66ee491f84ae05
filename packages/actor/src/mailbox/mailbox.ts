import type { Overflow } from "../behaviour.ts";

/** Where a message went. */
export type Enqueued<M> =
  | { readonly accepted: true; readonly dropped?: M }
  | { readonly accepted: false };

/**
 * A bounded queue of messages, oldest first, in which system messages overtake all others.
 *
 * A singly linked list: constant time at both ends and no memory while empty, since most actors are
 * idle most of the time.
 */
export class Mailbox<M> {
  readonly #capacity: number;
  readonly #overflow: Overflow;
  #head: Link<M> | undefined;
  #tail: Link<M> | undefined;
  #system: M[] | undefined;
  #length = 0;

  constructor(capacity: number, overflow: Overflow) {
    this.#capacity = capacity;
    this.#overflow = overflow;
  }

  /** Ordinary messages waiting. */
  get length(): number {
    return this.#length;
  }

  get hasSystem(): boolean {
    return this.#system !== undefined;
  }

  push(message: M): Enqueued<M> {
    let dropped: M | undefined;
    if (this.#length >= this.#capacity) {
      if (this.#overflow === "reject-new") return { accepted: false };
      dropped = this.shift();
    }
    const link: Link<M> = { message, next: undefined };
    if (this.#tail === undefined) this.#head = link;
    else this.#tail.next = link;
    this.#tail = link;
    this.#length += 1;
    return dropped === undefined ? accepted : { accepted: true, dropped };
  }

  /** Puts a message back before all others, whatever the bound: it had its place already. */
  unshift(message: M): void {
    this.#head = { message, next: this.#head };
    this.#tail ??= this.#head;
    this.#length += 1;
  }

  pushSystem(message: M): void {
    this.#system ??= [];
    this.#system.push(message);
  }

  shiftSystem(): M | undefined {
    const message = this.#system?.shift();
    if (this.#system?.length === 0) this.#system = undefined;
    return message;
  }

  shift(): M | undefined {
    const head = this.#head;
    if (head === undefined) return undefined;
    this.#head = head.next;
    if (this.#head === undefined) this.#tail = undefined;
    this.#length -= 1;
    return head.message;
  }

  /** Takes everything out, oldest first. */
  drain(): M[] {
    const all: M[] = [];
    for (let next = this.shift(); next !== undefined; next = this.shift()) all.push(next);
    return all;
  }
}

interface Link<M> {
  readonly message: M;
  next: Link<M> | undefined;
}

const accepted = { accepted: true } as const;
