import type { SystemEvent } from "../system-api.ts";
import { livesOn } from "./address.ts";
import type { Item } from "./parcel.ts";

/**
 * Says whether a node speaks in the name of an actor that does not live there: as the sender of a message, as who answers
 * an ask, as who watches, or as who has ended.
 *
 * @param from the node that sent it
 * @param askedOf address of the actor that was asked under a number, if that ask still waits
 * @returns the dead letter that is kept as evidence, or undefined when all is as it says
 */
export function forgery(
  item: Item,
  from: string,
  receiver: string,
  askedOf: (id: number) => string | undefined,
): SystemEvent | undefined {
  const sender = claimedBy(item, askedOf);
  if (sender === undefined || livesOn(sender, from)) return undefined;
  const [type, path] =
    item.kind === "message"
      ? [item.route.type, `/${item.route.path}`]
      : [item.kind, "path" in item ? `/${item.path}` : ""];
  return forgedLetter(type, sender, `${receiver}${path}`, `node '${from}'`);
}

/** What tells of something said in another's name. */
export function forgedLetter(
  type: string,
  sender: string,
  receiver: string,
  by: string,
): SystemEvent {
  const detail = `in the name of '${sender}', but it came from ${by}`;
  return { kind: "dead-letter", reason: "forged", type, sender, receiver, detail };
}

function claimedBy(item: Item, askedOf: (id: number) => string | undefined): string | undefined {
  switch (item.kind) {
    case "message":
      return item.route.sender;
    case "answer":
    case "taken":
      return askedOf(item.id);
    case "watch":
    case "unwatch":
      return item.watcher;
    case "terminated":
      return item.actor;
  }
}
