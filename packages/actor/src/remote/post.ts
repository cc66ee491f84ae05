import { ensureError, PayloadTooLargeError } from "../errors.ts";
import type { Subscription, Transport, TransportMessage } from "../ports/transport.ts";
import { decodeParcel, encodeParcel, type Item } from "./parcel.ts";

/** Items that leave at once instead of waiting for the end of the present run. */
const itemLimit = 512;

interface PostOptions {
  readonly transport: Transport;
  /** First tokens of every subject: prefix and system. */
  readonly subjects: string;
  readonly node: string;
  /** Takes one item that came from `from`. */
  readonly deliver: (item: Item, from: string) => void;
  /** Told of what is no parcel. */
  readonly malformed: (subject: string, bytes: number) => void;
  /** Told of a parcel in the name of another node than the one whose subject it came on. */
  readonly forged: (subject: string, claimed: string) => void;
  /** Told of an item that could not be sent. */
  readonly failed: (item: Item, node: string, error: Error) => void;
  /** Told of asks that leave in a parcel, and of parcels for which the network found no receiver. */
  readonly leaving: (item: Item, parcel: number) => void;
  readonly nobody: (parcel: number) => void;
}

/**
 * A node's door to the other nodes. What is sent to one node between two turns of the process goes as
 * one network message, in the order in which it was sent; a single message to an actor goes to the
 * actor's own subject, `<prefix>.<system>.actor.<node>.<sending node>.<path>`, several things together
 * to `<prefix>.<system>.actor.<node>.<sending node>`.
 *
 * The sending node stands in the subject so that a network with permissions can bind it: where each
 * node may publish under its own name only, nobody speaks for the actors of another node. A parcel that
 * names another sender than its subject does is refused.
 */
export class Post {
  readonly #options: PostOptions;
  readonly #outgoing = new Map<string, Item[]>();
  readonly #subscriptions: readonly Subscription[];
  /** Where the sending node begins in the subjects of what arrives. */
  readonly #senderAt: number;
  #parcels = 0;

  constructor(options: PostOptions) {
    const { transport, subjects, node } = options;
    this.#options = options;
    const own = `${subjects}.actor.${node}`;
    this.#senderAt = own.length + 1;
    this.#subscriptions = [
      transport.subscribe(`${own}.>`, (message) => this.#arrived(message)),
      transport.subscribe(`${subjects}.inbox.${node}.*`, (message) => this.#returned(message)),
    ];
  }

  /** Sends within this turn. Bodies must not change until then. */
  send(node: string, item: Item): void {
    const waiting = this.#outgoing.get(node);
    if (waiting === undefined) {
      this.#outgoing.set(node, [item]);
      queueMicrotask(() => this.#flush(node));
    } else if (waiting.push(item) >= itemLimit) this.#flush(node);
  }

  /** Sends what waits and stops receiving. */
  close(): void {
    for (const node of [...this.#outgoing.keys()]) this.#flush(node);
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  #flush(node: string): void {
    const items = this.#outgoing.get(node);
    this.#outgoing.delete(node);
    if (items !== undefined) this.#publish(node, items);
  }

  #publish(node: string, items: readonly Item[]): void {
    const { transport, subjects, node: from, leaving, failed } = this.#options;
    try {
      const payload = encodeParcel({ from, items });
      const subject = `${subjects}.actor.${node}.${from}${pathOf(items)}`;
      if (payload.length > transport.maxPayloadBytes) {
        throw new PayloadTooLargeError(subject, payload.length, transport.maxPayloadBytes);
      }
      this.#parcels += 1;
      let asks = false;
      for (const item of items) {
        if (item.kind !== "message" || item.ask === undefined) continue;
        asks = true;
        leaving(item, this.#parcels);
      }
      const reply = asks ? { reply: `${subjects}.inbox.${from}.${this.#parcels}` } : {};
      transport.publish(subject, payload, reply);
    } catch (thrown) {
      const [only] = items;
      if (items.length > 1) {
        // One bad item must not take the others with it.
        const half = items.length >> 1;
        this.#publish(node, items.slice(0, half));
        this.#publish(node, items.slice(half));
      } else if (only !== undefined) failed(only, node, ensureError(thrown));
    }
  }

  #arrived({ subject, payload }: TransportMessage): void {
    const parcel = decodeParcel(payload);
    if (parcel === undefined) return this.#options.malformed(subject, payload.length);
    if (parcel.from !== this.#senderIn(subject)) return this.#options.forged(subject, parcel.from);
    for (const item of parcel.items) this.#options.deliver(item, parcel.from);
  }

  /** The node by whose leave something was published on the subject. */
  #senderIn(subject: string): string {
    const end = subject.indexOf(".", this.#senderAt);
    return subject.slice(this.#senderAt, end === -1 ? undefined : end);
  }

  #returned({ subject, noResponders }: TransportMessage): void {
    if (noResponders === true) this.#options.nobody(Number(subject.split(".").at(-1)));
  }
}

function pathOf(items: readonly Item[]): string {
  const [only] = items;
  if (items.length !== 1 || only?.kind !== "message") return "";
  return `.${only.route.path.replaceAll("/", ".")}`;
}
