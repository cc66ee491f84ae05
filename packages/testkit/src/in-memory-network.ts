import {
  type Clock,
  PayloadTooLargeError,
  type PublishOptions,
  type Random,
  type Subscription,
  type Transport,
  type TransportMessage,
} from "@troupe/actor";
import { subjectMatches } from "./subjects.ts";

interface Subscriber {
  readonly peer: string;
  readonly filter: string;
  readonly queue: string | undefined;
  readonly handler: (message: TransportMessage) => void;
}

/** What becomes of a message between two different peers. */
export interface Links {
  /** How long each copy of it takes, milliseconds: none when it is lost, several when duplicated. */
  delays(from: string, to: string): readonly number[];
}

/** A message that was handed to the network, or by it to a subscriber. */
export interface NetworkEvent {
  readonly kind: "published" | "delivered";
  readonly peer: string;
  readonly subject: string;
  readonly bytes: number;
}

interface NetworkOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Time from publisher to subscriber, milliseconds. Default 0: on the next turn. */
  readonly delayMs?: number;
  /** Default 1 MiB. */
  readonly maxPayloadBytes?: number;
  /** Delays and losses by link, instead of `delayMs`. Default: none. */
  readonly links?: Links;
  /** Told of every message. */
  readonly observer?: (event: NetworkEvent) => void;
}

/** Most subjects whose subscribers are remembered. */
const mostRoutes = 10_000;

/**
 * A message network in memory with the semantics of NATS core: subjects with wildcards, queue
 * groups, no-responders answers, at most once. Peers can be cut off.
 */
export class InMemoryNetwork {
  readonly #options: NetworkOptions;
  #subscribers: Subscriber[] = [];
  /** Who is subscribed to which subject, as found since the subscriptions changed last. */
  readonly #routes = new Map<string, readonly Subscriber[]>();
  readonly #isolated = new Set<string>();

  constructor(options: NetworkOptions) {
    this.#options = options;
  }

  /** One peer's connection. */
  connect(peer: string): Transport {
    const { maxPayloadBytes = 1024 * 1024 } = this.#options;
    return {
      maxPayloadBytes,
      publish: (subject, payload, options = {}) => {
        if (payload.length > maxPayloadBytes) {
          throw new PayloadTooLargeError(subject, payload.length, maxPayloadBytes);
        }
        this.#publish(peer, subject, payload, options);
      },
      subscribe: (filter, handler, options) => {
        const subscriber = { peer, filter, handler, queue: options?.queue };
        this.#subscribe([...this.#subscribers, subscriber]);
        const unsubscribe: Subscription["unsubscribe"] = () => {
          this.#subscribe(this.#subscribers.filter((other) => other !== subscriber));
        };
        return { unsubscribe };
      },
      flush: () => Promise.resolve(),
      close: async () => {
        this.#subscribe(this.#subscribers.filter((other) => other.peer !== peer));
      },
    };
  }

  /** Cuts a peer off: nothing it sends arrives anywhere else, nothing reaches it. */
  isolate(peer: string): void {
    this.#isolated.add(peer);
  }

  /** Connects every peer again. What was sent meanwhile is lost. */
  heal(): void {
    this.#isolated.clear();
  }

  #subscribe(subscribers: Subscriber[]): void {
    this.#subscribers = subscribers;
    this.#routes.clear();
  }

  #subscribersOf(subject: string): readonly Subscriber[] {
    const known = this.#routes.get(subject);
    if (known !== undefined) return known;
    const found = this.#subscribers.filter(({ filter }) => subjectMatches(filter, subject));
    if (this.#routes.size >= mostRoutes) this.#routes.clear();
    this.#routes.set(subject, found);
    return found;
  }

  #publish(peer: string, subject: string, payload: Uint8Array, options: PublishOptions): void {
    const reachable = this.#subscribersOf(subject).filter(
      (subscriber) =>
        subscriber.peer === peer ||
        (!this.#isolated.has(peer) && !this.#isolated.has(subscriber.peer)),
    );
    const { reply, headers } = options;
    const message: TransportMessage = {
      subject,
      payload: payload.slice(),
      ...(reply === undefined ? {} : { reply }),
      ...(headers === undefined ? {} : { headers }),
    };
    const { clock, delayMs = 0, links } = this.#options;
    this.#tell("published", peer, message);
    for (const subscriber of this.#choose(reachable)) {
      const deliver = (): void => {
        if (!this.#subscribers.includes(subscriber)) return;
        this.#tell("delivered", subscriber.peer, message);
        subscriber.handler(message);
      };
      if (links === undefined || peer === subscriber.peer) this.#after(clock, delayMs, deliver);
      else for (const ms of links.delays(peer, subscriber.peer)) clock.schedule(ms, deliver);
    }
    if (reachable.length === 0 && reply !== undefined && !this.#isolated.has(peer)) {
      const answer = { subject: reply, payload: new Uint8Array(), noResponders: true as const };
      for (const subscriber of this.#subscribersOf(reply)) {
        if (subscriber.peer === peer) {
          this.#after(clock, delayMs, () => subscriber.handler(answer));
        }
      }
    }
  }

  #tell(kind: NetworkEvent["kind"], peer: string, { subject, payload }: TransportMessage): void {
    this.#options.observer?.({ kind, peer, subject, bytes: payload.length });
  }

  #after(clock: Clock, delayMs: number, deliver: () => void): void {
    if (delayMs === 0) queueMicrotask(deliver);
    else clock.schedule(delayMs, deliver);
  }

  /** One member of each queue group, and everybody without one. */
  #choose(subscribers: readonly Subscriber[]): readonly Subscriber[] {
    const groups = Map.groupBy(
      subscribers.filter(({ queue }) => queue !== undefined),
      ({ queue }) => queue,
    );
    const chosen = [...groups.values()].flatMap((members) => {
      const member = members[Math.floor(this.#options.random.next() * members.length)];
      return member === undefined ? [] : [member];
    });
    return [...subscribers.filter(({ queue }) => queue === undefined), ...chosen];
  }
}
