import { AskError, ensureError, FencedError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Handled } from "./activation.ts";
import type { Delivery } from "./delivery.ts";
import type { Place } from "./placement.ts";

/** What a resident needs of its region. */
export interface ResidentDesk {
  readonly clock: Clock;
  /** Most messages that may wait for one entity. */
  readonly waitingLimit: number;
  /** Where messages for the key belong now. */
  place(): Place;
  /** Starts the activation's actor. */
  start(resident: Resident): void;
  /** Stops it; `gone` follows. */
  stop(resident: Resident): void;
  /** Hands one message to the actor. Rejects as an ask does. */
  hand(resident: Resident, delivery: Delivery): Promise<Handled>;
  /** Nothing waits any more. */
  idle(resident: Resident): void;
}

/**
 * One entity in a region: its activation, and the messages that wait for it. They are handed over one at a
 * time, so that whatever becomes of the activation, the others are still here to be handed on.
 */
export class Resident {
  readonly key: string;
  /** Monotonic time of the last message. */
  usedAt: number;
  readonly #desk: ResidentDesk;
  #waiting: Delivery[] = [];
  #inHand: Delivery | undefined;
  #begun = false;
  #state: "starting" | "running" | "leaving" | "stopping" = "starting";
  /** Another activation has taken over, so what waits belongs there. */
  fenced = false;
  /** Why the activation never got ready. */
  failure: Error | undefined;

  constructor(key: string, desk: ResidentDesk) {
    this.key = key;
    this.#desk = desk;
    this.usedAt = desk.clock.monotonic();
    desk.start(this);
  }

  get isIdle(): boolean {
    return this.#state === "running" && this.#inHand === undefined && this.#waiting.length === 0;
  }

  get isStarting(): boolean {
    return this.#state === "starting";
  }

  /** Entities that wait for the message at work. */
  get chain(): readonly string[] {
    return this.#inHand?.chain ?? [];
  }

  accept(delivery: Delivery): void {
    const { clock, waitingLimit } = this.#desk;
    this.usedAt = clock.monotonic();
    if (this.#waiting.length >= waitingLimit) {
      const detail = `${waitingLimit} messages wait for it already`;
      return delivery.fail("mailbox", "full", detail);
    }
    this.#waiting.push(delivery);
    this.#next();
  }

  ready(): void {
    if (this.#state === "starting") this.#state = "running";
    this.#next();
  }

  /** The setup failed; the actor ends by itself. */
  failed(error: Error): void {
    this.failure ??= error;
    this.fenced ||= error instanceof FencedError;
    this.#state = "stopping";
  }

  begun(id: string): void {
    if (this.#inHand?.message.id === id) this.#begun = true;
  }

  lost(why: "fenced" | "unknown"): void {
    this.fenced ||= why === "fenced";
    this.leave();
  }

  /** Ends the activation after the message at work. What waits is kept, for `gone`. */
  leave(): void {
    if (this.#state === "stopping") return;
    this.#state = "leaving";
    if (this.#inHand !== undefined) return;
    this.#state = "stopping";
    this.#desk.stop(this);
  }

  /** The actor has ended. Returns the messages that it has not handled, oldest first. */
  gone(): readonly Delivery[] {
    const left = this.#waiting;
    this.#waiting = [];
    return left;
  }

  #next(): void {
    if (this.#state === "leaving") return this.leave();
    if (this.#state !== "running" || this.#inHand !== undefined) return;
    const delivery = this.#waiting.shift();
    if (delivery === undefined) return this.#desk.idle(this);
    if (delivery.leftMs() <= 0) {
      delivery.fail("mailbox", "expired", "its time was over before it was taken");
      return this.#next();
    }
    const place = this.#desk.place();
    if (place.kind === "nowhere") {
      delivery.fail("unreachable", place.reason, place.detail);
      return this.#next();
    }
    if (place.kind === "elsewhere") {
      this.#waiting.unshift(delivery);
      return this.leave();
    }
    this.#inHand = delivery;
    this.#begun = false;
    this.#desk.hand(this, delivery).then(
      (handled) => this.#handled(delivery, handled),
      (thrown) => this.#broken(delivery, ensureError(thrown)),
    );
  }

  #handled(delivery: Delivery, handled: Handled): void {
    this.#inHand = undefined;
    if (handled.kind === "answered") delivery.settle({ ok: true, value: handled.value });
    else if (handled.kind === "refused") {
      delivery.fail("unreachable", "journal", handled.detail);
    } else if (handled.kind === "handed-on") {
      delivery.fail(handled.stage, undefined, handled.detail);
    } else {
      this.fenced ||= handled.why === "fenced";
      this.#outlived(delivery, handled.why, handled.wrote);
      return this.leave();
    }
    this.#next();
  }

  /** A message whose activation ended under it: handed on only if nothing of it can have been stored. */
  #outlived(delivery: Delivery, why: "fenced" | "unknown", wrote: boolean): void {
    if (why === "unknown") {
      delivery.fail(
        "reply",
        "journal",
        "a write failed, and it is not known whether it was stored",
      );
    } else if (wrote) {
      delivery.fail("reply", "moved", "it moved to another node when part was written");
    } else {
      delivery.hops += 1;
      this.#waiting.unshift(delivery);
    }
  }

  /** The handler threw, or the actor was not there to run it. */
  #broken(delivery: Delivery, error: Error): void {
    this.#inHand = undefined;
    const stage = error instanceof AskError ? error.stage : "handler";
    if (stage === "cycle") {
      delivery.fail("cycle", undefined, error.message);
      return this.#next();
    }
    this.#state = "stopping";
    this.#desk.stop(this);
    if (stage === "handler") delivery.fail("handler", undefined, error.message);
    else if (this.#begun) {
      delivery.fail("reply", "moved", "its activation ended before it had answered");
    } else this.#waiting.unshift(delivery);
  }
}
