/** One message as it arrived. `payload` must not be changed by the receiver. */
export interface TransportMessage {
  readonly subject: string;
  readonly payload: Uint8Array;
  /** Where an answer is expected, if anywhere. */
  readonly reply?: string;
  /** Absent when none came. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Set on the answer the network itself gives when a message with `reply` reached no subscriber. */
  readonly noResponders?: true;
}

/** What is heard on a subject, until it is ended. */
export interface Subscription {
  unsubscribe(): void;
}

/** What goes with a payload. */
export interface PublishOptions {
  /** Subject on which an answer is awaited. Default: none is. */
  readonly reply?: string;
  /** Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * At-most-once messaging by subject, ordered per publisher and subscriber (NATS core semantics).
 *
 * A subject is a dot-separated name; `*` matches one token and `>` the rest when subscribing. A
 * `queue` group delivers each message to one of its members. What was handed to `publish` may be
 * lost without notice; stronger promises are built above, on {@link Journal} and {@link WorkQueue}.
 */
export interface Transport {
  /** Largest payload in bytes; a larger one is refused by `publish` with a `PayloadTooLargeError`. */
  readonly maxPayloadBytes: number;
  publish(subject: string, payload: Uint8Array, options?: PublishOptions): void;
  subscribe(
    subject: string,
    handler: (message: TransportMessage) => void,
    options?: { readonly queue?: string },
  ): Subscription;
  /** Resolves when everything published so far has reached the network's first hop. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
