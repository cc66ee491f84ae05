import {
  AskError,
  type Body,
  ensureError,
  type QueryName,
  type Ref,
  type Reply,
} from "@troupe/actor";
import type { AllocationBidderMessages } from "./protocol.ts";

/** How often a bidder is asked that does not answer. */
const tries = 2;

type Question = QueryName<AllocationBidderMessages>;

/** The auctioneer's line to one bidder, until that is gone or the time is over. */
export class BidderLine {
  readonly member: string;
  readonly ref: Ref<AllocationBidderMessages>;
  readonly #withinMs: number;
  /** Why nothing more comes from this bidder. */
  #closed: Error | undefined;
  #reject: ((why: Error) => void) | undefined;

  /** @param withinMs for each answer */
  constructor(member: string, ref: Ref<AllocationBidderMessages>, withinMs: number) {
    this.member = member;
    this.ref = ref;
    this.#withinMs = withinMs;
  }

  /** Asks, and asks once more when there is no answer. Rejects at once when the line is closed meanwhile. */
  ask<T extends Question>(
    type: T,
    body: Body<AllocationBidderMessages, T>,
  ): Promise<Reply<AllocationBidderMessages, T>> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== undefined) return reject(this.#closed);
      this.#reject = reject;
      this.#patiently(type, body).then(resolve, reject);
    });
  }

  /** What is asked from now on fails, and so does what is being asked. */
  close(why: Error): void {
    this.#closed ??= why;
    this.#reject?.(this.#closed);
  }

  async #patiently<T extends Question>(
    type: T,
    body: Body<AllocationBidderMessages, T>,
  ): Promise<Reply<AllocationBidderMessages, T>> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await this.ref.ask(type, body, { withinMs: this.#withinMs });
      } catch (thrown) {
        const unanswered =
          thrown instanceof AskError && (thrown.stage === "mailbox" || thrown.stage === "reply");
        if (!unanswered || tried >= tries || this.#closed !== undefined) throw ensureError(thrown);
      }
    }
  }
}
