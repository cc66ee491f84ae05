import { rendezvous } from "../cluster/rendezvous.ts";
import type { Body, Definitions } from "../protocol.ts";
import type { RoutingStrategy } from "./strategy.ts";

/** The key of a message, from its name and the body that belongs to the name. */
export type RoutingKey<D extends Definitions> = (
  ...message: { [T in keyof D & string]: [type: T, body: Body<D, T>] }[keyof D & string]
) => string;

/**
 * All messages with the same key go to the same member, from whichever node they are sent, as long
 * as the members stay the same. When a member goes only its keys move; see `rendezvous`.
 *
 * Nodes may see a change of members at different times, up to the time after which a silent node
 * counts as lost. Until then two members can get messages of one key: this spreads work and warms
 * caches, but does not make an actor the only one for its key.
 *
 * @param key the key of a message; what it throws is thrown by `tell` and rejects `ask`
 *
 * @example
 * consistentHash<typeof account.messages>((type, body) => body.accountId)
 */
export function consistentHash<D extends Definitions>(key: RoutingKey<D>): RoutingStrategy<D> {
  return () =>
    (members, { type, body }) =>
      rendezvous(key(...([type, body] as Parameters<RoutingKey<D>>)), members) as string;
}
