/**
 * Whoever speaks in another's name: the sender of a message, unless it is the actor at `address` or one below it.
 *
 * The runtime puts the sender on each message, and the node in it is the one on whose subject the message came. So an
 * actor of an honest node cannot pass for another one, and a node that lies cannot pass for another node where NATS
 * lets each publish in its own name only.
 *
 * @param sender of the message at hand, from `context.sender`; undefined: from outside any actor
 * @param address of the actor that the message is said to be from; undefined: of nobody known, which is not judged here
 * @returns undefined when the message is what it says
 */
export function impostor(
  sender: string | undefined,
  address: string | undefined,
): string | undefined {
  if (address === undefined || sender === address) return undefined;
  if (sender === undefined) return "nobody";
  return sender.startsWith(`${address}/`) ? undefined : sender;
}
