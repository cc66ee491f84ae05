/** One item as delivered. Settle it with exactly one of `ack` and `retry`. */
export interface Delivery {
  readonly payload: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  /** Position in the queue; the item's permanent identity. */
  readonly sequence: number;
  /** 1 on first delivery. */
  readonly attempt: number;
  /** The item is done with; it will not be delivered again. */
  ack(): Promise<void>;
  /** Gives the item back, to be delivered again after `delayMs` (default 0). */
  retry(delayMs?: number): void;
  /** Says that work goes on, so that the item is not delivered elsewhere yet. */
  working(): void;
}

/**
 * A durable queue shared by all nodes. An item is held by one consumer at a time; when the holder
 * neither settles it nor calls `working` within the queue's lease it is delivered to another. A
 * late `ack` is not fenced: exactly-once effects come from the journal.
 */
export interface WorkQueue {
  /**
   * Delivers items to `handler`, at most `concurrency` unsettled at once here. A handler that
   * rejects gives its item back. Returns a function that stops taking new items.
   */
  consume(
    handler: (delivery: Delivery) => Promise<void>,
    options: { readonly concurrency: number },
  ): Promise<() => Promise<void>>;
}
