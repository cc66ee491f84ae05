import type { Random } from "../ports/random.ts";
import type { Body, Definitions } from "../protocol.ts";

/** A message as a strategy sees it: its name with the body that belongs to the name. */
export type RoutedMessage<D extends Definitions> = {
  [T in keyof D & string]: { readonly type: T; readonly body: Body<D, T> };
}[keyof D & string];

/** What a strategy may ask of the router that uses it. */
export interface RoutingView {
  /** The router's source of chance, seeded in tests. */
  readonly random: Random;
  /**
   * How many asks this router has open with a member. Tells don't count, since nobody tells the
   * sender when one has been handled; neither does what others send to the member.
   */
  openAsks(address: string): number;
}

/**
 * Chooses the member for a message.
 *
 * @param members addresses, sorted, never empty
 * @returns one of `members`
 */
export type Choose<Message> = (members: readonly string[], message: Message) => string;

/**
 * How a router picks the member for each message: `roundRobin()`, `leastBusy()`,
 * `consistentHash(key)`, or one of your own. It is called once for each router, so what it
 * remembers belongs to that router; the function it returns is called for every message.
 */
export type RoutingStrategy<D extends Definitions> = (
  view: RoutingView,
) => Choose<RoutedMessage<D>>;

/** A strategy that does not look at the message, and so serves every protocol. */
export type AnyRoutingStrategy = (view: RoutingView) => Choose<unknown>;

/** A member by chance, each as likely. */
export function anyOf(members: readonly string[], random: Random): string {
  return members[Math.floor(random.next() * members.length)] as string;
}
